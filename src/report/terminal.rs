//! A verdict for a person at a terminal; `annotate-snippets` is used here only.

use std::fmt::Write;

use crate::checks::Level;
use crate::verdict::Verdict;

/// The verdict with ANSI colours, ending in a newline.
pub fn render(verdict: &Verdict) -> String {
    let mut out = String::new();
    for f in &verdict.findings {
        let level = if f.level == Level::Block { "block" } else { "note" };
        let at = &f.primary;
        let _ = writeln!(
            out,
            "{level}[{}]: {}\n  --> {}:{} ({:?}) {}",
            f.rule.id, f.headline, at.path, at.line, at.side, at.label
        );
        if let Some(excerpt) = &at.excerpt {
            let _ = writeln!(out, "{}", excerpt.text);
        }
        for r in &f.related {
            let _ = writeln!(out, "  ::: {}:{} ({:?}) {}", r.path, r.line, r.side, r.label);
        }
        let _ = writeln!(out, "{}", f.explanation);
        if let Some((claim, _)) = f.gainsays.and_then(|id| verdict.claims.get(id)) {
            let _ = writeln!(out, "  contradicts: {:?}", claim.quote);
        }
        if let Some(d) = &f.disclosed {
            let _ = writeln!(out, "  disclosed: {:?}", d.quote);
        }
    }
    for (claim, judged) in &verdict.claims {
        let _ = writeln!(
            out,
            "claim {} {:?}: {:?}: {}",
            claim.kind.id(),
            claim.quote,
            judged.standing,
            judged.because
        );
    }
    for (rule, undecided) in &verdict.undecided {
        let _ = writeln!(out, "undecided[{rule}]: {undecided} ({:?})", undecided.weight);
    }
    let _ = writeln!(out, "{:?}", verdict.ruling);
    out
}
