//! A verdict as workflow commands: the lines on standard output that GitHub Actions turns into annotations.
//!
//! GitHub shows ten errors, ten warnings and ten notices of a step and drops the rest without a word, so the most
//! important come first and the tenth tells how many more there are.

use sha2::{Digest, Sha256};

use crate::checks::Finding;
use crate::report::{clean, prose};
use crate::span::Side;
use crate::verdict::Verdict;

const SHOWN: usize = 10;
const MESSAGE: usize = 2_000;

/// One annotation for each finding, each requirement that is not met and each undecided matter that holds the merge, a
/// line each.
pub fn render(verdict: &Verdict) -> String {
    let (blocks, notes): (Vec<_>, Vec<_>) =
        prose::ordered(verdict).into_iter().partition(|f| prose::blocks(verdict, f));
    let matters: Vec<String> = verdict
        .holding()
        .map(|matter| {
            let path = matter.undecided.path.as_ref();
            let file = path.map(|path| file(path.as_str(), None)).unwrap_or_default();
            let title = format!("{}: could not be judged", matter.rule);
            command("warning", &file, &title, &prose::undecided(verdict, matter))
        })
        .collect();
    let all = |kind, findings: Vec<&Finding>| {
        findings.into_iter().map(move |f| annotation(verdict, kind, f)).collect::<Vec<_>>()
    };
    let lacking = verdict.required.iter().filter(|required| required.blocks());
    let lacking = lacking.map(|r| command("error", "", "required evidence", &prose::requirement(r)));
    let errors = all("error", blocks).into_iter().chain(lacking).collect();
    let groups = [("error", errors), ("warning", matters), ("notice", all("notice", notes))];
    groups.into_iter().map(|(kind, lines)| first(kind, lines)).collect()
}

/// An annotation for a pull request that could not be judged at all.
pub fn fault(problem: &str) -> String {
    command(
        "error",
        "",
        "gainsay could not judge this pull request",
        &clean::lines(problem, MESSAGE).join("\n"),
    )
}

/// An annotation for something amiss that decides nothing.
pub fn warning(problem: &str) -> String {
    command("warning", "", "gainsay", &clean::line(problem, MESSAGE))
}

/// Text for the log, in which no line is taken for a command. The runner's own way to say so ends at a token; the
/// token is a hash of the text, so no text can hold its own.
pub fn inert(text: &str) -> String {
    let token = hex::encode(&Sha256::digest(text.as_bytes())[..16]);
    format!("::stop-commands::{token}\n{text}\n::{token}::\n")
}

fn first(kind: &str, mut lines: Vec<String>) -> String {
    if lines.len() > SHOWN {
        let more = lines.split_off(SHOWN - 1).len();
        let message = "GitHub shows ten of a kind; the step summary has them all";
        lines.push(command(kind, "", &format!("and {more} more"), message));
    }
    lines.concat()
}

fn annotation(verdict: &Verdict, kind: &str, finding: &Finding) -> String {
    let at = &finding.primary;
    let place = match at.side {
        Side::Head => file(at.path.as_str(), Some((at.line, at.end_line))),
        Side::Base => String::new(),
    };
    let mut words = prose::statement(verdict, finding);
    words.push(format!("({}, {})", finding.rule.id, finding.fingerprint));
    command(kind, &place, &prose::headline(finding), &words.join("\n"))
}

/// The place as properties; none for a path that can't be shown as it is.
fn file(path: &str, lines: Option<(usize, usize)>) -> String {
    if path.chars().any(clean::hides) {
        return String::new();
    }
    let lines = lines.map(|(line, end)| format!("line={line},endLine={end},")).unwrap_or_default();
    format!("file={},{lines}", property(path))
}

fn command(kind: &str, place: &str, title: &str, message: &str) -> String {
    let message = if message.is_empty() { title } else { message };
    format!("::{kind} {place}title={}::{}\n", property(title), data(message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_cannot_end_early() {
        assert_eq!(file("a,line=9::b%", Some((1, 2))), "file=a%2Cline=9%3A%3Ab%25,line=1,endLine=2,");
        assert_eq!(command("error", "", "a:b", "c\n::d"), "::error title=a%3Ab::c%0A::d\n");
    }

    #[test]
    fn the_tenth_tells_how_many_more_there_are() {
        let lines = (0..12).map(|i| format!("{i}\n")).collect();
        let shown = first("error", lines);
        assert_eq!(shown.lines().count(), 10);
        assert!(shown.lines().last().unwrap().starts_with("::error title=and 3 more::"));
    }

    #[test]
    fn text_for_the_log_cannot_end_its_own_silence() {
        let text = inert("::error::x");
        let token = text.lines().next().unwrap().strip_prefix("::stop-commands::").unwrap().to_owned();
        assert!(text.ends_with(&format!("\n::{token}::\n")));
        assert_eq!(text.matches(&token).count(), 2);
    }
}
