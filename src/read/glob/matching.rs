//! Where a pattern can end, given where it starts: sets of positions instead of backtracking.

use smallvec::{SmallVec, smallvec};

use super::{Node, Repeat, Seq};

/// Positions in a path, from 0 to its length; paths of up to 255 characters need no memory of their own.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Positions {
    words: SmallVec<[u64; 4]>,
}

impl Positions {
    fn none(path: &[char]) -> Self {
        Self { words: smallvec![0; path.len() / 64 + 1] }
    }

    /// The start of a path.
    pub(super) fn start(path: &[char]) -> Self {
        Self::at(path, 0)
    }

    /// Every position of a path.
    pub(super) fn all(path: &[char]) -> Self {
        let mut all = Self::none(path);
        all.extend(0, path.len());
        all
    }

    fn at(path: &[char], position: usize) -> Self {
        let mut one = Self::none(path);
        one.insert(position);
        one
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    pub(super) fn contains(&self, position: usize) -> bool {
        self.words.get(position / 64).is_some_and(|word| word >> (position % 64) & 1 == 1)
    }

    fn insert(&mut self, position: usize) {
        self.words[position / 64] |= 1 << (position % 64);
    }

    /// Puts in all from the first to the last.
    fn extend(&mut self, first: usize, last: usize) {
        for (at, word) in self.words.iter_mut().enumerate().take(last / 64 + 1).skip(first / 64) {
            let from = if at == first / 64 { u64::MAX << (first % 64) } else { u64::MAX };
            let to = if at == last / 64 { u64::MAX >> (63 - last % 64) } else { u64::MAX };
            *word |= from & to;
        }
    }

    fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let next = |rest: &u64| Some(rest & (rest - 1)).filter(|rest| *rest != 0);
            std::iter::successors(Some(*word).filter(|word| *word != 0), next)
                .map(move |rest| at * 64 + rest.trailing_zeros() as usize)
        })
    }

    fn retain(mut self, keep: impl Fn(usize) -> bool) -> Self {
        let dropped: SmallVec<[usize; 16]> = self.iter().filter(|p| !keep(*p)).collect();
        dropped.into_iter().for_each(|p| self.words[p / 64] &= !(1 << (p % 64)));
        self
    }

    fn join(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, more)| *word |= more);
    }

    fn without(mut self, other: &Self) -> Self {
        self.words.iter_mut().zip(&other.words).for_each(|(word, gone)| *word &= !gone);
        self
    }
}

/// The positions at which the sequence can end when it starts at one of `starts`.
pub(super) fn ends(seq: &[Node], path: &[char], starts: Positions) -> Positions {
    let mut at = starts;
    for node in seq {
        if at.is_empty() {
            break;
        }
        at = step(node, path, at);
    }
    at
}

fn step(node: &Node, path: &[char], at: Positions) -> Positions {
    match node {
        Node::Char(wanted) => one(path, &at, |c| c == *wanted),
        Node::One => one(path, &at, |c| c != '/'),
        Node::Class { not, ranges } => {
            one(path, &at, |c| c != '/' && ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *not)
        }
        Node::Plain => at.retain(|p| path.get(p) != Some(&'.')),
        Node::More => at.retain(|p| p < path.len()),
        Node::Begin => at.retain(|p| p == 0),
        Node::End => at.retain(|p| p == path.len()),
        Node::Star => runs(path, &at, false),
        Node::Globstar => runs(path, &at, true),
        Node::Group { options, repeat } => group(options, *repeat, path, at),
        Node::Not { options, then, across } => {
            runs(path, &at.retain(|p| !stands(options, then, path, p)), *across)
        }
    }
}

fn one(path: &[char], at: &Positions, matches: impl Fn(char) -> bool) -> Positions {
    let mut next = Positions::none(path);
    at.iter().filter(|&p| path.get(p).is_some_and(|&c| matches(c))).for_each(|p| next.insert(p + 1));
    next
}

fn stands(options: &[Seq], then: &[Node], path: &[char], at: usize) -> bool {
    let after = |option: &Seq| ends(then, path, ends(option, path, Positions::at(path, at)));
    options.iter().any(|option| !after(option).is_empty())
}

/// Every end of a run of characters from one of the starts; without `across` it stops at `/`.
fn runs(path: &[char], starts: &Positions, across: bool) -> Positions {
    let mut reached = Positions::none(path);
    for start in starts.iter() {
        // An earlier run that passed here went as far as this one can.
        if reached.contains(start) {
            continue;
        }
        let stop = path[start..].iter().position(|&c| c == '/' && !across);
        reached.extend(start, stop.map_or(path.len(), |n| start + n));
    }
    reached
}

fn group(options: &[Seq], repeat: Repeat, path: &[char], at: Positions) -> Positions {
    let once = |from: &Positions| {
        let mut found = Positions::none(path);
        options.iter().for_each(|seq| found.join(&ends(seq, path, from.clone())));
        found
    };
    let mut reached = once(&at);
    if matches!(repeat, Repeat::Any | Repeat::Some) {
        let mut fresh = reached.clone();
        while !fresh.is_empty() {
            fresh = once(&fresh).without(&reached);
            reached.join(&fresh);
        }
    }
    if matches!(repeat, Repeat::Any | Repeat::Maybe) {
        reached.join(&at);
    }
    reached
}
