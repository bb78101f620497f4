//! A verdict for a check run's summary, a step summary or a comment.
//!
//! The order is that of a reader in a hurry: the ruling, the claims beside their evidence, the findings, and folded
//! away what blocks nobody. A check run shows the ruling as its title, so there the claims come first.

pub(super) mod escape;

use crate::checks::{Finding, Level};
use crate::claims::Standing;
use crate::report::{clean, prose};
use crate::span::{Location, Side};
use crate::verdict::{Awaited, Ruling, State, Verdict};

/// GitHub cuts a check run's summary at 65,535 characters, wherever that is; a verdict ends before it, whole.
const MAX_BYTES: usize = 60_000;
const MAX_CLAIMS: usize = 50;
const MAX_RELATED: usize = 3;

/// The verdict, ending in a newline.
pub fn render(verdict: &Verdict) -> String {
    pages([ruling(verdict), claims(verdict)], verdict)
}

/// The verdict below a title that tells the ruling; it opens with the claims.
pub(super) fn summary(verdict: &Verdict) -> String {
    pages([claims(verdict), ruling(verdict) + &remedy(verdict)], verdict)
}

fn pages(opening: [String; 2], verdict: &Verdict) -> String {
    let mut page = Page::default();
    opening.into_iter().for_each(|piece| page.push(piece));
    page.push(required(verdict));
    let (blocks, others): (Vec<_>, Vec<_>) =
        prose::ordered(verdict).into_iter().partition(|f| prose::blocks(verdict, f));
    for finding in blocks {
        page.push(self::finding(verdict, finding));
    }
    let (accepted, notes): (Vec<_>, Vec<_>) = others.into_iter().partition(|f| f.level == Level::Block);
    let title = format!("{} accepted", prose::count(accepted.len(), "finding"));
    page.fold(&title, accepted.iter().map(|f| finding(verdict, f) + "\n"));
    page.fold(&prose::count(notes.len(), "note"), notes.iter().map(|f| finding(verdict, f) + "\n"));
    let matters: Vec<String> = undecided(verdict);
    match verdict.ruling {
        Ruling::Undecided if verdict.waiting.is_empty() => {
            page.push(format!("### What could not be judged\n\n{}", matters.concat()))
        }
        _ => page.fold(&format!("{} could not be judged", prose::count(matters.len(), "matter")), matters),
    }
    page.close(&foot(verdict))
}

/// The page for a pull request that could not be judged at all.
pub fn fault(problem: &str) -> String {
    unjudged("**Not judged: something is wrong with the settings or the checkout.**", problem, "")
}

/// A page without a verdict: what that means, why it is so, and the remedy. The reason may quote anyone, so it stands
/// as a block of code, from which nothing gets out.
pub(super) fn unjudged(meaning: &str, reason: &str, remedy: &str) -> String {
    let reason = escape::block("", &clean::lines(reason, MAX_BYTES / 8).join("\n"));
    let page = format!("{meaning}\n\n{reason}");
    if remedy.is_empty() { page } else { format!("{page}\n{remedy}\n") }
}

/// Pieces that are left out whole where they would pass the limit.
#[derive(Default)]
struct Page {
    text: String,
    left_out: bool,
}

impl Page {
    fn push(&mut self, piece: String) {
        if piece.is_empty() {
            return;
        }
        if self.text.len() + piece.len() > MAX_BYTES {
            self.left_out = true;
            return;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(&piece);
    }

    fn fold(&mut self, title: &str, pieces: impl IntoIterator<Item = String>) {
        let mut inner = String::new();
        for piece in pieces {
            if self.text.len() + inner.len() + piece.len() > MAX_BYTES {
                self.left_out = true;
                break;
            }
            inner.push_str(&piece);
        }
        if !inner.is_empty() {
            let inner = inner.trim_end();
            self.push(format!("<details>\n<summary>{title}</summary>\n\n{inner}\n\n</details>\n"));
        }
    }

    fn close(mut self, foot: &str) -> String {
        if self.left_out {
            self.text.push_str("\nThere is more than fits here; `gainsay check` prints all of it.\n");
        }
        self.text.push('\n');
        self.text.push_str(foot);
        self.text
    }
}

fn ruling(verdict: &Verdict) -> String {
    format!("**{}**\n", escape::text(&prose::ruling(verdict)))
}

/// How a person gets past what holds the merge, where a comment or a button is heard.
fn remedy(verdict: &Verdict) -> String {
    let waits = !verdict.waiting.is_empty();
    if waits || verdict.blocks().next().is_none() && verdict.holding().next().is_none() {
        return String::new();
    }
    "\nA person with write access who wrote none of it can accept a finding: `/gainsay accept FINGERPRINT REASON` in a \
     comment.\n"
        .to_owned()
}

/// The evidence that policy requires, and what else the verdict waits for.
fn required(verdict: &Verdict) -> String {
    let others = verdict.waiting.iter().filter(|a| verdict.required.iter().all(|r| r.evidence != a.evidence));
    let others: Vec<&Awaited> = others.collect();
    let rows = verdict.required.iter().map(|r| (&r.evidence, prose::state(r.state), r.blocks(), &r.because));
    let rows =
        rows.chain(others.iter().map(|a| (&a.evidence, prose::state(State::Awaited), false, &a.because)));
    let rows: Vec<String> = rows
        .map(|(name, state, blocks, because)| {
            let state = if blocks { format!("**{state}**") } else { state.to_owned() };
            let because = escape::prose(&prose::quote(because));
            format!("| {} | {because} | {state} |\n", escape::code(&prose::evidence(name)))
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let more = match rows.len().checked_sub(MAX_CLAIMS) {
        Some(more) if more > 0 => format!("\nand {more} more.\n"),
        _ => String::new(),
    };
    let hope = if verdict.required.iter().any(|required| required.state == State::Missing) {
        "\nWhat is missing may still come: the App judges again when it does.\n"
    } else {
        ""
    };
    let shown: String = rows.into_iter().take(MAX_CLAIMS).collect();
    format!("| What must be there | Evidence | State |\n| --- | --- | --- |\n{shown}{more}{hope}")
}

fn claims(verdict: &Verdict) -> String {
    if verdict.claims.is_empty() {
        return String::new();
    }
    let mut table = String::from("| Claim | Evidence | Standing |\n| --- | --- | --- |\n");
    let claims = prose::claims(verdict);
    for (claim, judged) in claims.iter().take(MAX_CLAIMS) {
        table.push_str(&format!(
            "| “{}” <br> <sub>{}</sub> | {} | {} |\n",
            escape::text(&prose::quote(&claim.quote)),
            prose::source(&claim.at),
            escape::prose(&prose::quote(&judged.because)),
            standing(judged.standing),
        ));
    }
    if let Some(more) = claims.len().checked_sub(MAX_CLAIMS).filter(|more| *more > 0) {
        table.push_str(&format!("\nand {}.\n", prose::count(more, "more claim")));
    }
    table
}

fn standing(standing: Standing) -> String {
    let word = prose::standing(standing);
    if standing == Standing::Contradicted { format!("**{word}**") } else { word.to_owned() }
}

fn finding(verdict: &Verdict, finding: &Finding) -> String {
    let mut text = format!("### {}\n\n", escape::prose(&prose::headline(finding)));
    let disclosed = if finding.disclosed.is_some() { " · admitted in the text" } else { "" };
    text.push_str(&format!("`{}` · {}{disclosed}\n", finding.rule.id, place(&finding.primary)));
    if let Some(claim) = prose::claim(verdict, finding) {
        text.push_str(&quotation("The text says", &claim.quote, &prose::source(&claim.at)));
    }
    for paragraph in prose::explanation(finding) {
        text.push_str(&format!("\n{}\n", escape::prose(&paragraph)));
    }
    text.push_str(&excerpts(finding));
    if let Some(disclosed) = &finding.disclosed {
        text.push_str(&quotation("The text admits", &disclosed.quote, &prose::source(&disclosed.at)));
    }
    if let Some(waiver) = prose::waiver(verdict, &finding.fingerprint) {
        text.push_str(&format!("\n{}.\n", escape::text(&prose::capitalised(&waiver))));
    }
    let help = if prose::blocks(verdict, finding) { prose::help(finding) + " · " } else { String::new() };
    text.push_str(&format!("\n<sub>{help}fingerprint {}</sub>\n", finding.fingerprint));
    text
}

fn place(at: &Location) -> String {
    let place = escape::code(&prose::place(at));
    let label = prose::label(at);
    if label.is_empty() { place } else { format!("{place} · {}", escape::prose(&label)) }
}

fn quotation(intro: &str, words: &str, source: &str) -> String {
    format!("\n{intro} ({source}):\n> “{}”\n", escape::text(&prose::quote(words)))
}

/// What stood and what stands as a difference, as far as a finding has them; else its own lines.
fn excerpts(finding: &Finding) -> String {
    let shown = |side: Side| {
        let mut places = std::iter::once(&finding.primary).chain(&finding.related);
        let excerpt = places.find_map(|at| at.excerpt.as_ref().filter(|_| at.side == side));
        excerpt.map(|excerpt| clean::excerpt(excerpt).text)
    };
    let marked =
        |sign: &str, text: &str| text.lines().map(|line| format!("{sign} {line}\n")).collect::<String>();
    let block = match (shown(Side::Base), shown(Side::Head)) {
        (Some(old), new) => {
            escape::block("diff", &(marked("-", &old) + &marked("+", new.as_deref().unwrap_or_default())))
        }
        (None, Some(lines)) => escape::block("", &lines),
        (None, None) => return see_also(finding),
    };
    format!("\n{block}{}", see_also(finding))
}

fn see_also(finding: &Finding) -> String {
    let others: Vec<String> = finding.related.iter().take(MAX_RELATED).map(place).collect();
    if others.is_empty() { String::new() } else { format!("\nSee also {}\n", others.join("; ")) }
}

fn undecided(verdict: &Verdict) -> Vec<String> {
    let entry = |matter: &crate::verdict::Matter| {
        let path = matter.undecided.path.as_ref();
        let path = path.map(|p| escape::code(&prose::path(p.as_str())) + ": ").unwrap_or_default();
        let [why, stake, waiver] = prose::undecided_parts(verdict, matter);
        format!("- `{}` {path}{}{stake}{}\n", matter.rule, escape::prose(&why), escape::text(&waiver))
    };
    verdict.undecided.iter().map(entry).collect()
}

fn foot(verdict: &Verdict) -> String {
    let checked: Vec<String> = verdict.checked.iter().map(|id| format!("`{id}`")).collect();
    let checked =
        if checked.is_empty() { String::new() } else { format!("Checked {}.<br>\n", checked.join(", ")) };
    let author =
        prose::author(verdict).map(|a| format!("written by {}, ", escape::text(&a))).unwrap_or_default();
    let (base, head) = (verdict.base.short(), verdict.head.short());
    format!(
        "<sub>{checked}Commit `{head}` against `{base}`, {author}policy `{}`, gainsay `{}`.</sub>\n",
        &verdict.policy[..8.min(verdict.policy.len())],
        verdict.ruleset
    )
}
