//! What a finding says.

use crate::checks::Finding;
use crate::ids::RepoPath;
use crate::span::{Location, Side, line_of, line_start};

use super::facts::Beyond;
use super::{Found, RULE, Sort};

/// The finding of a request, with how many more of its sort the file has.
pub(super) fn finding(path: &RepoPath, text: &str, found: &Found, more: usize) -> Finding {
    let line_end = line_start(text, line_of(text, found.range.start) + 1);
    let shown = text.get(found.range.start..line_end.min(found.range.end)).unwrap_or_default().trim_end();
    let range = found.range.start..found.range.start + shown.len();
    let at = Location::bytes(Side::Head, path, text, range).label(label(found));
    let more = match more {
        0 => String::new(),
        1 => " One more place in this file is alike.".to_owned(),
        more => format!(" {more} more places in this file are alike."),
    };
    let explanation = format!("{}{more}\nSource: {}", explanation(found), found.service.source);
    Finding::new(&RULE, at, headline(found), &found.matter()).explain(explanation)
}

fn label(found: &Found) -> String {
    match &found.sort {
        Sort::Beyond { max, .. } => format!("the ceiling is {}", grouped(*max)),
        Sort::Unpaged { .. } => "one page".to_owned(),
        Sort::Whole { max } => format!("at most {} {}", grouped(*max), found.service.of),
    }
}

fn headline(found: &Found) -> String {
    let name = &found.service.name;
    match &found.sort {
        Sort::Beyond { parameter, count, max } => {
            let does = if found.service.beyond == Beyond::Cut { "gives" } else { "accepts" };
            format!("`{parameter}` asks for {}, and {name} {does} at most {}", grouped(*count), grouped(*max))
        }
        Sort::Unpaged { call } => format!("`{call}` takes the first page of {name} for the whole"),
        Sort::Whole { max } => {
            format!("rows of {name} are summed up, of which it gives at most {}", grouped(*max))
        }
    }
}

fn explanation(found: &Found) -> String {
    let service = found.service;
    match &found.sort {
        Sort::Beyond { max, .. } if service.beyond == Beyond::Cut => {
            let doubt = if service.configured { " unless the project's settings say otherwise" } else { "" };
            format!(
                "One answer of {} holds at most {} {}{doubt}, and it says nothing of what it left out: with \
                 more than that the rest is missing without an error. Ask for further pages until one is empty.",
                service.name,
                grouped(*max),
                service.of
            )
        }
        Sort::Beyond { max, .. } => format!(
            "{} accepts at most {} {} a request unless it was set up otherwise, and refuses one for more. Ask \
             for further pages, or with fewer at a time.",
            service.name,
            grouped(*max),
            service.of
        ),
        Sort::Unpaged { .. } => {
            let page = service.page.clone().unwrap_or_else(|| {
                let max = service.limits.iter().find(|l| l.parameter.is_some()).map(|l| l.max);
                format!("{} {}", grouped(max.unwrap_or_default()), service.of)
            });
            format!(
                "One answer of {} holds at most {page}, and nothing here asks for the next. With more than \
                 that the rest is missing without an error.",
                service.name
            )
        }
        Sort::Whole { max } => format!(
            "One answer of {} holds at most {} {} unless the project's settings say otherwise. Once the table has more, \
             the sum is wrong without an error. Sum in the database, or ask for further ranges until one is empty.",
            service.name,
            grouped(*max),
            service.of
        ),
    }
}

/// A number with its thousands set apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
