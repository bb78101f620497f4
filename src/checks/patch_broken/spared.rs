//! Files of which nobody expects that they parse: test data, templates, pointers, files with conflict markers.

use crate::ids::RepoPath;

/// Folders that hold test data wherever they stand.
const DATA: [&str; 23] = [
    "fixture",
    "fixtures",
    "__fixtures__",
    "testdata",
    "test-data",
    "test_data",
    "testfixtures",
    "__testfixtures__",
    "test-fixtures",
    "test_fixtures",
    "test-files",
    "test_files",
    "testfiles",
    "snapshots",
    "__snapshots__",
    "corpus",
    "corpora",
    "invalid",
    "malformed",
    "goldens",
    "golden",
    "compile-fail",
    "err",
];
/// Folders that hold test data below a folder of tests; elsewhere they are ordinary names.
const DATA_OF_TESTS: [&str; 18] = [
    "bad",
    "broken",
    "error",
    "errors",
    "fail",
    "failing",
    "failures",
    "cases",
    "testcases",
    "samples",
    "inputs",
    "data",
    "resources",
    "ui",
    "examples",
    "fuzz",
    "assets",
    "templates",
];
const TESTS: [&str; 8] =
    ["test", "tests", "spec", "specs", "__tests__", "testing", "unit_tests", "integration_tests"];
const BROKEN_WORDS: [&str; 9] = [
    "invalid",
    "malformed",
    "broken",
    "bad",
    "corrupt",
    "corrupted",
    "unparsable",
    "unparseable",
    "truncated",
];

/// Whether the path speaks of test data or of a template.
pub(super) fn is_meant_to_break(path: &RepoPath) -> bool {
    let dir = path.dir().to_lowercase();
    let folders = || dir.split('/');
    let below_tests = folders().any(|f| TESTS.contains(&f) || f.ends_with("-tests") || f.ends_with("_tests"));
    let name = path.name().to_lowercase();
    let stem = name.split('.').next().unwrap_or(&name);
    let speaks = stem.split(|c: char| !c.is_alphanumeric()).any(|word| BROKEN_WORDS.contains(&word));
    let in_tests = below_tests || DATA_OF_TESTS.contains(&folders().next_back().unwrap_or_default());
    folders().any(|f| DATA.contains(&f))
        || below_tests && folders().any(|f| DATA_OF_TESTS.contains(&f))
        || speaks && in_tests
        || path.as_str().contains("{{")
        || dir.contains("cookiecutter")
        || stem.contains("syntax_error")
        || stem.contains("syntax-error")
}

/// Whether the text stands for another one: a pointer to large-file storage, or two texts with conflict markers,
/// which another rule reports.
pub(super) fn is_no_text_of_its_own(text: &str) -> bool {
    text.starts_with("version https://git-lfs.github.com/spec/") || holds_a_conflict(text)
}

/// Whether the three marks of a whole conflict stand in the text in their order. A part of one is a slip like others.
fn holds_a_conflict(text: &str) -> bool {
    let mut marks = ["<<<<<<< ", "=======", ">>>>>>> "].into_iter().peekable();
    text.lines().any(|line| {
        let _ = marks.next_if(|mark| line.starts_with(mark));
        marks.peek().is_none()
    })
}

/// Whether template marks stand in a text: `{{ }}`, `{% %}`, `<% %>`. GitHub's own `${{ }}` is none.
pub(super) fn has_template_marks(text: &str) -> bool {
    text.contains("{%") || text.contains("<%") || has_double_brace(text)
}

fn has_double_brace(text: &str) -> bool {
    text.match_indices("{{").any(|(at, _)| !text[..at].ends_with(['$', '{']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_data_is_spared_and_ordinary_folders_are_not() {
        let spared = |p: &str| is_meant_to_break(&p.parse().unwrap());
        for path in [
            "tests/fixtures/a.json",
            "crates/x/resources/corpus/a.py",
            "tests/errors/a.ts",
            "tests/data/a.yaml",
            "src/testdata/bad.go",
            "tests/invalid_syntax.py",
            "{{cookiecutter.slug}}/setup.py",
        ] {
            assert!(spared(path), "{path}");
        }
        for path in
            ["src/errors/index.ts", "config/data/seed.json", "tests/test_errors.py", "src/bad_words.py"]
        {
            assert!(!spared(path), "{path}");
        }
    }

    #[test]
    fn only_a_whole_conflict_makes_two_texts_of_one() {
        assert!(is_no_text_of_its_own("a\n<<<<<<< ours\nb\n=======\nc\n>>>>>>> theirs\n"));
        assert!(!is_no_text_of_its_own("a\n=======\nc\n>>>>>>> theirs\n"));
        assert!(!is_no_text_of_its_own("<<<<<<< ours\na\n"));
    }

    #[test]
    fn an_expression_of_a_workflow_is_no_template() {
        assert!(!has_template_marks("run: ${{ github.sha }}"));
        assert!(has_template_marks("name: {{ .Values.name }}"));
    }
}
