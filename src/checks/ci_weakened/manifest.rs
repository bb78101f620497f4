//! Scripts of package.json whose failure is thrown away.

use super::hold::{self, Hold};
use super::scripts;
use crate::change::{Change, FileChange};
use crate::checks::Finding;
use crate::claims::Claims;
use crate::read::gates;
use crate::read::shell;
use crate::span::{Location, Side};
use crate::undecided::Undecided;

use super::RULE;

const SAMPLES: [&str; 7] =
    ["fixtures", "__fixtures__", "examples", "templates", "testdata", "test-data", "node_modules"];

pub(super) fn is_manifest(file: &FileChange) -> bool {
    let path = file.path();
    path.name() == "package.json" && !path.dir().split('/').any(|part| SAMPLES.contains(&part))
}

/// The scripts of a changed package.json that were gates at base and swallow their failure at head.
pub(super) fn find(change: &Change, file: &FileChange, claims: &Claims) -> Result<Vec<Finding>, Undecided> {
    let (Some(base_path), Some(path)) = (&file.base, &file.head) else { return Ok(Vec::new()) };
    let base = change.text(Side::Base, base_path)?.unwrap_or_default();
    let head = change.text(Side::Head, path)?.unwrap_or_default();
    let (old, new) = (scripts::of_package(base), scripts::of_package(head));
    let mut findings = Vec::new();
    for (name, body) in &new {
        let Some((_, was)) = old.iter().find(|(n, _)| n == name) else { continue };
        let Some(by) = swallowed(body).filter(|_| swallowed(was).is_none() && is_gate(name, was)) else {
            continue;
        };
        let (at, before) = (line_of_script(head, name, body), line_of_script(base, name, was));
        let at = Location::of_lines(Side::Head, path, head, at, at)
            .label(format!("`{by}` throws its failure away"));
        let finding = Finding::new(
            &RULE,
            at,
            format!("the script {name:?} can no longer fail"),
            &format!("{name} {was} {body}"),
        )
        .explain(format!(
            "`{by}` was added: whatever runs this script succeeds, whether its checks pass or not."
        ))
        .related(Location::of_lines(Side::Base, base_path, base, before, before).label("as it was"))
        .disclosed(claims.disclosure(None, &["|| true", "best-effort", "non-blocking"]));
        findings.push(finding);
    }
    Ok(findings)
}

/// Whether a script is a gate: by its name, or by running one.
fn is_gate(name: &str, body: &str) -> bool {
    let by_name = gates::gates(&["npm".to_owned(), "run".to_owned(), name.to_owned()]);
    !by_name.is_empty() && !body.trim().is_empty()
        || shell::commands(body).iter().any(|c| !gates::gates(&c.words).is_empty())
}

/// What swallows the failure of the script's last command and so of the script.
fn swallowed(body: &str) -> Option<String> {
    let commands = shell::commands(body);
    let gate = |at: &usize| !gates::gates(&commands[*at].words).is_empty();
    let gates: Vec<usize> = (0..commands.len()).filter(gate).collect();
    let judged = if gates.is_empty() { (0..commands.len().min(1)).collect() } else { gates };
    judged.into_iter().find_map(|at| match hold::of_command(&commands, at, 1) {
        Hold::Lax(lax) => Some(lax.by),
        _ => None,
    })
}

/// The line on which `"name": "body"` stands.
fn line_of_script(text: &str, name: &str, body: &str) -> usize {
    let quoted = |s: &str| serde_json::Value::from(s).to_string();
    let (name, body) = (quoted(name), quoted(body));
    let fits = |l: &str| l.trim_start().starts_with(&name) && l.contains(&body);
    text.lines().position(fits).map_or(1, |at| at + 1)
}
