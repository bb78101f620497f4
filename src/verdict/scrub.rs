//! No credential leaves in a verdict: whatever a person will read goes through the mask first.

use std::collections::BTreeSet;

use crate::change::Change;
use crate::claims::{ClaimKind, Dependency, Subject};
use crate::ids::RepoPath;
use crate::read::secrets::{Known, Setting, redact_known, redact_marked};
use crate::span::Location;
use crate::verdict::Verdict;

impl Verdict {
    /// Masks every credential in every text of the verdict, names of files included. The change tells what the texts
    /// alone would not: the values in the files and words that they quote.
    pub fn scrub(&mut self, change: &Change) {
        let known = &self.known(change);
        let mask = |text: &mut String| mask(text, known);
        let path = |at: &mut RepoPath| path(at, known);
        let location = |at: &mut Location| location(at, known);
        for (claim, judged) in &mut self.claims {
            mask(&mut claim.quote);
            mask(&mut judged.because);
            words(&mut claim.kind).into_iter().for_each(mask);
        }
        for finding in &mut self.findings {
            mask(&mut finding.headline);
            mask(&mut finding.explanation);
            finding.disclosed.iter_mut().for_each(|d| mask(&mut d.quote));
            location(&mut finding.primary);
            finding.related.iter_mut().for_each(location);
        }
        for matter in &mut self.undecided {
            mask(&mut matter.undecided.why);
            matter.undecided.path.iter_mut().for_each(path);
        }
        for waived in self.waived.values_mut() {
            mask(&mut waived.waiver.reason);
            waived.waiver.by.iter_mut().for_each(mask);
        }
        for required in &mut self.required {
            mask(&mut required.evidence);
            mask(&mut required.because);
        }
        for awaited in &mut self.waiting {
            mask(&mut awaited.evidence);
            mask(&mut awaited.because);
        }
        self.unjudged.iter_mut().for_each(mask);
        self.author.model.iter_mut().for_each(mask);
        self.author.signals.iter_mut().for_each(|signal| mask(&mut signal.value));
    }

    /// The values in what the verdict may quote.
    fn known(&self, change: &Change) -> Known {
        let mut known = Known::default();
        let places = self.findings.iter().flat_map(|f| std::iter::once(&f.primary).chain(&f.related));
        let quoted: BTreeSet<_> =
            places.filter(|at| at.excerpt.is_some()).map(|at| (at.side, &at.path)).collect();
        for (side, path) in quoted {
            // Of what can't be read nothing is quoted.
            if let Ok(Some(bytes)) = change.tree(side).read(path) {
                known.learn(&Setting::new(path.as_str()), bytes);
            }
        }
        let messages = change.commits.iter().map(|commit| &commit.message);
        for words in [&change.pr.title, &change.pr.body].into_iter().chain(messages) {
            known.learn(&Setting::default(), words.as_bytes());
        }
        known
    }
}

fn mask(text: &mut String, known: &Known) {
    if let std::borrow::Cow::Owned(masked) = redact_known(text, known) {
        *text = masked;
    }
}

fn path(path: &mut RepoPath, known: &Known) {
    if let Ok(masked) = redact_known(path.as_str(), known).parse() {
        *path = masked;
    }
}

fn location(at: &mut Location, known: &Known) {
    mask(&mut at.label, known);
    path(&mut at.path, known);
    if let Some(excerpt) = &mut at.excerpt {
        let (text, mark) = redact_marked(&excerpt.text, excerpt.mark, known);
        (excerpt.mark, excerpt.text) = (mark, text.into_owned());
    }
}

/// The author's words inside a claim's kind.
fn words(kind: &mut ClaimKind) -> Vec<&mut String> {
    match kind {
        ClaimKind::Added(subject) | ClaimKind::Changed(subject) | ClaimKind::Removed(subject) => {
            vec![name(subject)]
        }
        ClaimKind::Renamed { from, to } => vec![name(from), name(to)],
        ClaimKind::Replaced { from, to } => vec![from, to],
        ClaimKind::TestsPass { command: Some(command), .. } | ClaimKind::Ran(command) => vec![command],
        ClaimKind::Dependency(Dependency::Added(name) | Dependency::Removed(name)) => vec![name],
        ClaimKind::Dependency(Dependency::Bumped { name, from, to }) => {
            [Some(name), from.as_mut(), Some(to)].into_iter().flatten().collect()
        }
        _ => Vec::new(),
    }
}

fn name(subject: &mut Subject) -> &mut String {
    match subject {
        Subject::File(text) | Subject::Symbol(text) => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::secrets::template::make;
    use crate::span::Side;

    #[test]
    fn an_excerpt_keeps_its_mark_when_a_credential_before_it_goes() {
        let token = make("ghp_{an:30}{crc}", "a");
        let source = format!("a = '{token}'\nb = skipped\n");
        let start = source.find("skipped").unwrap();
        let file: RepoPath = format!("{token}.txt").parse().unwrap();
        let mut at = Location::bytes(Side::Head, &file, &source, 5..start + 7);
        location(&mut at, &Known::default());
        let excerpt = at.excerpt.unwrap();
        assert_eq!(excerpt.text, "a = '***'\nb = skipped");
        assert_eq!(&excerpt.text[excerpt.mark.0..excerpt.mark.1], "***'\nb = skipped");
        assert_eq!(at.path.as_str(), "***.txt");
    }
}
