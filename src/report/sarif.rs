//! A verdict for code scanning: SARIF 2.1.0; `serde-sarif` is used here only.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};
use serde_sarif::sarif::{
    ArtifactLocation, Invocation, Location as Place, Message, MultiformatMessageString, Notification,
    PhysicalLocation, PropertyBag, Region, ReportingConfiguration, ReportingDescriptor,
    ReportingDescriptorReference, Result as Entry, ResultLevel, Run, Sarif, Suppression, Tool, ToolComponent,
};

use crate::checks::{Finding, Level, REGISTRY, Rule};
use crate::ids::RepoPath;
use crate::report::{clean, prose};
use crate::span::Location;
use crate::verdict::{Matter, Required, Verdict};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// What a path's segment can't hold in a URI reference.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b':')
    .add(b'\\')
    .add(b'[')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The verdict, ending in a newline.
pub fn render(verdict: &Verdict) -> String {
    let run = Run::builder()
        .tool(Tool::builder().driver(driver()).build())
        .results(verdict.findings.iter().map(|finding| entry(verdict, finding)).collect::<Vec<_>>())
        .invocations(vec![invocation(verdict)])
        .properties(properties(&[
            ("base", json!(verdict.base)),
            ("head", json!(verdict.head)),
            ("policy", json!(verdict.policy)),
            ("ruleset", json!(verdict.ruleset)),
            ("ruling", json!(verdict.ruling)),
        ]))
        .build();
    let sarif = Sarif::builder().schema(SCHEMA).version(json!("2.1.0")).runs(vec![run]).build();
    clean::json(&serde_json::to_string_pretty(&sarif).expect("SARIF has no value that JSON lacks")) + "\n"
}

fn driver() -> ToolComponent {
    let rules: Vec<_> = REGISTRY.iter().map(|check| descriptor(check.rule())).collect();
    ToolComponent::builder().name("gainsay").semantic_version(env!("CARGO_PKG_VERSION")).rules(rules).build()
}

fn descriptor(rule: &Rule) -> ReportingDescriptor {
    let title = MultiformatMessageString::builder().text(rule.title()).build();
    let help = MultiformatMessageString::builder().text(rule.text()).markdown(rule.text()).build();
    let level = ReportingConfiguration::builder().level(json!(level(rule.level()))).build();
    ReportingDescriptor::builder()
        .id(rule.id)
        .short_description(title)
        .help(help)
        .default_configuration(level)
        .build()
}

fn entry(verdict: &Verdict, finding: &Finding) -> Entry {
    let index = REGISTRY.iter().position(|check| check.rule().id == finding.rule.id);
    let index = index.and_then(|index| i64::try_from(index).ok()).unwrap_or(-1);
    let fingerprint = ("gainsay/v1".to_owned(), finding.fingerprint.to_string());
    let mut entry = Entry::builder()
        .rule_id(finding.rule.id)
        .rule_index(index)
        .level(level(finding.level))
        .message(message(&words(verdict, finding)))
        .locations(vec![place(&finding.primary, None)])
        .related_locations(
            (1..).zip(&finding.related).map(|(id, at)| place(at, Some(id))).collect::<Vec<_>>(),
        )
        .partial_fingerprints(BTreeMap::from([fingerprint]))
        .build();
    // Where one result of a run tells of suppressions, all must.
    if verdict.findings.iter().any(|finding| verdict.is_waived(&finding.fingerprint)) {
        entry.suppressions = Some(suppressions(verdict, finding));
    }
    entry
}

fn suppressions(verdict: &Verdict, finding: &Finding) -> Vec<Suppression> {
    let waived = verdict.is_waived(&finding.fingerprint);
    let waiver = prose::waiver(verdict, &finding.fingerprint).filter(|_| waived);
    let suppression = |words: String| {
        Suppression::builder().kind(json!("external")).status(json!("accepted")).justification(words).build()
    };
    waiver.map(suppression).into_iter().collect()
}

fn words(verdict: &Verdict, finding: &Finding) -> String {
    let mut words = vec![prose::headline(finding) + "."];
    words.extend(prose::statement(verdict, finding));
    words.join("\n")
}

fn level(level: Level) -> ResultLevel {
    match level {
        Level::Block => ResultLevel::Error,
        Level::Note => ResultLevel::Note,
    }
}

/// SARIF reads `[text](target)` in a plain message as a link; with the two parted it is text.
fn message(text: &str) -> Message {
    Message::builder().text(text.replace("](", "] (")).build()
}

fn place(at: &Location, id: Option<i64>) -> Place {
    let line = |line: usize| i64::try_from(line.max(1)).unwrap_or(i64::MAX);
    let region = Region::builder().start_line(line(at.line)).end_line(line(at.end_line.max(at.line))).build();
    let physical = PhysicalLocation::builder().artifact_location(artifact(&at.path)).region(region).build();
    let mut place = Place::builder().physical_location(physical).build();
    place.id = id;
    let label = prose::label(at);
    place.message = (!label.is_empty()).then(|| message(&label));
    place
}

fn artifact(path: &RepoPath) -> ArtifactLocation {
    let segments = path.as_str().split('/').map(|part| utf8_percent_encode(part, SEGMENT).to_string());
    ArtifactLocation::builder().uri(segments.collect::<Vec<_>>().join("/")).build()
}

fn invocation(verdict: &Verdict) -> Invocation {
    let matters = verdict.undecided.iter().map(|matter| notification(verdict, matter));
    let lacking = verdict.required.iter().filter(|required| required.blocks()).map(requirement);
    let notifications: Vec<_> = matters.chain(lacking).collect();
    Invocation::builder().execution_successful(true).tool_execution_notifications(notifications).build()
}

/// Required evidence has no place in a file, so it is no result.
fn requirement(required: &Required) -> Notification {
    let text = prose::requirement(required);
    Notification::builder().message(message(&text)).level(json!("error")).build()
}

fn notification(verdict: &Verdict, matter: &Matter) -> Notification {
    let rule = matter.rule;
    let holds = matter.is_decisive() && !verdict.is_waived(&matter.fingerprint);
    let level = if holds { "warning" } else { "note" };
    let mut notification = Notification::builder()
        .message(message(&prose::undecided(verdict, matter)))
        .level(json!(level))
        .build();
    if REGISTRY.iter().any(|check| check.rule().id == rule) {
        notification.associated_rule = Some(ReportingDescriptorReference::builder().id(rule).build());
    }
    notification.locations = matter.undecided.path.as_ref().map(|path| {
        let physical = PhysicalLocation::builder().artifact_location(artifact(path)).build();
        vec![Place::builder().physical_location(physical).build()]
    });
    notification
}

fn properties(pairs: &[(&str, Value)]) -> PropertyBag {
    let pairs: BTreeMap<String, Value> =
        pairs.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    PropertyBag::builder().additional_properties(pairs).build()
}
