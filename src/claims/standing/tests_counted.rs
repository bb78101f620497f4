//! "Added 12 tests", "added tests for `total`" against the tests that are new or altered.

use super::super::{Subject, Weighed};
use super::test_difference::{Difference, Known, countable};
use super::tests_added::looks_like_a_test;
use super::{contradicted, paths};
use crate::change::{Change, FileChange, Status};
use crate::span::{Location, Side};

/// What refutes the number or the subject; nothing where neither is refuted.
pub(super) fn weigh(
    change: &Change,
    difference: &Difference<'_>,
    count: Option<u64>,
    of: Option<&Subject>,
) -> Option<Weighed> {
    if difference.unsure.is_some() {
        return None;
    }
    let touched: Vec<&Known<'_>> =
        difference.new.iter().chain(difference.altered.iter().map(|altered| &altered.now)).collect();
    let first = touched.first()?;
    let place = Location::of_lines(
        Side::Head,
        &first.test.path,
        change.text(Side::Head, &first.test.path).ok()??,
        first.test.line,
        first.test.line,
    );
    let fewer = count.and_then(|count| fewer(change, difference, &touched, count));
    let because = fewer.or_else(|| of.and_then(|of| unmentioned(change, &touched, of)))?;
    Some(contradicted(because).at(place))
}

/// Contradicted only if no way of counting comes to the number: tests, cases, assertions, lines that look like one.
fn fewer(change: &Change, difference: &Difference<'_>, touched: &[&Known<'_>], count: u64) -> Option<String> {
    let mut all = 0;
    for known in touched {
        all += countable(&known.test)?;
    }
    let lines: usize = change.files.iter().map(|file| added(change, file)).sum();
    let most = all.max(lines as u64);
    let (new, altered) = (difference.new.len(), difference.altered.len());
    let tests = |n: usize| if n == 1 { "1 test".to_owned() } else { format!("{n} tests") };
    let altered = if altered > 0 { format!(" and alters {altered}") } else { String::new() };
    (count > most).then(|| {
        format!("the change adds {}{altered}, and by no way of counting (cases, assertions, lines) more than {most}", tests(new))
    })
}

/// How many added lines look like a test or an assertion in some language.
fn added(change: &Change, file: &FileChange) -> usize {
    let Some(path) = file.head.as_ref().filter(|path| !paths::is_documentation(path)) else { return 0 };
    let (Ok(diff), Ok(Some(text))) = (change.diff(file), change.text(Side::Head, path)) else { return 0 };
    let lines: Vec<&str> = text.lines().collect();
    let added = diff.added().filter_map(|n| lines.get(n - 1));
    added.filter(|line| looks_like_a_test(line)).count()
}

/// Contradicted only if what they are for is a file or symbol of the change, and no word of its name stands in any file
/// of tests that changed.
fn unmentioned(change: &Change, touched: &[&Known<'_>], of: &Subject) -> Option<String> {
    let named = match of {
        Subject::File(name) => name.rsplit('/').next().unwrap_or(name).split('.').next().unwrap_or(name),
        Subject::Symbol(name) => name.rsplit(['.', ':', '#', '/']).next().unwrap_or(name),
    };
    let words = words(named);
    if words.is_empty() || !is_of_the_change(change, of, named) {
        return None;
    }
    for known in touched {
        let path = &known.test.path;
        let text = change.text(Side::Head, path).ok()??;
        let text = format!("{path} {text}").to_lowercase();
        if words.iter().any(|word| text.contains(word.as_str())) {
            return None;
        }
    }
    let files: std::collections::BTreeSet<&str> =
        touched.iter().map(|known| known.test.path.as_str()).collect();
    let files = files.into_iter().take(3).collect::<Vec<_>>().join(", ");
    Some(format!(
        "none of the tests that are new or changed mentions `{named}`, nor a word of its name ({files})"
    ))
}

/// The words of a name in lower case: those of four letters and more, or the whole where none is so long.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    for c in name.chars() {
        if !c.is_alphanumeric()
            || c.is_uppercase()
                && words.last().is_some_and(|w| w.chars().last().is_some_and(|l| !l.is_uppercase()))
        {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
    }
    let long: Vec<String> = words.into_iter().filter(|word| word.chars().count() > 3).collect();
    let whole: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if long.is_empty() { (whole.len() > 2).then_some(whole).into_iter().collect() } else { long }
}

/// Whether the change adds or changes a file of that name, or adds a line outside of tests in which the name stands.
fn is_of_the_change(change: &Change, of: &Subject, named: &str) -> bool {
    let mut files = change
        .files
        .iter()
        .filter(|file| file.status != Status::Deleted && !paths::speaks_of_tests(file.path()));
    match of {
        Subject::File(name) => {
            let is = |file: &FileChange| file.path().as_str().ends_with(name.trim_start_matches("./"));
            files.any(is)
        }
        Subject::Symbol(_) => files.any(|file| {
            let Some(path) = file.head.as_ref().filter(|path| paths::is_source(path)) else { return false };
            let (Ok(diff), Ok(Some(text))) = (change.diff(file), change.text(Side::Head, path)) else {
                return false;
            };
            let lines: Vec<&str> = text.lines().collect();
            let whole = |line: &&&str| {
                line.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').any(|w| w == named)
            };
            diff.added().filter_map(|n| lines.get(n - 1)).any(|line| whole(&line))
        }),
    }
}

#[cfg(test)]
mod facts {
    use super::*;

    #[test]
    fn a_name_is_told_by_its_words() {
        assert_eq!(words("handleHTTPRequest"), ["handle", "request"]);
        assert_eq!(words("parse_to_ms"), ["parse"]);
        assert_eq!(words("to_ms"), ["toms"]);
        assert_eq!(words("ab"), [""; 0]);
    }
}
