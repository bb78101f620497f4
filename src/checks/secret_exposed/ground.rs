//! What the file is: where something is printed for the person at the terminal, or nothing is at stake.

use crate::checks::product;
use crate::ids::RepoPath;

/// Longer first lines are a tool's.
const MAX_LINE: usize = 5_000;

/// Whether the file is minified or generated: nobody wrote its lines.
pub(super) fn is_written_by_a_tool(path: &RepoPath, text: &str) -> bool {
    let name = path.name();
    let vendored =
        path.dir().split('/').any(|dir| matches!(dir, "node_modules" | "vendor" | "dist" | "third_party"));
    vendored || name.contains(".min.") || text.lines().take(20).any(|line| line.len() > MAX_LINE)
}

/// Whether the file is a test, an example or documentation: nothing in it runs where secrets are.
pub(super) fn is_no_product(path: &RepoPath) -> bool {
    let lower = path.as_str().to_lowercase();
    let name = path.name().to_lowercase();
    let build = ["next.config.", "vite.config.", "nuxt.config."].iter().any(|stem| name.starts_with(stem));
    let sample =
        [".example", ".sample", ".template", ".dist", ".test", ".ci"].iter().any(|end| name.ends_with(end));
    let folders =
        ["samples", "sample", "tutorials", "cookbook", "snippets", "quickstart", "notebooks", "playground"];
    let dirs = lower.rsplit_once('/').map_or("", |(dirs, _)| dirs);
    let shown = dirs
        .split('/')
        .any(|dir| folders.contains(&dir) || dir.contains("example") || dir.ends_with("-tests"));
    !build && (product::kind(path).is_some() || sample || shown || name.contains("example"))
}

/// Whether people run the file by hand and read what it prints.
pub(super) fn is_tool(path: &RepoPath) -> bool {
    let folders = [
        "scripts", "script", "tools", "bin", "cli", "cmd", "commands", "hack", "dev", "tasks", "seeds",
        "seed",
    ];
    let lower = path.as_str().to_lowercase();
    let (dirs, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let stem = name.split('.').next().unwrap_or(name);
    dirs.split('/').any(|dir| folders.contains(&dir) || dir.ends_with("-cli"))
        || ["cli", "setup", "seed", "install", "main"].contains(&stem)
        || stem.starts_with("setup")
        || stem.starts_with("debug")
        || stem.ends_with("cli")
}

/// Whether the file wraps its secrets in a type that prints as asterisks.
pub(super) fn wraps_secrets(text: &str) -> bool {
    ["SecretStr", "SecretString", "secrecy::", "pydantic.Secret"].iter().any(|word| text.contains(word))
}
