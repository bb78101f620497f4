//! "3 files changed, 40 lines added" against the difference.

use super::super::{Size, Weighed};
use super::{contradicted, paths, supported, unproven};
use crate::change::Change;

/// Counted two ways: all that changed, and without what people leave out (tests, documents, locks, generated files).
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    all: u64,
    core: u64,
}

/// A text may be older than the last commits, and what it leaves out is its own affair: it is refuted only far beyond
/// everything that changed, or far below what nobody leaves out.
pub(super) fn weigh(change: &Change, size: &Size) -> Weighed {
    if change.head.truncated.is_some() || change.base.truncated.is_some() || change.files.is_empty() {
        return unproven("the list of changed files is incomplete or empty");
    }
    let Some([files, added, removed]) = measure(change) else {
        let because =
            format!("{} files changed, and not every one of them could be read", change.files.len());
        return match size {
            Size { files: Some(n), added: None, removed: None } if *n == change.files.len() as u64 => {
                supported(because)
            }
            _ => unproven(because),
        };
    };
    let because = format!(
        "by the difference {} changed, with {} added and {} removed",
        counted(files.all, "file"),
        counted(added.all, "line"),
        counted(removed.all, "line")
    );
    let said = [(size.files, files, 2), (size.added, added, 20), (size.removed, removed, 20)];
    let said = said.iter().filter_map(|(n, count, slack)| Some(((*n)?, *count, *slack)));
    if said.clone().any(|(n, count, slack)| is_off(n, count, slack)) {
        return contradicted(because);
    }
    let near = |(n, count, slack): (u64, Count, u64)| match slack {
        2 => n == count.all,
        _ => n.abs_diff(count.all) * 50 <= count.all,
    };
    if said.clone().all(near) { supported(because) } else { unproven(because) }
}

fn is_off(said: u64, count: Count, slack: u64) -> bool {
    said > count.all + count.all / 4 + slack || said * 2 + slack < count.core
}

fn counted(n: u64, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// Files, lines added, lines removed; nothing where some file can't be compared.
fn measure(change: &Change) -> Option<[Count; 3]> {
    let mut counts = [Count::default(); 3];
    for file in &change.files {
        let diff = change.diff(file).ok()?;
        let core = !paths::is_documentation(file.path())
            && !paths::is_generated(file.path())
            && !paths::speaks_of_tests(file.path());
        let lines = [1, diff.added().count() as u64, diff.removed().count() as u64];
        for (count, n) in counts.iter_mut().zip(lines) {
            count.all += n;
            count.core += if core { n } else { 0 };
        }
    }
    Some(counts)
}
