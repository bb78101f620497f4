//! Facts about PHPUnit's scope and gates. What the lists of files hold is what PHPUnit 9.6 reported of this tree.

use proptest::prelude::*;

use super::*;
use crate::change::Tree;

const SOURCES: [&str; 16] = [
    "src/A.php",
    "src/sub/B.php",
    "src/sub/deep/C.php",
    "src/.hidden/D.php",
    "src/E.inc",
    "src/FooTest.php",
    "src/BarInterface.php",
    "lib/one/X.php",
    "lib/two/Y.php",
    "lib/.dot/Z.php",
    "lib/two/inner/W.php",
    "app/M/x/A.php",
    "app/N/x/B.php",
    "root.php",
    "srcolder/O.php",
    "src/sub2/Q.php",
];
const NINE: (&str, &str) = ("composer.json", r#"{"require-dev": {"phpunit/phpunit": "^9.6"}}"#);
const TEN: (&str, &str) = ("composer.json", r#"{"require-dev": {"phpunit/phpunit": "^9.6 || ^10.5"}}"#);
const LOCKED: (&str, &str) =
    ("composer.lock", r#"{"packages-dev": [{"name": "phpunit/phpunit", "version": "11.5.2"}]}"#);

fn all(files: &[(&str, &str)]) -> Vec<Scope> {
    let sources = SOURCES.iter().map(|path| (*path, "<?php"));
    let files: Vec<(&str, &str)> = files.iter().copied().chain(sources).collect();
    let tree = Tree::of_files(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    scopes(&Survey::of(&tree))
}

fn only(body: &str, more: &[(&str, &str)]) -> Scope {
    let config = format!("<?xml version=\"1.0\"?>\n<phpunit>{body}</phpunit>\n");
    let mut scopes = all(&[&[("phpunit.xml", config.as_str())], more].concat());
    assert_eq!(scopes.len(), 1, "{scopes:?}");
    scopes.remove(0)
}

fn names(scope: &Scope) -> String {
    assert_eq!(scope.undecided, None);
    scope.files.iter().map(RepoPath::as_str).collect::<Vec<_>>().join(" ")
}

fn nine(body: &str) -> String {
    names(&only(body, &[NINE]))
}

const ALL_OF_SRC: &str =
    "src/A.php src/BarInterface.php src/FooTest.php src/sub/B.php src/sub/deep/C.php src/sub2/Q.php";
const ALL_OF_LIB: &str = "lib/one/X.php lib/two/Y.php lib/two/inner/W.php";

#[test]
fn folders_are_walked_as_phpunit_9_walks_them() {
    let include = |text: &str| nine(&format!("<coverage><include>{text}</include></coverage>"));
    assert_eq!(include("<directory>src</directory>"), ALL_OF_SRC);
    assert_eq!(include("<directory>\n   src/sub\n  </directory>"), "src/sub/B.php src/sub/deep/C.php");
    assert_eq!(
        include(
            "<directory suffix='.inc'>src</directory><directory suffix='Test.php' prefix='Foo'>src</directory>"
        ),
        "src/E.inc src/FooTest.php"
    );
    assert_eq!(include("<directory>lib/*</directory>"), ALL_OF_LIB);
    assert_eq!(include("<directory>lib/**</directory>"), ALL_OF_LIB);
    assert_eq!(include("<directory>app/*/x</directory>"), "app/M/x/A.php app/N/x/B.php");
    assert_eq!(include("<directory>lib/**/inner</directory>"), "lib/two/inner/W.php");
    assert_eq!(
        include("<directory>app/[MX]</directory><directory>li?</directory>"),
        format!("app/M/x/A.php {ALL_OF_LIB}")
    );
    assert_eq!(
        include("<file>root.php</file><directory>src/A.php</directory><directory>missing</directory>"),
        "root.php src/A.php"
    );
    assert_eq!(include("<directory>src/.hidden</directory>"), "src/.hidden/D.php");
    assert_eq!(
        include("<directory suffix=''>src</directory>"),
        ALL_OF_SRC.replace("src/FooTest", "src/E.inc src/FooTest")
    );
}

#[test]
fn what_is_excluded_is_taken_out_wherever_it_stands() {
    let of = |text: &str| nine(&format!("<coverage>{text}</coverage>"));
    assert_eq!(
        of(
            "<include><directory>./src/</directory></include><exclude><directory>src/sub</directory><file>src/A.php</file></exclude>"
        ),
        "src/BarInterface.php src/FooTest.php src/sub2/Q.php"
    );
    assert_eq!(
        of("<exclude><directory>src/sub</directory></exclude><include><directory>src</directory></include>"),
        "src/A.php src/BarInterface.php src/FooTest.php src/sub2/Q.php"
    );
    assert_eq!(
        of(
            "<include><directory>src</directory></include><exclude><directory suffix='Interface.php'>src</directory></exclude>"
        ),
        "src/A.php src/FooTest.php src/sub/B.php src/sub/deep/C.php src/sub2/Q.php"
    );
    assert_eq!(
        of("<include><directory>.</directory></include><exclude><directory>src</directory></exclude>"),
        format!("app/M/x/A.php app/N/x/B.php {ALL_OF_LIB} root.php srcolder/O.php")
    );
}

#[test]
fn each_generation_reads_its_own_section() {
    let src = |section: &str| format!("<{section}><include><directory>src</directory></include></{section}>");
    let lib = "<source><include><directory>lib</directory></include></source>";
    let whitelist = "<filter><whitelist><directory suffix='.php'>src</directory><exclude><directory>src/sub</directory><file>src/FooTest.php</file></exclude></whitelist></filter>";
    assert_eq!(nine(whitelist), "src/A.php src/BarInterface.php src/sub2/Q.php");
    assert_eq!(
        nine(&format!("{whitelist}{}", lib.replace("source", "coverage"))),
        "src/A.php src/BarInterface.php src/sub2/Q.php"
    );
    assert_eq!(nine(lib), "");
    let both = format!("{lib}{}", src("coverage"));
    assert_eq!(nine(&both), ALL_OF_SRC);
    assert_eq!(names(&only(&both, &[TEN])), ALL_OF_SRC);
    assert_eq!(names(&only(&both, &[LOCKED])), ALL_OF_LIB);
    assert_eq!(names(&only(&both, &[TEN, LOCKED])), ALL_OF_LIB);
    assert_eq!(names(&only(&both, &[])), ALL_OF_LIB);
    assert!(!only("", &[LOCKED]).configured);
}

#[test]
fn two_stars_stand_for_any_depth_since_version_11() {
    let body = "<source><include><directory>app/**/x</directory></include></source>";
    assert_eq!(names(&only(body, &[LOCKED])), "app/M/x/A.php app/N/x/B.php");
    let body = "<source><include><directory>**/inner</directory></include></source>";
    assert_eq!(names(&only(body, &[LOCKED])), "lib/two/inner/W.php");
}

#[test]
fn files_that_no_test_loads_count_unless_told_otherwise() {
    let body =
        "<coverage includeUncoveredFiles='false'><include><directory>src</directory></include></coverage>";
    assert_eq!(only(body, &[NINE]).mode, Mode::Loaded);
    assert_eq!(only(&body.replace("false", "true"), &[NINE]).mode, Mode::Matching);
    let source = "<source><include><directory includeInCodeCoverage='false'>src/sub</directory><directory>src</directory></include></source>";
    assert!(!names(&only(source, &[])).contains("src/sub/"));
}

#[test]
fn the_file_of_the_developer_comes_before_the_one_for_all() {
    let body = |dir: &str| {
        format!("<phpunit><source><include><directory>{dir}</directory></include></source></phpunit>")
    };
    let (src, lib) = (body("src"), body("lib"));
    let scopes = all(&[("phpunit.xml.dist", &src), ("phpunit.dist.xml", &lib)]);
    assert_eq!((scopes.len(), names(&scopes[0])), (1, ALL_OF_LIB.to_owned()));
    let scopes = all(&[("phpunit.xml.dist", &src), ("phpunit.dist.xml", &lib), NINE]);
    assert_eq!(scopes[0].config[0].as_str(), "phpunit.xml.dist");
}

#[test]
fn command_lines_name_configurations_minima_and_folders() {
    let body = "<phpunit><source><include><directory>../src/sub</directory></include></source></phpunit>";
    let scripts = |line: &str| {
        format!(r#"{{"scripts": {{"test": ["{line}", "@php artisan test --coverage --min=85"]}}}}"#)
    };
    let manifest = scripts("XDEBUG_MODE=coverage vendor/bin/pest -c ci/phpunit.ci.xml --coverage --min=90");
    let scopes = all(&[("ci/phpunit.ci.xml", body), ("composer.json", &manifest)]);
    assert_eq!(names(&scopes[0]), "src/sub/B.php src/sub/deep/C.php");
    assert_eq!(scopes[0].thresholds, BTreeMap::from([("min".to_owned(), Gate::AtLeast(90.0))]));
    let scope = only(
        "",
        &[(
            "Makefile",
            "t:\n\tvendor/bin/phpunit --coverage-filter lib\n\tvendor/bin/coverage-check clover.xml 77\n",
        )],
    );
    assert_eq!((names(&scope), scope.configured), (ALL_OF_LIB.to_owned(), true));
    assert_eq!(scope.thresholds, BTreeMap::from([("coverage-check".to_owned(), Gate::AtLeast(77.0))]));
    let scope = only("", &[("Makefile", "t:\n\tvendor/bin/pest --min=90\n\tphp artisan migrate --min=3\n")]);
    assert!(scope.thresholds.is_empty());
}

#[test]
fn infection_takes_its_sources_less_what_their_paths_hold() {
    let config = r#"{"source": {"directories": ["src", "lib"], "excludes": ["sub/", "/^one\\//"]}, "minMsi": 70, "minCoveredMsi": 80,}"#;
    let make = ("Makefile", "m:\n\tvendor/bin/infection --min-msi=75\n");
    let scopes = all(&[("infection.json5", config), make]);
    assert_eq!(
        names(&scopes[0]),
        "lib/two/Y.php lib/two/inner/W.php src/A.php src/BarInterface.php src/FooTest.php src/sub2/Q.php"
    );
    let gates = [("minCoveredMsi", 80.0), ("minMsi", 75.0)]
        .map(|(name, figure)| (name.to_owned(), Gate::AtLeast(figure)));
    assert_eq!(scopes[0].thresholds, BTreeMap::from(gates));
}

#[test]
fn what_is_no_xml_is_undecided() {
    let scopes = all(&[("phpunit.xml", "<phpunit><source>")]);
    assert!(scopes[0].undecided.is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_makes_the_reader_panic(text in "(<source>|</source>|<include>|</include>|<exclude>|</exclude>|<directory>|</directory>|<file>|</file>|\\*|\\[|\\]|\\?|/|\\.\\.|src|é){0,30}") {
        all(&[("phpunit.xml", &format!("<phpunit>{text}</phpunit>")), ("infection.json5", &text)]);
    }

    #[test]
    fn another_exclusion_never_brings_a_file_in(one in "[a-z*/.\\[\\]?]{1,10}", two in "[a-z*/.\\[\\]?]{1,10}") {
        let with = |excluded: &str| only(&format!("<source><include><directory>.</directory></include><exclude>{excluded}</exclude></source>"), &[]);
        let few = with(&format!("<directory>{one}</directory>"));
        let more = with(&format!("<directory>{one}</directory><directory>{two}</directory>"));
        if few.undecided.is_none() && more.undecided.is_none() {
            prop_assert!(more.files.is_subset(&few.files));
        }
    }
}
