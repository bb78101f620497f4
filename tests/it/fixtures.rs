//! Every fixture under all checks: a new fixture shows another check's false positive.

use std::path::Path;

use gainsay::checks::REGISTRY;
use gainsay::pipeline;
use gainsay::policy::Policy;
use gainsay::report::{self, Format};
use gainsay::verdict::Ruling;

use crate::{fixture, plant};

fn plain(verdict: &gainsay::verdict::Verdict) -> String {
    anstream::adapter::strip_str(&report::render(verdict, Format::Terminal)).to_string()
}

#[test]
fn every_fixture_has_the_verdict_of_its_snapshot() {
    fixture::each(|fixture| {
        let verdict = fixture.verdict();
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&fixture.dir);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        // Commit ids follow from the fixture's own bytes, but planted credentials differ from run to run.
        settings.add_filter(verdict.head.short(), "HEAD......");
        settings.add_filter(verdict.base.short(), "BASE......");
        // A new rule is told by the list of rules, not by every fixture.
        if verdict.checked.len() == REGISTRY.len() {
            settings.add_filter(r"\d+ rules checked", "all rules checked");
            settings.add_filter(r"(?s)\nchecked [a-z].*$", "\nchecked every rule");
        }
        settings.bind(|| insta::assert_snapshot!("verdict", plain(verdict)));
    });
}

#[test]
fn caught_cases_block_and_noted_ones_note_by_their_own_rule_and_the_others_do_not_block() {
    fixture::each(|fixture| {
        let verdict = fixture.verdict();
        let rule = fixture.name.split('/').next().unwrap();
        if fixture.must_block() {
            assert!(verdict.blocks().any(|f| f.rule.id == rule), "{} is not caught", fixture.name);
        } else {
            assert_eq!(verdict.ruling, Ruling::Pass, "{} is not clean:\n{}", fixture.name, plain(verdict));
        }
        if fixture.must_note() {
            assert!(verdict.findings.iter().any(|f| f.rule.id == rule), "{} is not noted", fixture.name);
        }
    });
}

#[test]
fn a_change_that_changes_nothing_and_claims_nothing_is_silent() {
    fixture::each(|fixture| {
        for rev in ["base", "head"] {
            let change = fixture.change(rev, rev, &pipeline::needs(), true);
            let verdict = pipeline::consider(&change, &Policy::default());
            assert!(verdict.findings.is_empty(), "{} ({rev}, {rev}):\n{}", fixture.name, plain(&verdict));
            assert_eq!(verdict.ruling, Ruling::Pass, "{} ({rev}, {rev})", fixture.name);
        }
    });
}

#[test]
fn loading_only_what_the_checks_declare_gives_the_same_verdict() {
    fixture::each(|fixture| {
        let (_, all) = fixture.whole();
        assert_eq!(plain(all), plain(fixture.verdict()), "{}", fixture.name);
    });
}

#[test]
fn no_byte_of_a_planted_secret_stands_in_any_output() {
    let planted = plant::planted();
    fixture::each(|fixture| {
        let verdict = fixture.verdict();
        for format in [Format::Terminal, Format::Json, Format::Markdown, Format::Sarif] {
            let text = report::render(verdict, format);
            for (kind, value) in &planted {
                assert!(!text.contains(value), "{}: {format:?} shows the {kind}", fixture.name);
            }
        }
    });
}

#[test]
fn every_rule_has_a_page_with_its_sections_and_fixtures_with_their_twins() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let names = |dir: &str| -> Vec<String> {
        let entries = std::fs::read_dir(root.join(dir)).unwrap();
        let mut names: Vec<String> =
            entries.map(|e| e.unwrap().file_name().to_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    let ids: Vec<&str> = REGISTRY.iter().map(|check| check.rule().id).collect();
    assert!(ids.is_sorted(), "the registry is sorted by id");
    let pages: Vec<String> =
        names("rules").iter().filter_map(|n| n.strip_suffix(".md")).map(Into::into).collect();
    assert_eq!(pages, ids, "every rule has its page and every page its rule");
    assert_eq!(names("tests/fixtures"), ids, "every rule has its fixtures");
    for check in REGISTRY {
        let rule = check.rule();
        let heads = rule.text().lines().filter_map(|l| l.strip_prefix("## ")).collect::<Vec<_>>();
        let sections =
            ["What it catches", "Why it matters", "Example", "When it is right to do this", "Limits"];
        assert_eq!(heads, sections, "{}", rule.id);
        for section in rule.text().split("## ").skip(1) {
            let (head, text) = section.split_once('\n').unwrap();
            assert!(text.trim().len() > 40, "{}: the section {head:?} says nothing", rule.id);
        }
        let cases = names(&format!("tests/fixtures/{}", rule.id));
        let count = |front: &str| cases.iter().filter(|c| c.starts_with(front)).count();
        let (told, clean) = (count("caught-") + count("noted-"), count("clean-"));
        assert_eq!(told + clean, cases.len(), "{}: cases are caught-*, noted-* or clean-*", rule.id);
        assert!(told > 0 && clean >= told.max(3), "{}: {told} caught or noted, {clean} clean", rule.id);
    }
}
