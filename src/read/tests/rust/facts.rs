//! Facts about which tests are found in Rust and what becomes of them.

use super::*;
use crate::read::tests::Strength;

fn read(source: &str) -> Vec<Test> {
    inventory(&"src/a.rs".parse().unwrap(), source).unwrap()
}

#[test]
fn ignored_conditional_and_nested_tests_are_told_apart() {
    let source = "#[test]\nfn a() { assert!(true); assert_eq!(1, 1); }\n\
        #[cfg(test)]\nmod t {\n  #[test]\n  #[ignore = \"slow\"]\n  fn b() {}\n  \
        #[cfg_attr(miri, ignore)]\n  #[tokio::test(flavor = \"x\")]\n  async fn c() {}\n  \
        #[cfg(any())]\n  #[test]\n  fn d() {}\n  #[cfg(windows)]\n  #[test]\n  fn e() {}\n  \
        #[test]\n  #[should_panic]\n  fn f() {}\n  #[cfg(all(unix, not(feature = \"x\")))]\n  #[test]\n  fn g() {}\n}\nfn helper() {}\n";
    let tests = read(source);
    let found: Vec<(String, State)> = tests.iter().map(|t| (t.title(), t.state)).collect();
    let expected = [
        ("a", State::Runs),
        ("t > b", State::Skipped),
        ("t > c", State::Conditional),
        ("t > d", State::Unselected),
        ("t > e", State::Elsewhere),
        ("t > f", State::Inverted),
        ("t > g", State::Conditional),
    ];
    assert_eq!(found, expected.map(|(n, s)| (n.to_owned(), s)));
    assert_eq!(tests[0].assertions.len(), 2);
    assert_eq!(&source[tests[1].marker.clone().unwrap()], "#[ignore = \"slow\"]");
}

#[test]
fn what_is_no_rust_is_undecided_and_not_empty() {
    let path = "src/a.rs".parse().unwrap();
    assert!(inventory(&path, "#[test]\nfn a( {}").unwrap_err().why.contains("no Rust"));
}

#[test]
fn a_whole_file_may_be_for_another_platform_or_a_feature() {
    let states = |front: &str| read(&format!("{front}\n#[test]\nfn a() {{}}\n"))[0].clone();
    assert_eq!(states("#![cfg(windows)]").state, State::Elsewhere);
    assert_eq!(states("#![cfg(unix)]").state, State::Conditional);
    let test = states("#![cfg(feature = \"slow\")]");
    assert_eq!(
        (test.state, test.tags.first().map(String::as_str)),
        (State::Conditional, Some("feature=slow"))
    );
}

#[test]
fn each_assertion_says_what_it_demands() {
    use Strength::*;
    let source = "#[test]\nfn a() {\n assert_eq!(f(1), 2, \"why\");\n assert!(x.is_ok());\n assert!(x > 3);\n \
        assert!(matches!(x, Some(_)));\n assert!(a == b);\n assert!(true);\n assert_ne!(x, 1);\n \
        assert!((x - 1.5).abs() < 0.01);\n insta::assert_snapshot!(x);\n insta::assert_snapshot!(x, @\"y\");\n \
        check(x);\n assert_close(x, 1);\n x.unwrap();\n}\nfn check(x: u8) { assert!(x > 1) }\n";
    let test = &read(source)[0];
    let found: Vec<(Strength, &str)> =
        test.assertions.iter().map(|a| (a.strength, a.subject.as_str())).collect();
    let expected = [
        (Exact, "f(1)"),
        (Truthy, "x.is_ok()"),
        (Relational, "x"),
        (Relational, "x"),
        (Exact, "a"),
        (Tautology, "true"),
        (Relational, "x"),
        (Close, "x - 1.5"),
        (Snapshot, "x"),
        (Exact, "x"),
        (Delegated, "x"),
        (Delegated, "x"),
    ];
    assert_eq!(found, expected);
    assert_eq!((test.assertions[7].tolerance, test.implicit), (Some(0.01), 1));
    assert_eq!(test.assertions[0].expected.as_deref(), Some("2"));
    assert!(test.calls.contains("check") && test.names.contains("f"));
}

#[test]
fn tables_and_properties_are_read() {
    let tests = read(
        "#[rstest]\n#[case(1)]\n#[case::two(2)]\nfn a(#[case] n: u8) { assert_eq!(n, n) }\n\
         proptest! {\n #[test]\n fn b(x in 0..9) { prop_assert_eq!(f(x), x) }\n\n #[test]\n #[ignore]\n fn c(x in 0..9) {}\n}\n",
    );
    let found: Vec<_> = tests.iter().map(|t| (t.title(), t.state, t.cases, t.assertions.len())).collect();
    let expected = [
        ("a".to_owned(), State::Runs, Cases::Table(2), 1),
        ("b".to_owned(), State::Runs, Cases::Computed, 1),
        ("c".to_owned(), State::Skipped, Cases::Computed, 0),
    ];
    assert_eq!(found, expected);
    assert_eq!(tests[0].assertions[0].strength, Strength::Tautology);
}
