//! Coverage reports: how much of each file ran. One file a format; each reads bytes to a [`Report`].

mod istanbul;
mod lcov;

use crate::change::EvidenceFile;
use crate::undecided::Undecided;

/// Larger reports are not read.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// How many of how many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ratio {
    /// Ran at least once.
    pub hit: u64,
    /// All that could have.
    pub found: u64,
}

impl Ratio {
    /// Per cent, 0 to 100; `None` where there is nothing to cover.
    #[expect(clippy::cast_precision_loss, reason = "counts of lines are far below 2^52")]
    pub fn percent(self) -> Option<f64> {
        (self.found > 0).then(|| self.hit as f64 * 100.0 / self.found as f64)
    }

    fn add(&mut self, other: Self) {
        self.hit += other.hit;
        self.found += other.found;
    }
}

/// What a report says of one file, or of all. `None` where its format does not measure that.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measured {
    /// Lines.
    pub lines: Option<Ratio>,
    /// Branches.
    pub branches: Option<Ratio>,
    /// Functions.
    pub functions: Option<Ratio>,
    /// Statements.
    pub statements: Option<Ratio>,
}

impl Measured {
    /// Takes in another file's counts.
    pub fn add(&mut self, other: Self) {
        let pairs = [
            (&mut self.lines, other.lines),
            (&mut self.branches, other.branches),
            (&mut self.functions, other.functions),
            (&mut self.statements, other.statements),
        ];
        for (sum, part) in pairs {
            if let Some(part) = part {
                sum.get_or_insert_default().add(part);
            }
        }
    }
}

/// A report: each measured file with its counts, under the path that the tool wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The files in the order of the report.
    pub files: Vec<(String, Measured)>,
}

impl Report {
    /// The sum over all files.
    pub fn total(&self) -> Measured {
        let mut total = Measured::default();
        for (_, measured) in &self.files {
            total.add(*measured);
        }
        total
    }
}

/// Reads a report in whichever of the known formats it is; anything else is `Undecided`.
pub fn read(file: &EvidenceFile) -> Result<Report, Undecided> {
    let undecided = |why: String| Undecided::new(format!("the coverage report {} {why}", file.name));
    if file.bytes.len() > MAX_BYTES {
        return Err(undecided("is larger than 64 MiB and was not read".into()));
    }
    let text = std::str::from_utf8(&file.bytes).map_err(|_| undecided("is not UTF-8".into()))?;
    let text = text.trim_start_matches('\u{feff}');
    let report = if istanbul::is(text) {
        istanbul::read(text)
    } else if lcov::is(text) {
        lcov::read(text)
    } else {
        Err("is in no format that is known here (LCOV, Istanbul's coverage-summary.json)".into())
    };
    report.map_err(undecided)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(text: &str) -> Result<Report, Undecided> {
        read(&EvidenceFile { name: "coverage".into(), bytes: text.into() })
    }

    #[test]
    fn an_unknown_format_is_undecided_and_never_empty() {
        for bad in ["", "hello", "<coverage/>", "{}", "[]", "{\"a\":", "SF:a.js\nDA:1,x\nend_of_record\n"] {
            assert!(report(bad).is_err(), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text: String, lines in "(SF:[a-z]|DA:[0-9],[0-9]|BRDA:[0-9,-]*|[a-z:,]*|\n){0,40}") {
            let _ = report(&text);
            let _ = report(&lines);
            let _ = report(&format!("{{\"total\":{text:?}}}"));
        }
    }
}
