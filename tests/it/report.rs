//! How verdicts read: each format of hand-built verdicts, whole, and what must hold for any verdict.

use std::path::Path;

use gainsay::report::check::{Outcome, Output};
use gainsay::report::{self, Format, prose, workflow_commands};
use gainsay::verdict::Verdict;
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::{fixture, verdicts};

fn plain(verdict: &Verdict) -> String {
    anstream::adapter::strip_str(&report::render(verdict, Format::Terminal)).to_string()
}

#[test]
fn a_blocked_verdict_reads_well_on_a_terminal() {
    insta::assert_snapshot!(plain(&verdicts::blocked()));
}

#[test]
fn a_passed_verdict_reads_well_on_a_terminal() {
    insta::assert_snapshot!(plain(&verdicts::passed()));
}

#[test]
fn an_undecided_verdict_reads_well_on_a_terminal() {
    insta::assert_snapshot!(plain(&verdicts::undecided()));
}

#[test]
fn each_verdict_reads_well_as_markdown() {
    insta::assert_snapshot!("markdown_blocked", report::render(&verdicts::blocked(), Format::Markdown));
    insta::assert_snapshot!("markdown_passed", report::render(&verdicts::passed(), Format::Markdown));
    insta::assert_snapshot!("markdown_undecided", report::render(&verdicts::undecided(), Format::Markdown));
}

#[test]
fn what_was_accepted_stands_beside_its_finding_with_who_when_and_why() {
    let (accepted, half) = (verdicts::accepted(), verdicts::half_accepted());
    insta::assert_snapshot!("terminal_accepted", plain(&accepted));
    insta::assert_snapshot!("terminal_half_accepted", plain(&half));
    insta::assert_snapshot!("terminal_undecided_accepted", plain(&verdicts::undecided_accepted()));
    insta::assert_snapshot!("markdown_accepted", report::render(&accepted, Format::Markdown));
    insta::assert_snapshot!("markdown_half_accepted", report::render(&half, Format::Markdown));
    insta::assert_snapshot!("workflow_commands_accepted", workflow_commands::render(&half));
    let sarif: serde_json::Value = serde_json::from_str(&report::render(&half, Format::Sarif)).unwrap();
    let of = |n: usize| sarif["runs"][0]["results"][n]["suppressions"].clone();
    insta::assert_snapshot!(
        "sarif_suppressions",
        serde_json::to_string_pretty(&[of(0), of(1), of(2)]).unwrap()
    );
    let json: serde_json::Value = serde_json::from_str(&report::render(&half, Format::Json)).unwrap();
    let of = |n: usize, key: &str| json["findings"][n][key].clone();
    let told = serde_json::json!([of(0, "waived"), of(0, "lapsed"), of(1, "waived"), of(1, "lapsed")]);
    insta::assert_snapshot!("json_waived", serde_json::to_string_pretty(&told).unwrap());
    let levels = |verdict| -> Vec<String> {
        let annotations = serde_json::to_value(Output::of(verdict).annotations).unwrap();
        annotations
            .as_array()
            .unwrap()
            .iter()
            .map(|a| a["annotation_level"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(levels(&half), ["failure", "notice", "notice"]);
    assert_eq!(levels(&accepted), ["notice", "notice", "notice"]);
    assert_eq!(prose::title(&accepted), "Nothing blocks, 2 findings accepted, 1 note");
    assert_eq!(Output::of(&accepted).outcome, Outcome::Success);
}

#[test]
fn a_verdict_that_waits_or_lacks_evidence_reads_well() {
    insta::assert_snapshot!("terminal_lacking", plain(&verdicts::lacking()));
    insta::assert_snapshot!("markdown_lacking", report::render(&verdicts::lacking(), Format::Markdown));
    insta::assert_snapshot!("workflow_commands_lacking", workflow_commands::render(&verdicts::lacking()));
    insta::assert_snapshot!("summary_waiting", Output::of(&verdicts::waiting()).summary);
    let outputs = [verdicts::waiting(), verdicts::lacking()].map(|verdict| Output::of(&verdict));
    assert_eq!(outputs.each_ref().map(|o| o.outcome), [Outcome::Waiting, Outcome::Failure]);
    let titles = outputs.each_ref().map(|o| o.title.as_str());
    let wanted = [
        "Waiting for approval:human, check:unit tests",
        "Required evidence is missing: check:e2e, deployment:preview",
    ];
    assert_eq!(titles, wanted);
    assert_ne!(outputs[0].digest(), outputs[1].digest());
}

#[test]
fn a_check_runs_summary_opens_with_the_claims_contradicted_first() {
    let mut verdict = verdicts::blocked();
    verdict.claims.rotate_left(1);
    let summary = Output::of(&verdict).summary;
    assert!(summary.starts_with("| Claim | Evidence | Standing |\n| --- | --- | --- |\n"), "{summary}");
    let standings: Vec<&str> = summary
        .lines()
        .skip(2)
        .take(3)
        .map(|row| row.trim_end_matches(" |").rsplit("| ").next().unwrap())
        .collect();
    assert_eq!(standings, ["**contradicted**", "unproven", "supported"]);
    let first = verdict.claims[0].clone();
    verdict.claims.extend((0..100).map(|_| first.clone()));
    assert!(Output::of(&verdict).summary.contains("\nand 53 more claims.\n"));
}

/// A verdict with that many blocks that contradict a claim and that many that don't.
fn with_blocks(contradicting: usize, silent: usize) -> Verdict {
    let mut verdict = verdicts::blocked();
    let finding = verdict.findings[0].clone();
    let mut quiet = finding.clone();
    quiet.gainsays = None;
    verdict.findings = vec![quiet; silent];
    verdict.findings.extend(vec![finding; contradicting]);
    verdict
}

fn first_line(verdict: &Verdict) -> String {
    report::render(verdict, Format::Markdown).lines().next().unwrap().replace("**", "")
}

#[test]
fn the_first_sentence_is_the_ruling_and_its_reason() {
    let blocked = |contradicting, silent| first_line(&with_blocks(contradicting, silent));
    let says = "what the pull request says";
    assert_eq!(blocked(1, 0), format!("Blocked: the change contradicts {says}."));
    assert_eq!(blocked(2, 0), format!("Blocked: the change contradicts {says}, in 2 findings."));
    assert_eq!(blocked(0, 1), "Blocked: 1 finding blocks the merge.");
    assert_eq!(blocked(0, 2), "Blocked: 2 findings block the merge.");
    assert_eq!(
        blocked(1, 1),
        format!("Blocked: 2 findings block the merge, and 1 of them contradicts {says}.")
    );
    assert_eq!(
        blocked(2, 1),
        format!("Blocked: 3 findings block the merge, and 2 of them contradict {says}.")
    );

    let mut passed = verdicts::passed();
    passed.claims[0].1.standing = gainsay::claims::Standing::Contradicted;
    assert_eq!(first_line(&passed), "Passed: nothing blocks the merge.");
    passed.unjudged = Some("policy judges agents only".into());
    assert_eq!(first_line(&passed), "Not judged: policy judges agents only.");
    assert!(plain(&passed).contains("\nNot judged: policy judges agents only.\n"));
}

#[test]
fn contradictions_come_first_then_silence_then_admissions_then_notes() {
    let mut verdict = verdicts::blocked();
    let rename = |finding: &gainsay::checks::Finding, headline: &str| {
        let mut finding = finding.clone();
        finding.headline = headline.into();
        finding
    };
    let [contradiction, admission, note] = [0, 1, 2].map(|i| verdict.findings[i].clone());
    let mut silence = admission.clone();
    silence.disclosed = None;
    verdict.findings = vec![
        rename(&note, "fourth"),
        rename(&admission, "third"),
        rename(&silence, "second"),
        rename(&contradiction, "first"),
    ];
    let text = plain(&verdict);
    let at = ["first", "second", "third", "fourth"].map(|word| text.find(&format!("]: {word}\n")).unwrap());
    assert!(at.is_sorted(), "{text}");
}

#[test]
fn each_finding_is_an_annotation_with_the_heaviest_first() {
    insta::assert_snapshot!(workflow_commands::render(&verdicts::blocked()));
}

#[test]
fn json_has_the_keys_of_schema_1() {
    insta::assert_snapshot!(report::render(&verdicts::blocked(), Format::Json));
}

fn everything() -> Vec<(String, Verdict)> {
    let mut verdicts: Vec<(String, Verdict)> = vec![
        ("blocked".into(), verdicts::blocked()),
        ("passed".into(), verdicts::passed()),
        ("undecided".into(), verdicts::undecided()),
        ("waiting".into(), verdicts::waiting()),
        ("lacking".into(), verdicts::lacking()),
        ("hostile".into(), verdicts::hostile("<b>\u{1b}[31m ] (x)](y) %41?#é\n@a", (1, 9))),
    ];
    let real = fixture::all().iter().map(|fixture| (fixture.name.clone(), fixture.verdict().clone()));
    verdicts.extend(real);
    verdicts
}

fn schema(file: &str) -> jsonschema::Validator {
    let text = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    jsonschema::validator_for(&serde_json::from_slice(&text).unwrap()).unwrap()
}

/// SARIF's own schema. Two of its patterns are no regular expressions; they describe language tags, of which there
/// are none.
fn sarif_schema() -> jsonschema::Validator {
    let text =
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sarif-schema-2.1.0.json"));
    let mut json: serde_json::Value = serde_json::from_slice(&text.unwrap()).unwrap();
    for definition in ["run", "toolComponent"] {
        let language = json.pointer_mut(&format!("/definitions/{definition}/properties/language")).unwrap();
        language.as_object_mut().unwrap().remove("pattern").unwrap();
    }
    jsonschema::validator_for(&json).unwrap()
}

fn obeys(schema: &jsonschema::Validator, name: &str, document: &serde_json::Value) {
    let errors: Vec<String> =
        schema.iter_errors(document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}");
}

#[test]
fn every_verdict_obeys_the_published_schema() {
    let schema = schema("schema/verdict.schema.json");
    for (name, verdict) in everything() {
        let json: serde_json::Value = serde_json::from_str(&report::render(&verdict, Format::Json)).unwrap();
        obeys(&schema, &name, &json);
    }
}

#[test]
fn the_published_schema_refuses_what_a_verdict_never_holds() {
    let schema = schema("schema/verdict.schema.json");
    let json: serde_json::Value =
        serde_json::from_str(&report::render(&verdicts::blocked(), Format::Json)).unwrap();
    let spoil = |pointer: &str, value: serde_json::Value| {
        let mut json = json.clone();
        *json.pointer_mut(pointer).unwrap() = value;
        assert!(!schema.is_valid(&json), "{pointer}");
    };
    spoil("/ruling", "fine".into());
    spoil("/head", "abc".into());
    spoil("/findings/0/line", 0.into());
    spoil("/findings/0/related/0", serde_json::json!({"path": "a"}));
    spoil("/claims/0/source", "commit:HEAD".into());
    let mut more = json.clone();
    more["surprise"] = 1.into();
    assert!(!schema.is_valid(&more));
}

#[test]
fn every_verdict_is_sound_sarif() {
    let schema = sarif_schema();
    for (name, verdict) in everything() {
        let text = report::render(&verdict, Format::Sarif);
        obeys(&schema, &name, &serde_json::from_str(&text).unwrap());
        let read: serde_sarif::sarif::Sarif = serde_json::from_str(&text).unwrap();
        assert_eq!(read.runs[0].results.as_ref().map(Vec::len), Some(verdict.findings.len()), "{name}");
    }
}

#[test]
fn sarif_carries_level_place_fingerprint_and_what_was_not_judged() {
    let mut sarif: serde_json::Value =
        serde_json::from_str(&report::render(&verdicts::blocked(), Format::Sarif)).unwrap();
    // The pages of the rules have their own place.
    sarif.pointer_mut("/runs/0/tool/driver").unwrap()["rules"].take();
    insta::assert_snapshot!(serde_json::to_string_pretty(&sarif).unwrap());
}

#[test]
fn the_title_of_a_check_run_says_the_matter_itself() {
    let titles = [verdicts::blocked(), verdicts::passed(), verdicts::undecided()].map(|v| prose::title(&v));
    let expected = [
        "9 files left the set that coverage measures, and 1 more",
        "Nothing contradicts the pull request",
        "1 matter could not be judged",
    ];
    assert_eq!(titles, expected);
}

#[test]
fn thousands_of_findings_fit_every_limit_of_github() {
    let mut verdict = verdicts::blocked();
    let one = verdict.findings[0].clone();
    verdict.findings.extend((0..3_000).map(|_| one.clone()));
    let claims = verdict.claims.clone();
    verdict.claims.extend((0..3_000).map(|i| claims[i % 3].clone()));
    let matter = verdict.undecided[0].clone();
    verdict.undecided.extend((0..3_000).map(|_| matter.clone()));
    let markdown = report::render(&verdict, Format::Markdown);
    assert!(markdown.chars().count() < 65_535, "{}", markdown.chars().count());
    assert!(markdown.contains("There is more than fits here") && markdown.contains("<sub>Checked `"));
    assert_eq!(markdown.matches("<details>").count(), markdown.matches("</details>").count());
    check_markup(&markdown).unwrap();
    assert_eq!(workflow_commands::render(&verdict).lines().filter(|l| l.starts_with("::error ")).count(), 10);
    assert!(plain(&verdict).lines().count() < 2_500);
    let sarif: serde_json::Value = serde_json::from_str(&report::render(&verdict, Format::Sarif)).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 3_003);
}

#[test]
fn the_same_verdict_gives_the_same_bytes() {
    for format in [Format::Terminal, Format::Json, Format::Markdown, Format::Sarif] {
        let once = report::render(&verdicts::blocked(), format);
        assert_eq!(once, report::render(&verdicts::blocked(), format));
        assert!(once.ends_with('\n') && !once.ends_with("\n\n"), "{format:?}");
    }
}

/// Pieces from which attackers build.
fn evil() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("@octocat"),
        Just("#1"),
        Just("</details>"),
        Just("<img src=x>"),
        Just("<!--"),
        Just("](http://x)"),
        Just("[a]"),
        Just("![a](b)"),
        Just("https://x.org"),
        Just("www.x.org"),
        Just("a@b.org"),
        Just("|"),
        Just("`"),
        Just("``"),
        Just("```"),
        Just("~~~"),
        Just("\n"),
        Just("\r\n"),
        Just("\n\n    "),
        Just("\t"),
        Just("\\"),
        Just("&lt;"),
        Just("&#60;"),
        Just("\u{1b}[31m"),
        Just("\u{1b}]8;;http://x\u{7}"),
        Just("\u{9b}1m"),
        Just("\u{202e}"),
        Just("\u{2066}"),
        Just("日本"),
        Just("é"),
        Just("👩\u{200d}💻"),
        Just("- "),
        Just("1. "),
        Just("# "),
        Just("> "),
        Just("$x$"),
        Just("*"),
        Just("_"),
        Just("==="),
        Just("::error::x"),
        Just("##[error]x"),
        Just("%0A"),
        Just("[^1]"),
        Just("[^1]: x"),
        Just(":tada:"),
        Just("deadbeef1"),
        Just("x"),
        Just(" "),
        Just("{0}"),
    ];
    prop_oneof![proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat()), any::<String>(),]
}

#[test]
fn a_stray_backtick_makes_no_code_of_the_words_beside_it() {
    let verdict = verdicts::hostile("a ` b", (0, 0));
    let markdown = report::render(&verdict, Format::Markdown);
    let fingerprint = &verdict.undecided[1].fingerprint;
    let line = format!(r"- `policy` a \` b (fingerprint `{fingerprint}`); accepted by a \` b in a \` b:");
    assert!(markdown.contains(&line), "{markdown}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_verdict_is_rendered_without_a_panic(text in evil(), mark in (0usize..300, 0usize..300)) {
        let verdict = verdicts::hostile(&text, mark);
        for format in [Format::Terminal, Format::Json, Format::Markdown, Format::Sarif] {
            report::render(&verdict, format);
        }
    }

    #[test]
    fn no_text_of_others_steers_a_terminal(text in evil(), mark in (0usize..40, 0usize..40)) {
        let verdict = verdicts::hostile(&text, mark);
        let steers = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        prop_assert!(!plain(&verdict).chars().any(steers));
        let title = prose::title(&verdict);
        prop_assert!(!title.chars().any(|c| steers(c) || c == '\n') && title.chars().count() <= 121, "{title}");
        // What the renderer itself writes is colour and nothing else.
        let styled = report::render(&verdict, Format::Terminal);
        for (at, _) in styled.match_indices('\u{1b}') {
            let rest = &styled[at + 1..];
            let end = rest.find(|c: char| c.is_ascii_alphabetic()).unwrap();
            prop_assert!(rest.starts_with('[') && rest.as_bytes()[end] == b'm', "{rest:.20}");
        }
        for format in [Format::Json, Format::Sarif, Format::Markdown] {
            prop_assert!(!report::render(&verdict, format).chars().any(|c| c != '\t' && steers(c)));
        }
    }

    #[test]
    fn no_text_of_others_makes_a_workflow_command(text in evil(), mark in (0usize..40, 0usize..40)) {
        let verdict = verdicts::hostile(&text, mark);
        let lines = workflow_commands::render(&verdict);
        let ours = r"^::(error|warning|notice) (file=[^:,]*,(line=[0-9]+,endLine=[0-9]+,)?)?title=[^:,]*::.+$";
        let ours = regex::Regex::new(ours).unwrap();
        for line in lines.lines() {
            prop_assert!(ours.is_match(line), "{line}");
        }
        prop_assert_eq!(lines.lines().count(), 5, "two blocks, a requirement, a note and a matter that holds");
    }

    #[test]
    fn json_gives_back_every_text_as_it_was(text in evil()) {
        let json = report::render(&verdicts::hostile(&text, (0, 0)), Format::Json);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(json["claims"][0]["quote"].as_str(), Some(text.as_str()));
        prop_assert_eq!(json["findings"][0]["explanation"].as_str(), Some(text.as_str()));
    }

    #[test]
    fn no_text_of_others_makes_markup_in_markdown(text in evil(), mark in (0usize..40, 0usize..40)) {
        let markdown = report::render(&verdicts::hostile(&text, mark), Format::Markdown);
        check_markup(&markdown)?;
    }
}

/// Our own tags; all else that a parser takes for markup came from the text.
const TAGS: [&str; 8] = ["<details>", "</details>", "<summary>", "</summary>", "<sub>", "</sub>", "<br>", ""];

fn check_markup(markdown: &str) -> Result<(), TestCaseError> {
    let mut code = 0;
    let mut opened = 0;
    let mut plain = String::new();
    for event in Parser::new_ext(markdown, Options::all()) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => {
                for tag in html.split_inclusive('>').map(str::trim) {
                    let tag = tag.strip_suffix("</summary>").map_or(tag, |_| "</summary>");
                    prop_assert!(TAGS.contains(&tag), "{tag:?} in {markdown}");
                    opened += i32::from(tag == "<details>") - i32::from(tag == "</details>");
                }
            }
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::FootnoteDefinition(_)) => {
                return Err(TestCaseError::fail(format!("{event:?} in {markdown}")));
            }
            Event::FootnoteReference(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::TaskListMarker(_) => {
                return Err(TestCaseError::fail(format!("{event:?} in {markdown}")));
            }
            Event::Start(Tag::CodeBlock(_)) => code += 1,
            Event::End(TagEnd::CodeBlock) => code -= 1,
            // GitHub's filters look at one run of text at a time, and code ends a run.
            Event::Code(_) => plain.push('\n'),
            Event::End(_) | Event::SoftBreak | Event::HardBreak => plain.push('\n'),
            Event::Text(text) if code == 0 => plain.push_str(&text),
            _ => {}
        }
    }
    prop_assert_eq!(opened, 0, "{}", markdown);
    let filters =
        regex::Regex::new(r"@\w|#\d|(?i)gh-\d|://|(?i)www\.|:\w+:|\b[0-9]*[a-f][0-9a-f]{6,39}\b").unwrap();
    // Commit ids and fingerprints of our own are the only such runs.
    let own = regex::Regex::new(r"fingerprint [0-9a-f]{16}(-\d)?").unwrap();
    let plain = own.replace_all(&plain, "");
    prop_assert!(!filters.is_match(&plain), "{:?} in {markdown}", filters.find(&plain));
    Ok(())
}
