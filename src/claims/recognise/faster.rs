//! Less time or memory, by a factor or share that the sentence gives.

use std::sync::LazyLock;

use regex::Regex;

use super::super::vocabulary::ENGLISH;
use super::super::vocabulary::WORDS;

const COST: &str = r"(?:time|times|duration|latency|memory(?:\s+usage|\s+use|\s+footprint)?|footprint|allocations?|cpu(?:\s+(?:usage|time))?|ram|heap(?:\s+usage)?|i/o|startup|start-?up|cold\s+starts?|overhead|runtime|queries|round[- ]?trips|requests|renders|re-renders|bundle(?:\s+size)?|binary\s+size|cost|load|syscalls|reads|writes|wall[- ]clock|ttfb|p\d\d)";
const SHARE: &str = r"(?:~|≈|about\s+|roughly\s+|around\s+|nearly\s+|up\s+to\s+)?\d[\d.,]*(?:\s*[-–]\s*\d[\d.,]*)?\s*(?:x|×|%|times)";
const AMOUNT: &str = r"~?(\d[\d.,]*)\s*(ns|µs|μs|us|ms|s|sec|secs|seconds|m|min|mins|minutes|h|hours|b|kb|kib|mb|mib|gb|gib|queries)\b";

static FASTER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        concat!(
            r"(?i){share}\s+(?:\w+\s+)?(?:faster|quicker|speed-?\s?ups?|less\s+(?:\w+\s+)?{cost}|lower\s+(?:\w+\s+)?{cost}|fewer\s+(?:\w+\s+)?{cost}|smaller\s+(?:\w+\s+)?(?:bundle|footprint|heap)|(?:throughput|performance)\s+(?:improvement|increase|gain))",
            r"|(?:speed-?\s?up|speeds?\s+up[^.;]*?|faster|quicker)\s+(?:of|by|than\s+before:)\s+{share}",
            r"|\b(?:reduc(?:es?|ed|ing)|cuts?|cutting|drops?|dropped|decreas(?:es?|ed)|lowers?|lowered|shrinks?|shrank|slash(?:es|ed)?|sav(?:es?|ed)|trims?|halves)\b[^.;]*?\b{cost}\b[^.;]*?\b(?:by|to)\s+{share}",
            r"|\b{cost}\s+(?:is\s+|are\s+|was\s+|were\s+)?(?:reduced|cut|down|lower|decreased|dropped|drops|improved)\s+(?:by\s+)?{share}",
            r"|{share}\s+(?:reduction|decrease|drop|saving|savings|improvement|cut)\s+(?:in|of)\s+(?:[\w-]+\s+){{0,3}}?{cost}\b",
            r"|\b(?:improv(?:es?|ed|ing)|increas(?:es?|ed)|boosts?|boosted|raises?|raised)\b[^.;]*?\b(?:performance|throughput|speed|latency|response\s+times?)\b[^.;]*?\bby\s+{share}"
        ),
        share = SHARE,
        cost = COST
    ))
    .expect("literal")
});
static FROM_TO: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(r"(?i){AMOUNT}\s*(?:→|->|=>|⇒|to|down to|⟶)\s*{AMOUNT}")).expect("literal")
});
/// Figures that are settings.
static SETTING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:time-?outs?|intervals?|ttl|delay|limits?|debounce|throttle|back-?off|retention|quota|max|min|threshold|default|grace|poll(?:ing|s)?|lease|expiry|expires|slower|cap|budget|sla)\b").expect("literal")
});
static PAST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:was|were|not|n['’]t|if|is it|goal|target|aim|should|could|would|may|might|will|potential(?:ly)?|theoretical(?:ly)?|expected|estimate[ds]?|in theory|regression)\b").expect("literal")
});

/// Whether a sentence without its code says that something takes less.
pub(super) fn claim(plain: &str) -> bool {
    if SETTING.is_match(plain) {
        return false;
    }
    let said = FASTER.find(plain).map(|found| found.start());
    let figures = || {
        FROM_TO.captures_iter(plain).find_map(|found| {
            let before = amount(&found[1], &found[2])?;
            let after = amount(&found[3], &found[4])?;
            (after < before).then(|| found.get(0).map_or(0, |m| m.start()))
        })
    };
    let Some(at) = said.or_else(figures) else { return false };
    let before = &plain[..at];
    !ENGLISH.before.is_match(plain)
        && !PAST.is_match(before)
        && !WORDS.unsure.is_match(plain)
        && !ENGLISH.after.is_match(&plain[at..])
}

/// In nanoseconds or bytes.
fn amount(digits: &str, unit: &str) -> Option<f64> {
    let value: f64 = digits.trim_end_matches(['.', ',']).replace(',', "").parse().ok()?;
    let scale = match unit.to_lowercase().as_str() {
        "µs" | "μs" | "us" => 1e3,
        "ms" => 1e6,
        "s" | "sec" | "secs" | "seconds" => 1e9,
        "m" | "min" | "mins" | "minutes" => 6e10,
        "h" | "hours" => 3.6e12,
        "kb" | "kib" => 1e3,
        "mb" | "mib" => 1e6,
        "gb" | "gib" => 1e9,
        _ => 1.0,
    };
    Some(value * scale)
}
