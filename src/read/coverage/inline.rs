//! How the inline markers of a tree's files are read, as far as its configuration decides.

use std::collections::BTreeMap;

use super::python;
use super::survey::Survey;
use crate::change::Tree;
use crate::ids::RepoPath;
use crate::ids::folder::ancestors;
use crate::read::coverage_pragma::Dialect;
use crate::read::json::Value;

/// The first version of Vitest in which a hint for V8 speaks of the next node; before, and in c8, of the next line.
const BY_NODE: u32 = 4;

/// The dialects of a tree's folders, found when they are asked for.
pub struct Inline<'t> {
    survey: Survey<'t>,
    known: BTreeMap<String, Dialect>,
}

impl<'t> Inline<'t> {
    /// Of this tree.
    pub fn of(tree: &'t Tree) -> Self {
        Self { survey: Survey::of(tree), known: BTreeMap::new() }
    }

    /// How the markers of that file are read.
    pub fn at(&mut self, path: &RepoPath) -> &Dialect {
        let survey = &self.survey;
        self.known.entry(path.dir().to_owned()).or_insert_with_key(|dir| dialect(survey, dir))
    }
}

fn dialect(survey: &Survey<'_>, dir: &str) -> Dialect {
    let dialect = by_coverage_py(survey, dir);
    let newest = |range: String| {
        let last = range.rsplit("||").next().unwrap_or_default().trim().to_owned();
        let digits: String =
            last.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
        digits.parse::<u32>().ok()
    };
    let by_line = match survey.range(dir, "vitest") {
        Some(range) => newest(range).is_some_and(|major| major < BY_NODE),
        None => survey.range(dir, "c8").is_some(),
    };
    if by_line { dialect.by_line() } else { dialect }
}

/// With the expressions of the nearest configuration of coverage.py.
fn by_coverage_py(survey: &Survey<'_>, dir: &str) -> Dialect {
    let dialect = Dialect::default();
    let found = ancestors(dir).find_map(|dir| python::configured(survey, dir));
    let Some((_, Ok(settings))) = found else { return dialect };
    let list = |key: &str| settings.at(&["report", key]).map(|value| expressions(&value));
    let (lines, branches) = (list("exclude_lines"), list("partial_branches"));
    let dialect = dialect
        .excluding(lines.as_deref().unwrap_or_default(), lines.is_some())
        .excluding(&list("exclude_also").unwrap_or_default(), false)
        .excluding_branches(branches.as_deref().unwrap_or_default(), branches.is_some());
    dialect.excluding_branches(&list("partial_also").unwrap_or_default(), false)
}

/// The items of a setting that holds expressions: a list, or one a line.
fn expressions(value: &Value) -> Vec<String> {
    match value {
        Value::List(items) => items.iter().filter_map(|item| item.as_text().map(str::to_owned)).collect(),
        value => {
            let lines = value.as_text().unwrap_or_default().lines().map(str::trim);
            lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::coverage_pragma;

    fn markers(files: &[(&str, &str)], path: &str, text: &str) -> usize {
        let tree = Tree::of_files(files.iter().map(|(path, text)| (*path, text.as_bytes())));
        let path: RepoPath = path.parse().unwrap();
        coverage_pragma::read(&path, text, Inline::of(&tree).at(&path)).unwrap().len()
    }

    #[test]
    fn the_nearest_configuration_of_coverage_py_says_which_comments_count() {
        let text = "a()  # pragma: no cover\nb()  # not on mac\n";
        assert_eq!(markers(&[], "src/a.py", text), 1);
        let ini = "[report]\nexclude_lines =\n    # the usual\n    not on\n    raise Never\n";
        assert_eq!(markers(&[(".coveragerc", ini)], "src/a.py", text), 1);
        let toml = "[tool.coverage.report]\nexclude_also = ['not on \\w+']\n";
        assert_eq!(markers(&[("pyproject.toml", toml)], "src/a.py", text), 2);
        let near = [("pyproject.toml", toml), ("src/.coveragerc", "[run]\nbranch = true\n")];
        assert_eq!(markers(&near, "src/a.py", text), 1);
    }

    #[test]
    fn hints_for_v8_count_lines_in_c8_and_in_vitest_before_version_4() {
        let text = "/* v8 ignore next */\nfunction f() {\n  a();\n}\n";
        let hidden = |manifest: &str| {
            let tree = Tree::of_files([("package.json", manifest.as_bytes())]);
            let path: RepoPath = "src/a.js".parse().unwrap();
            let markers = coverage_pragma::read(&path, text, Inline::of(&tree).at(&path)).unwrap();
            markers[0].lines(5).into_iter().flatten().count()
        };
        assert_eq!(hidden(r#"{"devDependencies":{"vitest":"^3.1.0"}}"#), 1);
        assert_eq!(hidden(r#"{"devDependencies":{"c8":"10"}}"#), 1);
        assert_eq!(hidden(r#"{"devDependencies":{"vitest":"^4.0.0","c8":"10"}}"#), 3);
    }
}
