//! Facts about Sonar's scope and gate.

use proptest::prelude::*;

use super::*;
use crate::change::Tree;

const SOURCES: [&str; 8] = [
    "src/a.ts",
    "src/a.test.ts",
    "src/old/b.ts",
    "src/main/java/x/A.java",
    "core/src/main/java/y/B.java",
    "core/src/test/java/y/BTest.java",
    "tests/t.ts",
    "README.md",
];

fn all(files: &[(&str, &str)]) -> Vec<Scope> {
    let files: Vec<(&str, &str)> = files.iter().copied().chain(SOURCES.map(|path| (path, ""))).collect();
    let tree = Tree::of_files(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    scopes(&Survey::of(&tree))
}

fn names(scope: &Scope) -> String {
    assert_eq!((scope.undecided.clone(), scope.mode, scope.stage), (None, Mode::Matching, Stage::Report));
    scope.files.iter().map(RepoPath::as_str).collect::<Vec<_>>().join(" ")
}

fn file(text: &str) -> String {
    names(&all(&[("sonar-project.properties", text)])[0])
}

#[test]
fn a_properties_file_names_sources_and_what_leaves_them() {
    assert_eq!(
        file("sonar.sources=src\nsonar.exclusions=src/main/**"),
        "src/a.test.ts src/a.ts src/old/b.ts"
    );
    assert_eq!(
        file(
            "# sonar.sources=x\nsonar.sources = src, \\\n   tests\nsonar.coverage.exclusions: **/*.test.ts, **/*.java\n"
        ),
        "src/a.ts src/old/b.ts tests/t.ts"
    );
    assert_eq!(
        file(
            "sonar.sources=src\nsonar.tests=src\nsonar.test.inclusions=**/*.test.ts\nsonar.inclusions=**/*.ts"
        ),
        "src/a.ts src/old/b.ts"
    );
    assert_eq!(file("sonar.sources=src/a.ts,tests\nsonar.tests=test"), "src/a.ts tests/t.ts");
    assert!(!file("sonar.tests=tests").contains("tests/"));
}

#[test]
fn wildcards_are_those_of_sonar() {
    let is_match = |text: &str, path: &str| pattern(text).unwrap().is_match(path);
    for (text, path) in [
        ("**/*.ts", "a.ts"),
        ("src/**", "src/a/b.ts"),
        ("/src/?.ts", "src/a.ts"),
        ("**/old/**", "src/old/b.ts"),
        ("**/x{y}.ts", "a/x{y}.ts"),
        ("file:**/src/*.ts", "src/a.ts"),
    ] {
        assert!(is_match(text, path), "{text} {path}");
    }
    for (text, path) in
        [("src/old", "src/old/b.ts"), ("*.ts", "src/a.ts"), ("src/*", "src/a/b.ts"), ("**/a", "aa")]
    {
        assert!(!is_match(text, path), "{text} {path}");
    }
}

#[test]
fn build_files_set_properties_over_their_main_sources() {
    let pom = "<project><properties><sonar.exclusions>**/x/**</sonar.exclusions></properties></project>";
    assert_eq!(names(&all(&[("pom.xml", pom)])[0]), "core/src/main/java/y/B.java");
    assert!(all(&[("pom.xml", "<project/>"), ("build.gradle", "plugins { id 'java' }")]).is_empty());
    for (name, text) in [
        (
            "build.gradle",
            "sonar {\n  properties {\n    property 'sonar.coverage.exclusions', ['**/y/**', 'b']\n    // property 'sonar.exclusions', '**'\n  }\n}\n",
        ),
        (
            "build.gradle.kts",
            "sonar { properties { property(\"sonar.exclusions\", listOf(\"**/y/**\", \"b\").joinToString(\",\")) } }",
        ),
    ] {
        assert_eq!(names(&all(&[(name, text)])[0]), "src/main/java/x/A.java", "{name}");
    }
    let unknown =
        all(&[("build.gradle.kts", "sonar { properties { property(\"sonar.exclusions\", skipped) } }")]);
    assert!(unknown[0].undecided.clone().unwrap().why.contains("skipped"));
}

fn by_gradle(name: &str, value: &str) -> String {
    let text = format!(
        "def more = ['**/x/**']\nsonarqube {{\n  properties {{\n    property {value}\n    property 'sonar.tests', 'src/test'\n  }}\n}}\n"
    );
    gradle::properties(&name.parse().unwrap(), &text, &KEYS).unwrap()["sonar.exclusions"].clone()
}

#[test]
fn a_gradle_script_writes_a_list_in_many_ways() {
    for value in [
        "'sonar.exclusions', 'a,b'",
        "('sonar.exclusions', 'a,b')",
        "\"sonar.exclusions\", ['a', \"b\"]",
        "'sonar.exclusions', ['a', 'b'] as String[]",
        "'sonar.exclusions', ['a',\n      // 'c',\n      'b']",
        "'sonar.exclusions', ['a', 'b'].join(',')",
        "'sonar.exclusions', String.join(',', 'a', 'b')",
        "'sonar.exclusions', \"\"\"a,b\"\"\"",
        "\"sonar.exclusions\",\n      [\n        'a', 'b'\n      ].join(\",\")",
        "'sonar.exclusions',\n      'a,' +\n      'b'",
    ] {
        assert_eq!(by_gradle("build.gradle", value), "a,b", "{value}");
    }
    for value in [
        "(\"sonar.exclusions\", listOf(\"a\", \"b\"))",
        "(\"sonar.exclusions\", setOf(\"a\", \"b\").joinToString(separator = \",\"))",
        "(\"sonar.exclusions\", arrayOf(\"a\", \"b\").joinToString(\",\"))",
        "(\n  \"sonar.exclusions\",\n  \"a,b\",\n)",
    ] {
        assert_eq!(by_gradle("build.gradle.kts", value), "a,b", "{value}");
    }
    assert_eq!(by_gradle("build.gradle", "'sonar.exclusions', more + ['b']"), "**/x/**,b");
}

#[test]
fn a_gradle_value_that_only_a_run_could_tell_keeps_its_expression() {
    for value in ["\"${skipped}/**\"", "skipped", "[skipped, 'b']", "skipped.join(',')", "skipped ?: 'b'"] {
        let read = by_gradle("build.gradle", &format!("'sonar.exclusions', {value}"));
        assert!(read.starts_with('$') && read.contains("skipped"), "{value}: {read}");
    }
    let path = "build.gradle".parse().unwrap();
    let read = |text: &str| gradle::properties(&path, text, &KEYS).unwrap();
    assert!(read("// property 'sonar.exclusions', 'a'\nprintln 'sonar.exclusions'\n").is_empty());
    assert!(read("def told = \"property 'sonar.exclusions', 'a'\"\n").is_empty());
    assert!(gradle::properties(&path, &format!("// sonar.tests\n{}", " ".repeat(600_000)), &KEYS).is_err());
}

#[test]
fn command_lines_and_actions_win_over_files() {
    let file = (
        "sonar-project.properties",
        "sonar.sources=src\nsonar.exclusions=src/main/**\nsonar.qualitygate.wait=true\n",
    );
    let make = (
        "Makefile",
        "s:\n\tsonar-scanner -Dsonar.exclusions=src/main/**,src/old/** -Dsonar.qualitygate.wait=false\n",
    );
    let scopes = all(&[file, make]);
    assert_eq!((scopes.len(), names(&scopes[0])), (1, "src/a.test.ts src/a.ts".to_owned()));
    assert_eq!(scopes[0].thresholds, BTreeMap::from([("qualitygate.wait".to_owned(), Gate::On(false))]));
    let workflow = "on: push\njobs:\n  s:\n    steps:\n      - uses: SonarSource/sonarqube-scan-action@v5\n        with:\n          args: >\n            -Dsonar.sources=tests\n            -Dsonar.verbose=true\n";
    let scopes = all(&[file, (".github/workflows/s.yml", workflow)]);
    assert_eq!(names(&scopes[0]), "tests/t.ts");
    assert!(scopes[0].config.iter().any(|path| path.name() == "s.yml"));
}

#[test]
fn what_only_a_run_could_tell_is_undecided() {
    for text in ["sonar.exclusions=${env.SKIP}", "sonar.modules=a,b"] {
        assert!(all(&[("sonar-project.properties", text)])[0].undecided.is_some(), "{text}");
    }
    assert!(all(&[("pom.xml", "<project><sonar.x>")])[0].undecided.is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_makes_the_reader_panic(text in "(sonar|\\.sources|\\.exclusions|=|:|,|\\*\\*|/|\\\\|\n|\"|'|property|\\(|\\)|\\[|\\$|//|/\\*|src|é| ){0,40}") {
        for name in ["sonar-project.properties", "build.gradle", "pom.xml"] {
            all(&[(name, &text)]);
        }
    }

    #[test]
    fn another_exclusion_never_brings_a_file_in(one in "[a-z*/.?]{1,8}", two in "[a-z*/.?]{1,8}") {
        let few = all(&[("sonar-project.properties", &format!("sonar.exclusions={one}"))]);
        let more = all(&[("sonar-project.properties", &format!("sonar.exclusions={one},{two}"))]);
        prop_assert!(more[0].files.is_subset(&few[0].files));
    }
}
