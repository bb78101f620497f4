//! Changes in; which tests stayed, went and came.

use super::*;
use crate::change::{Evidence, PullRequest, Status};

/// Files with their texts on both sides; `None` where a file is not there. A name with `->` is a rename.
fn change(files: &[(&str, Option<&str>, Option<&str>)]) -> Change {
    let (mut base, mut head, mut changed) = (Vec::new(), Vec::new(), Vec::new());
    for (name, was, is) in files {
        let (from, to) = name.split_once("->").unwrap_or((name, name));
        base.extend(was.map(|text| (from, text.as_bytes())));
        head.extend(is.map(|text| (to, text.as_bytes())));
        let status = match (was, is) {
            (None, _) => Status::Added,
            (_, None) => Status::Deleted,
            _ => Status::Modified,
        };
        changed.push(FileChange {
            status,
            base: was.map(|_| from.parse().unwrap()),
            head: is.map(|_| to.parse().unwrap()),
        });
    }
    Change {
        pr: PullRequest::default(),
        base_sha: "b".repeat(40).parse().unwrap(),
        head_sha: "c".repeat(40).parse().unwrap(),
        base: Tree::of_files(base),
        head: Tree::of_files(head),
        files: changed.into(),
        commits: Vec::new(),
        history: Default::default(),
        evidence: Evidence::default(),
    }
}

/// The pairs with what they are known by, then the gone, then the new.
fn told(files: &[(&str, Option<&str>, Option<&str>)]) -> (Vec<String>, Vec<String>, Vec<String>) {
    let difference = Difference::of(&change(files));
    let pairs = difference.pairs.iter().map(|pair| {
        format!(
            "{} = {} by {:?}",
            difference.base(pair.base).title(),
            difference.head(pair.head).title(),
            pair.by
        )
    });
    (
        pairs.collect(),
        difference.gone.iter().map(|place| difference.base(*place).title()).collect(),
        difference.born.iter().map(|place| difference.head(*place).title()).collect(),
    )
}

fn test(name: &str, body: &str) -> String {
    format!("def {name}():\n    {body}\n\n")
}

#[test]
fn a_test_is_known_by_its_name_and_by_its_text_under_another() {
    let (sum, total) =
        ("assert add(1, 2, 3) == 6 and add(4) == 4", "assert total([cart, basket]) == Money(12, 'EUR')");
    let base = test("test_sum", sum) + &test("test_total", total);
    let head = test("test_sum", "assert add(1) == 1") + &test("test_grand_total", total);
    let (pairs, gone, born) = told(&[("test_a.py", Some(&base), Some(&head))]);
    assert_eq!(pairs, ["test_sum = test_sum by Name", "test_total = test_grand_total by Text"]);
    assert!(gone.is_empty() && born.is_empty());
}

#[test]
fn a_test_that_moved_is_not_gone() {
    let one = test("test_sum", "assert add(1, 2) == 3");
    let (pairs, gone, born) = told(&[("test_a.py", Some(&one), Some("")), ("test_b.py", None, Some(&one))]);
    assert_eq!(pairs, ["test_sum = test_sum by Moved"]);
    assert!(gone.is_empty() && born.is_empty());
}

#[test]
fn a_test_below_another_suite_is_not_gone() {
    let base = "describe('cart', () => { it('adds up', () => { expect(total([1])).toBe(1); }); });";
    let head = "describe('basket', () => { it('adds up', () => { expect(sum(1)).toEqual(one); }); });";
    let (pairs, gone, born) = told(&[("a.test.js", Some(base), Some(head))]);
    assert_eq!(pairs, ["cart > adds up = basket > adds up by Leaf"]);
    assert!(gone.is_empty() && born.is_empty());
}

#[test]
fn a_rewritten_test_is_known_by_most_of_its_words_and_another_is_not() {
    let base = test("test_discount", "assert price(book, rate=rates['member'], coupon=None) == 12");
    let alike = test("test_rebate", "assert price(book, rate=rates['member'], coupon=None) == 13");
    let other = test("test_login", "assert client.post('/login').status_code == 200");
    let (pairs, gone, _) = told(&[("test_a.py", Some(&base), Some(&alike))]);
    assert_eq!((pairs.len(), gone.len()), (1, 0));
    let (pairs, gone, born) = told(&[("test_a.py", Some(&base), Some(&other))]);
    assert_eq!((pairs.len(), gone.len(), born.len()), (0, 1, 1));
}

#[test]
fn of_namesakes_that_are_fewer_none_is_told_gone() {
    let base = "it('a', () => { expect(f(1)).toBe(1); });\nit('a', () => { expect(f(2)).toBe(2); });";
    let head = "it('a', () => { expect(f(2)).toBe(2); });";
    assert_eq!(told(&[("a.test.js", Some(base), Some(head))]), (vec![], vec![], vec![]));
}

#[test]
fn a_file_that_no_runner_finds_any_longer_holds_no_tests() {
    let text = test("test_sum", "assert add(1, 2) == 3");
    for (name, gone) in
        [("test_a.py->a_old.py", 1), ("test_a.py->test_a.py.bak", 1), ("test_a.py->test_b.py", 0)]
    {
        assert_eq!(told(&[(name, Some(&text), Some(&text))]).1.len(), gone, "{name}");
    }
}

#[test]
fn files_that_hold_no_tests_are_left_out() {
    let product = "export const it = (x) => x.split('it(');\nit.next;";
    let difference = Difference::of(&change(&[("src/a.js", Some("f();"), Some("regex.test(a); emit(b);"))]));
    assert!(difference.files.is_empty());
    let difference = Difference::of(&change(&[("src/a.js", Some("f();"), Some(product))]));
    assert!(difference.files.iter().all(|file| file.head.is_empty()));
}

#[test]
fn a_file_of_tests_that_cannot_be_read_is_undecided() {
    let mut change = change(&[("test_a.py", Some(&test("test_a", "assert f(1) == 1")), Some("x"))]);
    change.head = Tree::of_files([("test_a.py", b"\xff\xfe".as_slice())]);
    assert_eq!(Difference::of(&change).undecided.len(), 1);
}
