//! What a finding says: which name reaches which place and what to do, never a value.

use crate::checks::{Finding, Level};
use crate::ids::RepoPath;
use crate::span::{Location, Side, line_of, line_start};

use super::RULE;
use super::judge::Flow;
use super::names::Grade;
use super::vocabulary::Target;

/// Words with which a pull request admits it.
pub(super) const DISCLOSING: [&str; 5] = ["exposes", "cleartext", "plaintext", "unmasked", "unredacted"];

/// The finding of a flow.
pub(super) fn finding(path: &RepoPath, text: &str, flow: &Flow) -> Finding {
    let at = Location::bytes(Side::Head, path, text, first_line(text, flow)).label(match flow.target {
        Target::Bundle => "it is published under this name".to_owned(),
        _ => format!("{} arrives here", flow.what),
    });
    let mut finding = Finding::new(&RULE, at, headline(flow), &flow.matter).explain(explanation(flow));
    if line_of(text, flow.source.start) != line_of(text, flow.sink.start) {
        let from = Location::bytes(Side::Head, path, text, flow.source.clone());
        finding = finding.related(from.label("it comes from here"));
    }
    if flow.level == Level::Note { finding.note() } else { finding }
}

/// The sink cut to its first line, or to the source where that stands in it.
fn first_line(text: &str, flow: &Flow) -> std::ops::Range<usize> {
    let end = line_start(text, line_of(text, flow.sink.start) + 1);
    let shown = text.get(flow.sink.start..end.min(flow.sink.end)).unwrap_or_default().trim_end().len();
    flow.sink.start..flow.sink.start + shown
}

fn headline(flow: &Flow) -> String {
    let Flow { what, place, .. } = flow;
    match flow.target {
        Target::Model => format!("{what} is sent to a model in {place}"),
        Target::Log => format!("{what} is written to a log by `{place}`"),
        Target::Output => format!("{what} is printed by `{place}`"),
        Target::Exception => format!("{what} becomes part of an exception's message in `{place}`"),
        Target::Analytics => format!("{what} is sent to an analytics service by `{place}`"),
        Target::Query => format!("{what} is put into the query of {place}"),
        Target::Bundle => format!("{what} is a secret by its name and is built into the client"),
    }
}

fn explanation(flow: &Flow) -> String {
    let seen = match flow.target {
        Target::Model => {
            "What a model is sent leaves for its vendor, is kept in traces there and here, and can be asked for again by whoever talks to the model."
        }
        Target::Log => {
            "Logs are copied to collectors and kept, and more people and services read them than may know the secret."
        }
        Target::Output => {
            "What is printed ends in the logs of a service, a container or a build, which more people and services read than may know the secret."
        }
        Target::Exception => {
            "An exception's message is logged, reported to trackers and often shown to the caller."
        }
        Target::Analytics => {
            "Events are stored by another company, where everybody with access to the dashboards reads them."
        }
        Target::Query => {
            "Addresses stand in the access logs of every server and proxy on the way, in histories and in referrers."
        }
        Target::Bundle => {
            "Variables of that prefix are written into the scripts that every visitor downloads, where anyone reads them."
        }
    };
    let remedy = match flow.target {
        Target::Model => {
            "Keep it out of the prompt: let the code that the model calls add it, as a header or a client's option."
        }
        Target::Log | Target::Output => "Log whether it is set, or a masked form, instead of the value.",
        Target::Exception => "Name the setting that is missing or wrong, not its value.",
        Target::Analytics => "Send an identifier that opens nothing instead.",
        Target::Query => "Send it in a header.",
        Target::Bundle => {
            "Read it on the server alone, under a name without the prefix, and rotate it if it was ever published."
        }
    };
    let doubt = match (flow.level, flow.grade) {
        (Level::Block, _) => "",
        (Level::Note, Grade::Likely) => " The name alone does not prove that it is a secret: a note.",
        (Level::Note, Grade::Fresh) => " It seems to be made just before, to be shown once: a note.",
        (Level::Note, _) if flow.target == Target::Query => {
            " Some services take their keys in no other way: a note."
        }
        (Level::Note, _) => " It stands where that may be meant, or where nothing is at stake: a note.",
    };
    format!("{seen}{doubt}\n{remedy}")
}
