//! What a finding says.

use std::ops::Range;

use crate::checks::Finding;
use crate::span::{Location, Side, line_of, line_start};

use super::{Construct, Found, Fresh, RULE};

/// The finding of a time, with how many more of its sort the file has.
pub(super) fn time(fresh: &Fresh<'_>, found: &Found, more: usize) -> Finding {
    let at = Location::bytes(Side::Head, fresh.path, fresh.text, first_line(fresh.text, &found.range));
    let (headline, why, remedy) = words(found);
    let mixed = match &fresh.head.aware {
        Some(_)
            if !matches!(
                found.construct,
                Construct::LocalText | Construct::UtcDay | Construct::UtcTimestamp
            ) =>
        {
            " The same file has times with a zone: setting one against the other goes wrong."
        }
        _ => "",
    };
    let matter = format!("{:?} {}", found.construct, found.shown);
    let explanation = format!("{why}{mixed}{}\n{remedy}", alike(more));
    let finding = Finding::new(&RULE, at.label("no zone"), headline, &matter).explain(explanation);
    match &fresh.head.aware {
        Some(aware) if !mixed.is_empty() => {
            let other = Location::bytes(Side::Head, fresh.path, fresh.text, first_line(fresh.text, aware));
            finding.related(other.label("this one has a zone"))
        }
        _ => finding,
    }
}

pub(super) fn alike(more: usize) -> String {
    match more {
        0 => String::new(),
        1 => " One more place in this file is alike.".to_owned(),
        more => format!(" {more} more places in this file are alike."),
    }
}

fn first_line(text: &str, range: &Range<usize>) -> Range<usize> {
    let end = line_start(text, line_of(text, range.start) + 1).min(range.end);
    let shown = text.get(range.start..end).unwrap_or_default().trim_end();
    range.start..range.start + shown.len()
}

fn words(found: &Found) -> (String, &'static str, &'static str) {
    let shown: String = found.shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown = if shown.chars().count() > 60 {
        format!("{}…", shown.chars().take(59).collect::<String>())
    } else {
        shown
    };
    match found.construct {
        Construct::UtcNow | Construct::UtcFromTimestamp => (
            format!("`{shown}` gives a time without a zone"),
            "Its value is UTC and nothing says so: `.timestamp()`, `.astimezone()` and whoever compares it take it for \
             local time, and Python raises where it meets a time with a zone. Python 3.12 deprecates it.",
            "Use `datetime.now(timezone.utc)` or `datetime.fromtimestamp(…, timezone.utc)`.",
        ),
        Construct::UtcTimestamp => (
            "a UTC time without a zone is turned into a timestamp as if it were local".to_owned(),
            "`.timestamp()` takes a time without a zone for local time: everywhere but in UTC the result is off by the \
             machine's offset.",
            "Use `datetime.now(timezone.utc).timestamp()` or `time.time()`.",
        ),
        Construct::Now => (
            format!("`{shown}` gives a time without a zone"),
            "It is the wall clock of whichever machine runs it, and Python raises where it meets a time with a zone.",
            "Hand it the zone: `datetime.now(timezone.utc)`.",
        ),
        Construct::LocalText => (
            format!("`{shown}` reads a time in the zone of the machine that runs it"),
            "A text with a time and no zone is local time: the same text is another moment on a server in UTC than on \
             the desk where it was tried.",
            "End the text in `Z` or an offset, or read it with a library that is told the zone.",
        ),
        Construct::UtcDay => (
            format!("`{shown}` is midnight UTC and is read as local time"),
            "A date without a time is UTC, and this getter tells the local day: west of Greenwich that is the day before.",
            "Use the UTC getter, or a time with the zone meant.",
        ),
        Construct::LocalDateTime => (
            "`LocalDateTime.now()` gives a time without a zone".to_owned(),
            "It is the wall clock of whichever machine runs it and names no moment; it can't be set against an instant.",
            "Use `Instant.now()`, or `ZonedDateTime.now(zone)`.",
        ),
        Construct::DateTimeNow => (
            "`DateTime.Now` gives the local time of the machine that runs it".to_owned(),
            "Set against a UTC time it is off by the machine's offset, and comparing the two raises nothing.",
            "Use `DateTimeOffset.UtcNow` or `DateTime.UtcNow`.",
        ),
        Construct::LocalNaive => (
            "the local clock is kept without its zone".to_owned(),
            "`naive_local()` drops the offset: the value names no moment, and repeats itself for an hour each autumn.",
            "Keep `DateTime<Utc>`, or drop the zone of `Utc::now()` where the column has none.",
        ),
        Construct::UtcNaive => (
            "a UTC time is kept without its zone".to_owned(),
            "`naive_utc()` drops that it is UTC.",
            "Keep `DateTime<Utc>`.",
        ),
        Construct::ServerDay => (
            format!("`{shown}` is the day of the server's clock, not of the application's zone"),
            "The application sets a zone of its own: around midnight the two name different days.",
            "Use `Date.current`, `Time.current` or `Time.zone`.",
        ),
    }
}

/// The finding of a column.
pub(super) fn column(fresh: &Fresh<'_>, column: &(Range<usize>, String), more: usize) -> Finding {
    let (range, shown) = column;
    let at =
        Location::bytes(Side::Head, fresh.path, fresh.text, first_line(fresh.text, range)).label("no zone");
    let shown: String = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let headline = format!("the column `{shown}` has no zone, and the others of this schema have one");
    Finding::new(&RULE, at, headline, &format!("column {shown}")).explain(format!(
        "{} columns in this file are declared with a time zone. Of this one the database keeps the digits alone, \
         and drivers read them in whatever zone they are set to.{}\nDeclare it with a time zone, or say in the \
         column's name that it is a wall clock's.",
        fresh.base.zoned.max(fresh.head.zoned),
        alike(more)
    ))
}
