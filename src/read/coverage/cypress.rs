//! Cypress with `@cypress/code-coverage`: what it leaves out of the coverage that the page hands over.

use std::collections::BTreeSet;

use super::settings::{texts, truth};
use super::starts::loadable;
use super::survey::{self, Survey, below};
use super::{Mode, Scope, Stage};
use crate::ids::RepoPath;
use crate::read::glob::{Dialect, Glob};
use crate::read::javascript::{self, World};
use crate::read::json::Value;
use crate::undecided::Undecided;

pub(super) const NEEDS: &[&str] = &["**/cypress.config.{js,cjs,mjs,ts}", "**/cypress.json"];

const NAMES: [&str; 5] =
    ["cypress.config.js", "cypress.config.cjs", "cypress.config.mjs", "cypress.config.ts", "cypress.json"];

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let configs = survey.files.iter().copied().filter(|path| NAMES.contains(&path.name()));
    let covering = configs.filter(|path| survey.range(path.dir(), "@cypress/code-coverage").is_some());
    covering.map(|path| scope(survey, path)).collect()
}

fn scope(survey: &Survey<'_>, path: &RepoPath) -> Scope {
    let mut scope = Scope::new("cypress", path.dir(), vec![path.clone()]);
    scope.stage = Stage::Report;
    let settings = match path.extension() {
        "json" => survey::read(survey.tree, path),
        _ => javascript::config(World { tree: survey.tree, known: &|_, _| None }, path),
    };
    let files = settings.and_then(|settings| kept(survey, path.dir(), &settings.unwrap_or(Value::Null)));
    scope.measured(files.map(|files| (Mode::Loaded, files)))
}

fn kept(survey: &Survey<'_>, dir: &str, settings: &Value) -> Result<BTreeSet<RepoPath>, Undecided> {
    let mut patterns = Vec::new();
    for keys in [&["env"][..], &["e2e", "env"], &["component", "env"]] {
        let Some(env) = settings.at(keys) else { continue };
        // The switch of the plug-in as a whole.
        if env.get("coverage").is_some() && !truth(&env, "coverage")?.unwrap_or(true) {
            return Ok(BTreeSet::new());
        }
        let own = env.get("codeCoverage").unwrap_or(Value::Null);
        patterns.extend(texts(&own, "exclude")?.unwrap_or_default());
    }
    let dialect = Dialect::Node { dot: false };
    let globs = patterns.iter().map(|pattern| Glob::new(pattern, dialect)).collect::<Result<Vec<_>, _>>()?;
    let source = |path: &&RepoPath| loadable(path) || matches!(path.extension(), "vue" | "svelte");
    let stays = |path: &&RepoPath| {
        let Some(seen) = below(dir, path.as_str()) else { return false };
        let ends = patterns.iter().any(|pattern| seen.ends_with(pattern.as_str()));
        !ends && !globs.iter().any(|glob| glob.is_match(seen))
    };
    Ok(survey.under(dir).filter(source).filter(stays).cloned().collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::change::Tree;
    use crate::read::coverage::scopes;

    fn left(path: &str, config: &str) -> String {
        let files = [
            ("package.json", r#"{"devDependencies": {"@cypress/code-coverage": "3.14.0"}}"#),
            (path, config),
            ("src/a.ts", ""),
            ("src/old/b.tsx", ""),
            ("src/a.d.ts", ""),
            ("README.md", ""),
        ];
        let found = scopes(&Tree::of_files(files.map(|(path, text)| (path, text.as_bytes()))));
        let scope = found.iter().find(|scope| scope.tool == "cypress").unwrap();
        let names: Vec<&str> =
            scope.files.iter().map(|path| path.as_str()).filter(|p| p.starts_with("src/")).collect();
        scope.undecided.as_ref().map_or_else(|| names.join(" "), |undecided| undecided.why.clone())
    }

    #[test]
    fn patterns_match_from_the_folder_or_at_the_end_of_a_path() {
        let config = |exclude: &str| {
            format!(
                "import {{ defineConfig }} from 'cypress';\nexport default defineConfig({{ env: {{ codeCoverage: {{ exclude: {exclude} }} }} }});"
            )
        };
        assert_eq!(left("cypress.config.ts", &config("[]")), "src/a.ts src/old/b.tsx");
        assert_eq!(
            left("cypress.config.ts", &config("['cypress/**/*.*', 'old/**']")),
            "src/a.ts src/old/b.tsx"
        );
        assert_eq!(left("cypress.config.ts", &config("'src/old/**'")), "src/a.ts");
        assert_eq!(left("cypress.config.ts", &config("['a.ts']")), "src/old/b.tsx");
        assert_eq!(left("cypress.json", r#"{"env": {"codeCoverage": {"exclude": ["**/b.*"]}}}"#), "src/a.ts");
    }

    #[test]
    fn the_plug_in_may_be_off_and_an_unknown_list_is_named() {
        assert_eq!(left("cypress.json", r#"{"env": {"coverage": false}}"#), "");
        assert_eq!(left("cypress.json", r#"{"env": {"coverage": true}}"#), "src/a.ts src/old/b.tsx");
        let config = "export default { env: { codeCoverage: { exclude: process.env.SKIP.split(',') } } };";
        assert!(left("cypress.config.ts", config).contains("process.env.SKIP"));
    }
}
