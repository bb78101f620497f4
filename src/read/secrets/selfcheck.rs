//! Whether the rules of credentials do what they say: every example is found, no counterexample is.

use super::template::make;
use super::vocabulary::{SecretRule, vocabulary};
use super::{Setting, scan_in};

/// Values are made up so many times for each example: what holds for one may fail for the next.
const SEEDS: usize = 20;

/// What was tried, and what went wrong.
#[derive(Debug, Default)]
pub struct SelfCheck {
    /// How many rules there are.
    pub rules: usize,
    /// How many examples were looked for.
    pub examples: usize,
    /// How many counterexamples had to be silent.
    pub counterexamples: usize,
    /// Each failure as a sentence.
    pub problems: Vec<String>,
}

/// Tries every example and counterexample of every rule.
pub fn self_check() -> SelfCheck {
    let mut check = SelfCheck::default();
    for rule in &vocabulary().rules {
        check.rules += 1;
        check.examples += rule.examples.len();
        check.counterexamples += rule.counterexamples.len();
        if rule.examples.is_empty() || rule.counterexamples.is_empty() {
            check.problems.push(format!("{} has no examples or no counterexamples", rule.id));
        }
        let of = |templates: &'static [String], found: bool| {
            templates.iter().filter_map(move |template| failure(rule, template, found))
        };
        // A public form is recognised in order to be passed over.
        check.problems.extend(of(&rule.examples, !rule.public));
        check.problems.extend(of(&rule.counterexamples, false));
    }
    check
}

/// The first made-up value of a template that is not treated as it must be.
fn failure(rule: &SecretRule, template: &str, must_be_found: bool) -> Option<String> {
    let setting = rule.typical_path().map(|path| Setting::new(&path)).unwrap_or_default();
    let found = |seed: usize| {
        let text = make(template, &seed.to_string());
        scan_in(&setting, text.as_bytes()).iter().any(|secret| secret.rule.id == rule.id)
    };
    let seed = (0..SEEDS).find(|seed| found(*seed) != must_be_found)?;
    let what = if must_be_found { "its example is not found" } else { "it finds its counterexample" };
    Some(format!("{}: {what} {template:?} (seed {seed})", rule.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_found_and_no_counterexample() {
        let check = self_check();
        assert!(check.problems.is_empty(), "{}", check.problems.join("\n"));
        assert!(check.rules > 20 && check.examples > check.rules && check.counterexamples > check.rules);
    }

    #[test]
    fn a_rule_that_does_not_do_what_it_says_is_named() {
        let rule = vocabulary().rules.iter().find(|rule| rule.id == "github-personal-token").unwrap();
        assert_eq!(failure(rule, "ghp_{an:30}{crc}", true), None);
        assert!(failure(rule, "ghp_{an:30}{badcrc}", true).unwrap().contains("is not found"));
        assert!(failure(rule, "ghp_{an:30}{crc}", false).unwrap().contains("finds its counterexample"));
    }
}
