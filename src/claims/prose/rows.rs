//! The rows of a table while they are gathered.

use super::super::recognise::{Row, is_metric};

/// Longer tables are not read further.
const MAX_ROWS: usize = 200;
/// Nor are more columns.
const MAX_CELLS: usize = 40;

/// A table's header and rows.
#[derive(Debug, Default)]
pub(super) struct Rows {
    header: Vec<String>,
    rows: Vec<(Vec<String>, usize)>,
}

impl Rows {
    /// Opens a row below the header.
    pub(super) fn row(&mut self) {
        self.rows.push((Vec::new(), 0));
    }

    /// Takes in a cell and its line.
    pub(super) fn cell(&mut self, text: &str, line: usize) {
        if self.rows.len() > MAX_ROWS {
            return;
        }
        let cells = match self.rows.last_mut() {
            None => &mut self.header,
            Some((cells, at)) => {
                *at = (*at).max(line);
                cells
            }
        };
        if cells.len() < MAX_CELLS {
            cells.push(text.to_owned());
        }
    }

    /// Each row with the header, and its line.
    pub(super) fn finish(self) -> impl Iterator<Item = (Row, usize)> {
        let Self { header, rows } = self;
        let named = |(cells, _): &&(Vec<String>, usize)| cells.first().is_some_and(|cell| is_metric(cell));
        let metric_rows = rows.iter().filter(named).count();
        let rows = rows.into_iter().take(MAX_ROWS).filter(|(cells, line)| !cells.is_empty() && *line > 0);
        rows.map(move |(cells, line)| (Row { header: header.clone(), cells, metric_rows }, line))
    }
}
