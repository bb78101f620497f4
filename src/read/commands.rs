//! The command lines of a repository's own automation: which tool is started where, and with which words.
//!
//! Read from the scripts of package manifests, Makefiles, justfiles, task files, deno.json, tox and nox, GitHub's workflows and
//! composite actions, the pipelines of other services, and shell scripts. Nothing is run; a word that only a run could
//! tell keeps the expression as it is written, with its `$`.

mod deno;
mod make;
mod pipelines;
mod python;
mod scripts;

use crate::change::{Kind, Tree};
use crate::ids::{RepoPath, folder};
use crate::read::{shell, workflow};

pub use pipelines::holds_shell;
pub use scripts::Scripts;

/// Every file that [`commands`] reads besides package manifests, as globs over whole paths.
pub const NEEDS: [&str; 10] = [
    "**/deno.{json,jsonc}",
    "**/{Makefile,makefile,GNUmakefile,justfile,Justfile,.justfile}",
    "**/{Taskfile,taskfile}.{yml,yaml}",
    "**/{tox.ini,noxfile.py,pyproject.toml}",
    ".github/workflows/*.{yml,yaml}",
    ".github/actions/**/action.{yml,yaml}",
    "action.{yml,yaml}",
    "{.gitlab-ci,.travis,azure-pipelines,bitbucket-pipelines,.drone,appveyor,.appveyor}.{yml,yaml}",
    "{.circleci/config,.buildkite/pipeline}.{yml,yaml}",
    "{*.sh,{scripts,script,ci,.ci,hack,tools,bin,build,dev,.github}/**/*.sh}",
];

/// One command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The file that holds it.
    pub at: RepoPath,
    /// Its line there, counted from 1, where the format tells.
    pub line: Option<usize>,
    /// The folder it runs in, as far as the file says; empty for the root.
    pub dir: String,
    /// Its words.
    pub words: Vec<String>,
    /// Whether it reads what the command before it writes.
    pub piped: bool,
    /// The file that it reads.
    pub reads: Option<String>,
    /// The file that it writes, and whether it goes on behind what stands there.
    pub writes: Option<(String, bool)>,
}

impl Command {
    /// The words behind the tool's name, where the command starts that tool, directly or through a launcher such as
    /// `npx`, `uv run` or `python -m`.
    pub fn start(&self, tool: &str) -> Option<&[String]> {
        let named = |word: &String| word.rsplit('/').next() == Some(tool);
        let at = self.words.iter().position(named)?;
        self.words[..at].iter().all(|word| launches(word)).then(|| &self.words[at + 1..])
    }
}

/// All commands of a tree, those of the manifests first, then by path. `scripts` are the packages' own.
pub fn commands(tree: &Tree, scripts: &[Scripts]) -> Vec<Command> {
    let mut found: Vec<Command> = scripts.iter().flat_map(Scripts::commands).collect();
    let workflows = workflow::all(tree);
    let foreign = |path: &RepoPath| path.as_str().split('/').any(|part| part == "node_modules");
    for (path, entry) in tree.entries() {
        if entry.kind != Kind::File || foreign(path) {
            continue;
        }
        let commands = match workflows.get(path) {
            Some(Ok(workflow)) => pipelines::workflow(path, workflow),
            Some(Err(_)) => continue,
            None => {
                let Some(reader) = reader(path) else { continue };
                let Ok(Some(text)) = tree.text(path) else { continue };
                reader(path, text)
            }
        };
        for command in commands {
            found.extend(scripts::called_with_more(&command, scripts));
            found.push(command);
        }
    }
    found
}

type Reader = fn(&RepoPath, &str) -> Vec<Command>;

fn reader(path: &RepoPath) -> Option<Reader> {
    let name = path.name();
    let top = path.dir().is_empty();
    match name {
        "Makefile" | "makefile" | "GNUmakefile" | "justfile" | "Justfile" | ".justfile" => {
            Some(make::commands)
        }
        "deno.json" | "deno.jsonc" => Some(deno::tasks),
        "tox.ini" => Some(python::tox),
        "noxfile.py" => Some(python::nox),
        "pyproject.toml" => Some(python::tasks),
        "action.yml" | "action.yaml" if top || path.as_str().starts_with(".github/actions/") => {
            Some(pipelines::action)
        }
        _ => match path.extension() {
            "yml" | "yaml" if pipelines::known(path) => Some(pipelines::other),
            "sh" if top || in_script_folder(path) => Some(script),
            _ => None,
        },
    }
}

/// Whether the file stands in a folder where repositories keep what their automation runs.
pub fn in_script_folder(path: &RepoPath) -> bool {
    const FOLDERS: [&str; 10] =
        ["scripts", "script", "ci", ".ci", "hack", "tools", "bin", "build", "dev", ".github"];
    path.as_str().split('/').next().is_some_and(|folder| FOLDERS.contains(&folder))
}

/// A script of its own is taken to run at the root, as most change to it first.
fn script(path: &RepoPath, text: &str) -> Vec<Command> {
    lines(path, text, Some(1), "")
}

/// The commands of a shell text whose first line is line `first` of the file. A `cd` to a written folder holds for what
/// follows it.
fn lines(at: &RepoPath, text: &str, first: Option<usize>, dir: &str) -> Vec<Command> {
    going_on(at, text, first, &mut dir.to_owned())
}

/// The same, where the shell goes on behind it in the folder that it was left in.
fn going_on(at: &RepoPath, text: &str, first: Option<usize>, dir: &mut String) -> Vec<Command> {
    let mut found = Vec::new();
    for command in shell::commands(text) {
        if let [cd, to] = command.words.as_slice()
            && cd == "cd"
        {
            if let Some(inside) = inside(dir, to) {
                *dir = inside;
            }
            continue;
        }
        let line = first.map(|first| first + command.line - 1);
        let shell::Command { words, piped, reads, writes, .. } = command;
        found.push(Command { at: at.clone(), line, dir: dir.clone(), words, piped, reads, writes });
    }
    found
}

/// A folder named from another; `None` where it is outside of the repository or only a run can tell.
fn inside(dir: &str, named: &str) -> Option<String> {
    if named.contains('$') || named.starts_with(['/', '~', '-']) {
        return None;
    }
    folder::resolved(dir, named)
}

/// Whether a word before the tool's name only starts it.
fn launches(word: &str) -> bool {
    const LAUNCHERS: [&str; 34] = [
        "npx",
        "yarn",
        "pnpm",
        "npm",
        "bunx",
        "bun",
        "exec",
        "run",
        "dlx",
        "x",
        "node",
        "cross-env",
        "env",
        "dotenv",
        "--",
        "uv",
        "uvx",
        "pipx",
        "poetry",
        "pdm",
        "hatch",
        "rye",
        "pipenv",
        "pixi",
        "python",
        "python3",
        "-m",
        "time",
        "timeout",
        "sudo",
        "command",
        "c8",
        "nyc",
        "env-cmd",
    ];
    let name = word.rsplit('/').next().unwrap_or(word);
    let python = || name.strip_prefix("python3.").is_some_and(|minor| minor.parse::<u8>().is_ok());
    let duration = || word.trim_end_matches(['s', 'm', 'h']).parse::<u32>().is_ok();
    LAUNCHERS.contains(&name)
        || word.starts_with('-')
        || word.contains('=')
        || word.starts_with('$')
        || python()
        || duration()
}

#[cfg(test)]
mod tests;
