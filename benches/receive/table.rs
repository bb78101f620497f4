//! What the run prints.

use std::io::Write as _;
use std::time::Duration;

use tabwriter::TabWriter;

use super::load::{Load, Outcome};
use super::process::Usage;

/// One server under one load.
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) load: Load,
    pub(crate) outcome: Outcome,
    pub(crate) usage: Usage,
    /// Deliveries that were answered with success and are not in the database; nothing where there is none.
    pub(crate) lost: Option<usize>,
    /// The machine's load average before.
    pub(crate) average: String,
}

const HEADER: &str = "\tasked/s\treached/s\tp50 ms\tp90 ms\tp99 ms\tmax ms\terrors\tlost\tMiB before\tpeak\tafter\t\
                      CPU ms each\tload average\n";

pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

pub(crate) fn show<'a>(lines: impl Iterator<Item = &'a Line>) {
    let mut text = format!("\n{HEADER}");
    let mut errors = Vec::new();
    for line in lines {
        text.push_str(&line.row());
        let of = line.outcome.errors.iter();
        errors.extend(of.map(|(error, count)| format!("{}: {count} times {error}", line.name)));
    }
    let mut table = TabWriter::new(std::io::stdout()).padding(2);
    let _ = table.write_all(text.as_bytes()).and_then(|()| table.flush());
    errors.iter().for_each(|error| say(error));
}

impl Line {
    fn row(&self) -> String {
        let (outcome, usage) = (&self.outcome, self.usage);
        let at = |of_hundred| milliseconds(outcome.percentile(of_hundred));
        let mebibytes = |bytes: u64| format!("{:.1}", bytes as f64 / 1_048_576.0);
        let cells = [
            self.name.to_owned(),
            self.load.rate.to_string(),
            format!("{:.1}", outcome.reached()),
            format!("{:.2}", at(50.0)),
            format!("{:.2}", at(90.0)),
            format!("{:.2}", at(99.0)),
            format!("{:.2}", at(100.0)),
            outcome.errors.values().sum::<usize>().to_string(),
            self.lost
                .map_or("keeps nothing".to_owned(), |lost| format!("{lost} of {}", outcome.accepted.len())),
            mebibytes(usage.before),
            mebibytes(usage.peak),
            mebibytes(usage.after),
            format!("{:.2}", self.cpu()),
            self.average.clone(),
        ];
        cells.join("\t") + "\n"
    }

    /// Milliseconds of processor time for each delivery that was answered with success.
    fn cpu(&self) -> f64 {
        milliseconds(self.usage.cpu) / self.outcome.times.len().max(1) as f64
    }

    /// How many times as much another one takes.
    pub(crate) fn ratio(&self, other: &Self, name: &str) -> String {
        let time = |of_hundred| {
            let own = milliseconds(self.outcome.percentile(of_hundred));
            milliseconds(other.outcome.percentile(of_hundred)) / own
        };
        format!(
            "{} / {name} at {} a second: p50 {:.2}, p99 {:.2}, CPU {:.2}, memory at its peak {:.2}",
            other.name,
            self.load.rate,
            time(50.0),
            time(99.0),
            other.cpu() / self.cpu(),
            other.usage.peak as f64 / self.usage.peak as f64,
        )
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
