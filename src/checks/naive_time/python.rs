//! Python: `datetime.utcnow()`, `datetime.utcfromtimestamp()` and `datetime.now()` without a zone; SQLAlchemy's
//! `DateTime` without `timezone`.

use crate::read::flow::chain::{Chain, Link, Names, Written};
use crate::read::syntax::{self, Language, Node};
use crate::undecided::Undecided;

use super::{Construct, Found, Grade, Reading};

/// What makes a text, a number or an aware time of a naive one, so that nothing naive is kept.
const SPENT: [&str; 16] = [
    "strftime",
    "year",
    "month",
    "day",
    "hour",
    "minute",
    "second",
    "date",
    "time",
    "weekday",
    "isoweekday",
    "isocalendar",
    "timetuple",
    "ctime",
    "astimezone",
    "microsecond",
];
const CLASS: &str = "datetime.datetime";

pub(super) fn read(text: &str) -> Result<Reading, Undecided> {
    let written = Written::parse(Language::Python, text)?;
    let names = written.names();
    let mut reading = Reading::default();
    for chain in written.members() {
        let path = names.path(&chain);
        if let Some(found) = time(&written, &names, &chain, &path) {
            reading.found.push(found);
        } else if is_aware(&written, &chain, &path) {
            reading.aware.get_or_insert(chain.node.byte_range());
        }
        column(&written, &chain, &path, &mut reading);
        bare_columns(&written, &names, &chain, &mut reading);
    }
    Ok(reading)
}

fn time(written: &Written<'_>, names: &Names<'_, '_>, chain: &Chain<'_, '_>, path: &str) -> Option<Found> {
    let rest = path.strip_prefix(CLASS)?.strip_prefix('.')?;
    let method = rest.split('.').next()?;
    let at = chain.links.iter().position(|link| link.name == method)?;
    let (link, after) = (&chain.links[at], &chain.links[at + 1..]);
    let construct = match method {
        "utcnow" => Construct::UtcNow,
        "utcfromtimestamp" => Construct::UtcFromTimestamp,
        "now" if takes_no_zone(link) => Construct::Now,
        _ => return None,
    };
    let next = after.first().map_or("", |link| link.name);
    // `.replace(tzinfo=…)` makes it aware.
    let zoned = after.iter().any(|link| {
        link.name == "replace" && link.arguments.iter().flatten().any(|a| a.name.as_deref() == Some("tzinfo"))
    });
    if zoned || SPENT.contains(&next) || is_timing(written, names, chain) {
        return None;
    }
    let range = chain.node.byte_range();
    let class = written.text(chain.start);
    if next == "timestamp" {
        return (construct != Construct::Now).then(|| Found {
            construct: Construct::UtcTimestamp,
            range,
            grade: Grade::Always,
            shown: format!("{class}…{method}().timestamp()"),
        });
    }
    // `utcnow().isoformat() + "Z"` says which zone it is.
    if next == "isoformat" && says_zone(written, chain.node) {
        return None;
    }
    let grade = if construct == Construct::Now { Grade::Mixed } else { Grade::Fresh };
    let call = if link.arguments.is_some() { "()" } else { "" };
    let end = link.node.end_byte().saturating_sub(chain.node.start_byte());
    let shown = written.text(chain.node).get(..end).filter(|shown| shown.len() < 60 && !shown.contains('\n'));
    let shown = shown.map_or_else(|| format!("{method}{call}"), str::to_owned);
    Some(Found { construct, range, grade, shown })
}

fn takes_no_zone(link: &Link<'_, '_>) -> bool {
    link.arguments.as_ref().is_none_or(Vec::is_empty)
}

/// Whether a time only measures how long something took: it is subtracted, or its variable is.
fn is_timing(written: &Written<'_>, names: &Names<'_, '_>, chain: &Chain<'_, '_>) -> bool {
    let is_difference = |node: Node<'_>| {
        node.kind() == "binary_operator"
            && node.child_by_field_name("operator").is_some_and(|o| written.text(o) == "-")
    };
    let Some(parent) = chain.node.parent() else { return false };
    if is_difference(parent) {
        let other = |side: &str| parent.child_by_field_name(side).filter(|n| n.id() != chain.node.id());
        let sides = [other("left"), other("right")];
        // A time less a span (`now() - timedelta(…)`) is still a time.
        return sides.into_iter().flatten().all(|node| !is_span(written, names, node));
    }
    if parent.kind() != "assignment" {
        return false;
    }
    let Some(target) = parent.child_by_field_name("left").filter(|n| n.kind() == "identifier") else {
        return false;
    };
    let name = written.text(target);
    let function = written.around(parent).find(|n| written.is_function(*n));
    let scope = function.unwrap_or_else(|| written.tree().root());
    let mut uses = syntax::below(scope)
        .filter(|n| n.kind() == "identifier" && n.id() != target.id() && written.text(*n) == name)
        .peekable();
    uses.peek().is_some()
        && uses.all(|used| {
            used.parent().is_some_and(|p| {
                is_difference(p) && {
                    let sides = [p.child_by_field_name("left"), p.child_by_field_name("right")];
                    sides.into_iter().flatten().all(|n| !is_span(written, names, n))
                }
            })
        })
}

fn is_span(written: &Written<'_>, names: &Names<'_, '_>, node: Node<'_>) -> bool {
    let text = written.text(node);
    let bound = names.all(text).any(|value| written.text(value).contains("delta"));
    bound || text.contains("delta") || matches!(node.kind(), "integer" | "float")
}

fn says_zone(written: &Written<'_>, node: Node<'_>) -> bool {
    written.around(node).take(3).any(|around| {
        let text = written.text(around);
        matches!(around.kind(), "binary_operator" | "interpolation" | "string" | "concatenated_string")
            && (text.contains("Z\"") || text.contains("Z'") || text.contains("+00:00"))
    })
}

fn is_aware(written: &Written<'_>, chain: &Chain<'_, '_>, path: &str) -> bool {
    let zone = path.starts_with("datetime.timezone.")
        || path == "datetime.UTC"
        || path.starts_with("zoneinfo.ZoneInfo")
        || path.starts_with("pytz.")
        || path.starts_with("django.utils.timezone.now");
    let now = path.strip_prefix(CLASS).is_some_and(|rest| rest.starts_with(".now"))
        && chain.links.iter().any(|l| l.name == "now" && l.arguments.as_ref().is_some_and(|a| !a.is_empty()));
    (zone || now) && !written.around(chain.node).any(|n| n.kind().starts_with("import"))
}

/// The types of SQLAlchemy that may have a zone.
const COLUMN_TYPES: [&str; 4] = [
    "sqlalchemy.DateTime",
    "sqlalchemy.types.DateTime",
    "sqlalchemy.TIMESTAMP",
    "sqlalchemy.types.TIMESTAMP",
];

/// `Column(DateTime)`: the type as a name alone.
fn bare_columns(written: &Written<'_>, names: &Names<'_, '_>, chain: &Chain<'_, '_>, reading: &mut Reading) {
    let Some(link) = chain.last_call() else { return };
    if !matches!(chain.called_name(link), "Column" | "mapped_column") {
        return;
    }
    for argument in link.arguments.iter().flatten().filter(|a| a.value.kind() == "identifier") {
        if COLUMN_TYPES.contains(&names.path(&written.chain(argument.value)).as_str()) {
            reading.columns.push((chain.node.byte_range(), written.text(chain.node).to_owned()));
        }
    }
}

/// SQLAlchemy's types with their arguments, and as members of the module.
fn column(written: &Written<'_>, chain: &Chain<'_, '_>, path: &str, reading: &mut Reading) {
    if !COLUMN_TYPES.contains(&path) {
        return;
    }
    let arguments = chain.last_call().and_then(|link| link.arguments.as_deref()).unwrap_or_default();
    let zone = arguments.iter().find(|a| a.name.as_deref() == Some("timezone"));
    let zone = zone.or_else(|| arguments.first().filter(|a| a.name.is_none()));
    match zone.map(|zone| written.text(zone.value)) {
        Some("True") => reading.zoned += 1,
        None => reading.columns.push((chain.node.byte_range(), written.text(chain.node).to_owned())),
        // Written out as without a zone: somebody thought of it.
        Some(_) => {}
    }
}
