//! JavaScript and TypeScript: dates parsed from texts without a zone; Drizzle's columns. Rust: chrono's naive times.
//! Ruby on Rails: days of the server's clock.

use std::sync::LazyLock;

use regex::Regex;

use crate::read::flow::chain::{Chain, HOLE, Names, Written};
use crate::read::syntax::Language;
use crate::undecided::Undecided;

use super::{Construct, Found, Grade, Reading};

static DATE_AND_TIME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$").expect("literal")
});
static DATE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\d{4}-\d{2}-\d{2}$").expect("literal"));

/// What reads a date in the zone of the machine.
const LOCAL: [&str; 5] = ["getDate", "getDay", "getMonth", "getFullYear", "toLocaleDateString"];

/// Folders of what runs on servers, where the zone is the machine's and not the user's.
const SERVER: [&str; 12] = [
    "server",
    "api",
    "backend",
    "functions",
    "lambda",
    "lambdas",
    "workers",
    "worker",
    "cron",
    "jobs",
    "edge-functions",
    "netlify",
];

pub(super) fn javascript(language: Language, folders: &str, text: &str) -> Result<Reading, Undecided> {
    let written = Written::parse(language, text)?;
    let names = written.names();
    let is_server = folders.split('/').any(|folder| SERVER.contains(&folder));
    let mut reading = Reading::default();
    for chain in written.chains() {
        if let Some(found) = date(&written, &names, &chain, is_server) {
            reading.found.push(found);
        }
        drizzle(&written, &names, &chain, &mut reading);
    }
    Ok(reading)
}

fn date(
    written: &Written<'_>,
    names: &Names<'_, '_>,
    chain: &Chain<'_, '_>,
    is_server: bool,
) -> Option<Found> {
    let constructs = chain.node.kind() == "new_expression" || written.text(chain.node).starts_with("new ");
    let link = match chain.root {
        "Date" if constructs => chain.links.first().filter(|link| link.name.is_empty())?,
        "Date" => chain.links.first().filter(|link| link.calls(&["parse"]))?,
        _ => return None,
    };
    let [argument] = link.arguments.as_deref()? else { return None };
    let said = written.string(names, argument.value)?;
    let next = chain.links.get(1).map_or("", |link| link.name);
    let found = |construct| {
        let shown = written.text(link.node).to_owned();
        Some(Found { construct, range: chain.node.byte_range(), grade: Grade::Always, shown })
    };
    if DATE_AND_TIME.is_match(&said) {
        return found(Construct::LocalText);
    }
    if DATE.is_match(&said) && LOCAL.contains(&next) && !has_zone(chain) {
        return found(Construct::UtcDay);
    }
    let holes = [format!("{HOLE}T{HOLE}"), format!("{HOLE} {HOLE}"), format!("{HOLE}T{HOLE}:00")];
    (is_server && holes.contains(&said)).then(|| found(Construct::LocalText)).flatten()
}

/// `toLocaleDateString(…, { timeZone })`
fn has_zone(chain: &Chain<'_, '_>) -> bool {
    chain.links.get(1).and_then(|link| link.arguments.as_ref()).is_some_and(|arguments| arguments.len() > 1)
}

fn drizzle(written: &Written<'_>, names: &Names<'_, '_>, chain: &Chain<'_, '_>, reading: &mut Reading) {
    let is_timestamp = names.import(chain.root).is_some_and(|import| {
        import.module == "drizzle-orm/pg-core" && import.item.as_deref() == Some("timestamp")
    });
    let Some(link) = chain.links.first().filter(|link| is_timestamp && link.name.is_empty()) else { return };
    let arguments = link.arguments.as_deref().unwrap_or_default();
    let mut unknown = false;
    let mut zone = None;
    for argument in arguments {
        match written.record(names, argument.value) {
            Some(fields) => {
                unknown |= fields.iter().any(|field| field.name.is_none());
                let named = fields.into_iter().find(|f| f.name.as_deref() == Some("withTimezone"));
                zone = zone.or(named.map(|field| written.text(field.value) == "true"));
            }
            None => unknown |= written.plain(argument.value).is_none(),
        }
    }
    match zone {
        Some(true) => reading.zoned += 1,
        Some(false) => {}
        None if unknown => {}
        None => reading.columns.push((link.node.byte_range(), written.text(link.node).to_owned())),
    }
}

pub(super) fn rust(text: &str) -> Result<Reading, Undecided> {
    let written = Written::parse(Language::Rust, text)?;
    let names = written.names();
    let mut reading = Reading::default();
    for chain in written.chains() {
        let path = names.path(&chain);
        let path = path.strip_prefix("chrono.").unwrap_or(&path);
        let construct = match path {
            "Local.now.naive_local" => Construct::LocalNaive,
            "Utc.now.naive_utc" | "Local.now.naive_utc" => Construct::UtcNaive,
            _ => {
                if path.starts_with("Utc.now") || path.starts_with("DateTime.parse_from_rfc3339") {
                    reading.aware.get_or_insert(chain.node.byte_range());
                }
                continue;
            }
        };
        let grade = if construct == Construct::LocalNaive { Grade::Fresh } else { Grade::Mixed };
        let shown = written.text(chain.node).to_owned();
        reading.found.push(Found { construct, range: chain.node.byte_range(), grade, shown });
    }
    Ok(reading)
}

pub(super) fn ruby(text: &str) -> Result<Reading, Undecided> {
    let written = Written::parse(Language::Ruby, text)?;
    let names = written.names();
    let mut reading = Reading::default();
    for chain in written.members() {
        let path = names.path(&chain);
        let days = ["beginning_of_day", "end_of_day", "to_date", "hour", "wday", "midnight", "all_day"];
        let of_day = path.strip_prefix("Time.now.").is_some_and(|rest| days.contains(&rest));
        if path == "Date.today" || path.starts_with("Date.today.") || of_day {
            let shown = written.text(chain.node).to_owned();
            let range = chain.node.byte_range();
            reading.found.push(Found { construct: Construct::ServerDay, range, grade: Grade::Fresh, shown });
        } else if path.starts_with("Time.current")
            || path.starts_with("Time.zone.")
            || path.starts_with("Date.current")
        {
            reading.aware.get_or_insert(chain.node.byte_range());
        }
    }
    Ok(reading)
}
