//! Whether a commit's edits to a file are undone by another change of the file: the lines that it brought are gone, and
//! those that it took away are back.

use std::collections::HashMap;

use crate::change::{Change, Edit, LandedFile, line_diff};
use crate::span::Side;

/// A line that says enough to be known again.
const MIN_LINE: usize = 8;
const MIN_LETTERS: usize = 5;

/// Lines without their indentation, and how often each stands there.
type Bag<'t> = HashMap<&'t str, usize>;

/// What was undone of one commit in one file, in lines that say something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Undone {
    /// Lines of edits that were changed back: those that went and those that came.
    pub(super) back: usize,
    /// Lines that the commit brought where there were none, and that are gone.
    pub(super) gone: usize,
    /// Whether the change of the file is nothing but edits of recent commits undone.
    pub(super) is_whole: bool,
    /// Whether all that the commit changed in the file was changed back.
    pub(super) is_all: bool,
    /// Whether most of what the commit brought to the file is gone.
    pub(super) is_most: bool,
    /// The first line of head that came back.
    pub(super) head_line: Option<usize>,
    /// The first line of base that is gone.
    pub(super) base_line: Option<usize>,
}

/// All lines that the change adds anywhere: what stands there was moved and is not gone.
pub(super) struct Traces(HashMap<String, usize>);

impl Traces {
    pub(super) fn of(change: &Change) -> Self {
        let mut added = HashMap::new();
        for file in &change.files {
            let side = |side| file.on(side).and_then(|path| change.text(side, path).ok().flatten());
            let (base, head) = (side(Side::Base).unwrap_or_default(), side(Side::Head).unwrap_or_default());
            let lines: Vec<&str> = head.lines().collect();
            for number in line_diff(base, head).added() {
                if let Some(line) =
                    lines.get(number - 1).map(|line| line.trim()).filter(|line| is_telling(line))
                {
                    *added.entry(line.to_owned()).or_default() += 1;
                }
            }
        }
        Self(added)
    }
}

/// What the change from `base` to `head` undoes of each commit: its edits the other way round, line for line, and what
/// it brought where nothing stood.
pub(super) fn of<'l>(
    base: &str,
    head: &str,
    landed: impl Iterator<Item = (usize, &'l LandedFile)>,
    traces: &Traces,
) -> Vec<(usize, Undone)> {
    let edits = Edit::between(base, head);
    let mut own: Vec<(Sides<'_>, Taken)> = edits.iter().map(|edit| (Sides::of(edit), Taken::No)).collect();
    let mut gone = bag(edits.iter().flat_map(|edit| &edit.removed));
    let mut found = Vec::new();
    for (at, file) in landed {
        let mut undone = Undone::default();
        let mut brought = 0;
        for edit in &file.hunks {
            let sides = Sides::of(edit);
            let weight = sides.weight();
            brought += weight;
            if weight == 0 {
                continue;
            }
            let inverse = own.iter_mut().find(|(own, taken)| *taken == Taken::No && own.undoes(&sides));
            if let Some((own, taken)) = inverse.filter(|_| !sides.removed.is_empty()) {
                *taken = if own.added == sides.removed { Taken::Whole } else { Taken::InPart };
                undone.back += weight;
                undone.head_line = undone.head_line.or_else(|| line_of(head, &edit.removed));
            } else if let Some(lines) = sides.is_new().then(|| bag(&edit.added))
                && holds(&gone, &lines)
                && !moved(&lines, traces)
            {
                take(&mut gone, &lines);
                undone.gone += weight;
            } else {
                continue;
            }
            undone.base_line = undone.base_line.or_else(|| line_of(base, &edit.added));
        }
        undone.is_all = undone.back * 10 >= brought * 9;
        undone.is_most = undone.gone > 0 && undone.gone * 5 >= brought * 4;
        if undone.back + undone.gone > 0 {
            found.push((at, undone));
        }
    }
    let is_whole = own.iter().all(|(sides, taken)| *taken == Taken::Whole || sides.weight() == 0);
    found.iter_mut().for_each(|(_, undone)| undone.is_whole = is_whole);
    found
}

/// Whether an edit is another one's undoing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    No,
    InPart,
    Whole,
}

/// The lines of an edit without their indentation and without blank ones.
struct Sides<'e> {
    removed: Vec<&'e str>,
    added: Vec<&'e str>,
}

impl<'e> Sides<'e> {
    fn of(edit: &'e Edit) -> Self {
        let lines = |lines: &'e [String]| -> Vec<&'e str> {
            lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect()
        };
        Self { removed: lines(&edit.removed), added: lines(&edit.added) }
    }

    /// Whether this edit puts back what the other one changed, perhaps with more lines right before or behind: what is
    /// new beside it is told as one edit with it. One that only indents changes nothing.
    fn undoes(&self, other: &Self) -> bool {
        self.removed == other.added
            && (self.added.starts_with(&other.removed) || self.added.ends_with(&other.removed))
            && other.removed != other.added
    }

    /// Whether nothing stood there before.
    fn is_new(&self) -> bool {
        self.removed.is_empty()
    }

    /// How many of its lines say something.
    fn weight(&self) -> usize {
        self.removed.iter().chain(&self.added).filter(|line| is_telling(line)).count()
    }
}

fn is_telling(line: &str) -> bool {
    line.len() >= MIN_LINE && line.chars().filter(|c| c.is_alphanumeric()).count() >= MIN_LETTERS
}

fn bag<'t>(lines: impl IntoIterator<Item = &'t String>) -> Bag<'t> {
    let mut bag = Bag::new();
    for line in lines.into_iter().map(|line| line.trim()).filter(|line| is_telling(line)) {
        *bag.entry(line).or_default() += 1;
    }
    bag
}

fn holds(bag: &Bag<'_>, lines: &Bag<'_>) -> bool {
    lines.iter().all(|(line, count)| bag.get(line).is_some_and(|there| there >= count))
}

fn take(bag: &mut Bag<'_>, lines: &Bag<'_>) {
    for (line, count) in lines {
        if let Some(there) = bag.get_mut::<str>(line) {
            *there -= count;
        }
    }
}

/// Whether most of the lines stand in another place now.
fn moved(lines: &Bag<'_>, traces: &Traces) -> bool {
    let there = lines.keys().filter(|line| traces.0.contains_key(**line)).count();
    there * 2 >= lines.len()
}

/// The first line of a text that is one of these.
fn line_of(text: &str, lines: &[String]) -> Option<usize> {
    let known: Vec<&str> = lines.iter().map(|line| line.trim()).filter(|line| is_telling(line)).collect();
    text.lines().position(|line| known.contains(&line.trim())).map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "fn total(lines) {\n  const net = sum(lines);\n  return net * rate;\n}\n";
    const NEW: &str =
        "fn total(lines) {\n  const net = sum(lines.filter(isOpen));\n  return roundUp(net * rate);\n}\n";

    fn landed(old: &str, new: &str) -> LandedFile {
        LandedFile { path: "a.js".parse().unwrap(), hunks: Edit::between(old, new) }
    }

    fn undone(base: &str, head: &str, landed: &LandedFile) -> Option<Undone> {
        let found = of(base, head, std::iter::once((0, landed)), &Traces(HashMap::new()));
        found.into_iter().next().map(|(_, undone)| undone)
    }

    #[test]
    fn what_was_changed_and_is_changed_back_is_undone() {
        let found = undone(NEW, OLD, &landed(OLD, NEW)).unwrap();
        assert_eq!((found.back, found.gone, found.is_whole, found.is_all), (4, 0, true, true));
        assert_eq!((found.head_line, found.base_line), (Some(2), Some(2)));
    }

    #[test]
    fn work_of_its_own_in_the_same_file_is_seen() {
        let own = "fn other(things) {\n  return things.map(shorten);\n}\nlet another = things();\n";
        let found = undone(NEW, &format!("{OLD}{own}"), &landed(OLD, NEW)).unwrap();
        assert_eq!((found.back, found.is_whole), (4, false));
    }

    #[test]
    fn going_on_is_no_undoing() {
        let head = NEW.replace("roundUp", "roundDown");
        assert_eq!(undone(NEW, &head, &landed(OLD, NEW)), None);
        assert_eq!(undone(NEW, &OLD.replace("sum(lines)", "add(lines)"), &landed(OLD, NEW)), None);
    }

    #[test]
    fn lines_that_came_and_are_gone_are_told_apart() {
        let new =
            format!("{OLD}export function refund(order) {{\n  return order.payments.map(payBack);\n}}\n");
        let found = undone(&new, OLD, &landed(OLD, &new)).unwrap();
        assert_eq!((found.back, found.gone, found.is_most), (0, 2, true));
    }

    #[test]
    fn indentation_alone_is_no_edit() {
        let deeper = NEW.replace("  return", "      return");
        assert_eq!(undone(&deeper, NEW, &landed(NEW, &deeper)), None);
    }
}
