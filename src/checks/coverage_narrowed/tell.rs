//! How a narrowed scope is told.

use crate::checks::{Finding, package};
use crate::claims::{ClaimKind, Claims, Sentence};
use crate::ids::RepoPath;
use crate::read::coverage::changed_lines;
use crate::span::{Location, Side};

use super::{Group, Left, RULE, Sides, WORDS, exempt, size};

/// So many files are named.
pub(super) const SHOWN: usize = 10;

impl<'a> Sides<'a> {
    pub(super) fn finding(&self, group: &Group<'a>, left: &[Left<'a>], claims: &Claims) -> Finding {
        let mut places = changed_lines(self.change, &group.config, &WORDS);
        if places.is_empty() {
            places.push(Location::file(Side::Head, &left[0].head));
        }
        let total = self.total(group, left);
        let (still, before) = (total - left.len(), format!("{} measured", were(total)));
        for place in &mut places {
            place.label = match place.side {
                Side::Base => before.clone(),
                Side::Head if left.iter().all(|l| l.only_loaded) => String::new(),
                Side::Head => format!("{} of them still {}", still, if still == 1 { "is" } else { "are" }),
            };
        }
        let primary = places.remove(0);
        let names: Vec<&str> = left.iter().map(|l| l.base.as_str()).collect();
        let matter = format!("{} {} {}", group.tool, group.package, names.join(" "));
        let claim = claims.fullest(ClaimKind::hangs_on_coverage_scope);
        let mut finding = Finding::new(&RULE, primary, self.headline(group, left), &matter)
            .explain(self.explanation(group, left))
            .gainsays(claim)
            .disclosed(admission(claims));
        for place in places {
            finding = finding.related(place);
        }
        finding
    }

    fn total(&self, group: &Group<'a>, left: &[Left<'_>]) -> usize {
        self.product(group, left).len().max(left.len())
    }

    fn headline(&self, group: &Group<'a>, left: &[Left<'_>]) -> String {
        let total = self.total(group, left);
        let (count, tool) = (left.len(), group.tool);
        let files = if total == 1 { "file" } else { "files" };
        let place = package::said(group.package);
        if left.iter().all(|l| l.only_loaded) {
            let are = if count == 1 { "is" } else { "are" };
            return format!(
                "{count} of {total} {files} {are} measured by {tool}{place} only if a test loads them now"
            );
        }
        format!("{count} of {total} {files} left {tool}'s coverage scope{place}")
    }

    fn explanation(&self, group: &Group<'a>, left: &[Left<'_>]) -> String {
        let reports = self.reports();
        let mut text = match left.iter().filter(|l| l.only_loaded).count() {
            0 => format!("{} measured these files at base and does not at head:\n", group.tool),
            n if n == left.len() => format!(
                "{} measured these files whether a test loads them or not; now a file that no test loads is left out of the figure:\n",
                group.tool
            ),
            _ => format!(
                "{} measured these files at base; at head it does not, or only if a test loads them:\n",
                group.tool
            ),
        };
        for l in left.iter().take(SHOWN) {
            let to = if *l.base == l.head { String::new() } else { format!(" (now {})", l.head) };
            let why = match (l.by_comment, l.only_loaded) {
                (true, _) => ": by a comment in the file",
                (_, true) if left.iter().any(|l| !l.only_loaded) => ": only if loaded",
                _ => "",
            };
            let size = reports.at_base(l.base).unwrap_or_else(|| size::at_base(self.change, l.base));
            text.push_str(&format!("  {}{to}{size}{why}\n", l.base));
        }
        if left.len() > SHOWN {
            text.push_str(&format!("  and {} more\n", left.len() - SHOWN));
        }
        let names: Vec<&RepoPath> = left.iter().map(|l| l.base).collect();
        if left.iter().all(|l| exempt::kind(&l.head).is_some()) {
            text.push_str(
                "By their names they are tests, type declarations, examples or generated code: shown, and no reason to \
                 block.",
            );
            return text;
        }
        if self.reported(group, left) {
            text.push_str(
                "Head's coverage report has them all the same, so that what was run is not what is configured here.",
            );
            return text;
        }
        if let Some(bound) = reports.bound(self.change, &self.product(group, left), &names) {
            text.push_str(&bound);
            text.push('\n');
        }
        text.push_str(
            "A coverage figure at head says nothing of them. Put them back into the scope, or have a person agree to the \
             smaller scope.",
        );
        text
    }
}

fn were(count: usize) -> String {
    if count == 1 { "1 file was".to_owned() } else { format!("{count} files were") }
}

/// The sentence in which the pull request says that coverage leaves something out.
fn admission(claims: &Claims) -> Option<&Sentence> {
    const OF: [&str; 6] = ["coverage", "collectcoveragefrom", "coveragerc", "nycrc", "c8rc", "--cov"];
    const LESS: [&str; 14] = [
        "exclud",
        "omit",
        "ignor",
        "narrow",
        "scope",
        "restrict",
        "limit",
        "only measure",
        "leave out",
        "left out",
        "drop",
        "remov",
        "no longer",
        "skip",
    ];
    claims.sentences.iter().find(|sentence| {
        let text = sentence.text.to_lowercase();
        OF.iter().any(|word| text.contains(word)) && LESS.iter().any(|word| text.contains(word))
    })
}
