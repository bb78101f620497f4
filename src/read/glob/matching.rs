//! Where a pattern can end, given where it starts: sets of positions instead of backtracking.

use super::{Node, Repeat, Seq};

/// The sorted positions at which the sequence can end when it starts at one of the sorted `starts`.
pub(super) fn ends(seq: &[Node], path: &[char], starts: Vec<usize>) -> Vec<usize> {
    let mut at = starts;
    for node in seq {
        if at.is_empty() {
            break;
        }
        at = step(node, path, at);
    }
    at
}

fn step(node: &Node, path: &[char], at: Vec<usize>) -> Vec<usize> {
    let one = |matches: &dyn Fn(char) -> bool| {
        at.iter().filter(|&&p| path.get(p).is_some_and(|&c| matches(c))).map(|p| p + 1).collect()
    };
    match node {
        Node::Char(wanted) => one(&|c| c == *wanted),
        Node::One => one(&|c| c != '/'),
        Node::Class { not, ranges } => {
            one(&|c| c != '/' && ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *not)
        }
        Node::Plain => at.into_iter().filter(|&p| path.get(p) != Some(&'.')).collect(),
        Node::More => at.into_iter().filter(|&p| p < path.len()).collect(),
        Node::Begin => at.into_iter().filter(|&p| p == 0).collect(),
        Node::End => at.into_iter().filter(|&p| p == path.len()).collect(),
        Node::Star => runs(path, &at, false),
        Node::Globstar => runs(path, &at, true),
        Node::Group { options, repeat } => group(options, *repeat, path, at),
        Node::Not { options, then, across } => {
            let free: Vec<usize> = at.into_iter().filter(|&p| !stands(options, then, path, p)).collect();
            runs(path, &free, *across)
        }
    }
}

fn stands(options: &[Seq], then: &[Node], path: &[char], at: usize) -> bool {
    options.iter().any(|option| !ends(then, path, ends(option, path, vec![at])).is_empty())
}

/// Every end of a run of characters from one of the sorted starts; without `across` it stops at `/`.
fn runs(path: &[char], starts: &[usize], across: bool) -> Vec<usize> {
    let mut reached: Vec<usize> = Vec::new();
    for &start in starts {
        // An earlier run that passed here went as far as this one can.
        if reached.last().is_some_and(|&last| start <= last) {
            continue;
        }
        let stop = path[start..].iter().position(|&c| c == '/' && !across).map_or(path.len(), |n| start + n);
        reached.extend(start..=stop);
    }
    reached
}

fn group(options: &[Seq], repeat: Repeat, path: &[char], at: Vec<usize>) -> Vec<usize> {
    let once = |from: &[usize]| {
        let mut found: Vec<usize> = options.iter().flat_map(|seq| ends(seq, path, from.to_vec())).collect();
        sort(&mut found);
        found
    };
    let mut reached = once(&at);
    if matches!(repeat, Repeat::Any | Repeat::Some) {
        let mut fresh = reached.clone();
        while !fresh.is_empty() {
            fresh = once(&fresh).into_iter().filter(|p| reached.binary_search(p).is_err()).collect();
            reached.extend(&fresh);
            sort(&mut reached);
        }
    }
    if matches!(repeat, Repeat::Any | Repeat::Maybe) {
        reached.extend(at);
        sort(&mut reached);
    }
    reached
}

fn sort(positions: &mut Vec<usize>) {
    positions.sort_unstable();
    positions.dedup();
}
