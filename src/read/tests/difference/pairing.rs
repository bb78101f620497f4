//! Which test of head is which of base: by name, by place, by text.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::Hash;

use super::{Difference, Likeness, Pair, Place, text};
use crate::change::Change;
use crate::read::alike::{hashed, shared};
use crate::read::tests::Test;
use crate::read::tests::assertion::normal;

/// A body shorter than this many bytes is like too many others.
const MIN_BODY: usize = 24;
/// So many comparisons of whole tests are made at most; beyond them only those of one file.
const MAX_COMPARED: usize = 250_000;
/// Two tests share at least this part of their words where one is the other, rewritten.
const MIN_ALIKE: f64 = 0.7;

/// Fills in pairs, and what is left on either side.
pub(super) fn pair(change: &Change, difference: &mut Difference) {
    let mut open = Open::of(change, difference);
    open.by_name();
    open.by_key(Likeness::Moved, |side, place| Some(side.test(place).name.clone()), |_| true);
    open.by_key(Likeness::Leaf, |side, place| Some((place.file, leaf(side.test(place))?)), |_| true);
    open.by_text();
    open.by_key(Likeness::Leaf, |side, place| leaf(side.test(place)), |score| score >= MIN_ALIKE / 2.0);
    open.by_likeness();
    let Open { pairs, base, head, .. } = open;
    let (gone, born) = (base.left(), head.left());
    difference.pairs = pairs;
    difference.pairs.sort_by_key(|pair| (pair.head, pair.base));
    (difference.gone, difference.born) = (gone, born);
}

fn leaf(test: &Test) -> Option<String> {
    test.name.last().cloned()
}

/// The tests of one side.
struct Tests<'a> {
    files: Vec<(&'a [Test], &'a str)>,
    left: HashSet<Place>,
    words: HashMap<Place, Vec<u64>>,
}

impl<'a> Tests<'a> {
    fn of(files: Vec<(&'a [Test], &'a str)>) -> Self {
        let places = files
            .iter()
            .enumerate()
            .flat_map(|(file, (tests, _))| (0..tests.len()).map(move |test| Place { file, test }));
        Self { left: places.collect(), files, words: HashMap::new() }
    }

    fn test(&self, place: Place) -> &'a Test {
        &self.files[place.file].0[place.test]
    }

    /// What is not paired yet, in order.
    fn left(&self) -> Vec<Place> {
        let mut left: Vec<Place> = self.left.iter().copied().collect();
        left.sort();
        left
    }

    fn body(&self, place: Place) -> &'a str {
        let test = self.test(place);
        self.files[place.file].1.get(test.body.clone()).unwrap_or_default()
    }

    /// The words of a test's text, sorted.
    fn learn(&mut self, place: Place) {
        if self.words.contains_key(&place) {
            return;
        }
        let text = self.files[place.file].1.get(self.test(place).range.clone()).unwrap_or_default();
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
        let mut words: Vec<u64> = words.map(hashed).collect();
        words.sort_unstable();
        self.words.insert(place, words);
    }
}

struct Open<'a> {
    base: Tests<'a>,
    head: Tests<'a>,
    pairs: Vec<Pair>,
}

impl<'a> Open<'a> {
    fn of(change: &'a Change, difference: &'a Difference) -> Self {
        let mut base = Vec::new();
        let mut head = Vec::new();
        for file in &difference.files {
            let was = text(&change.base, file.base_path.as_ref()).unwrap_or_default();
            let is = text(&change.head, file.head_path.as_ref()).unwrap_or_default();
            base.push((file.base.as_slice(), was));
            head.push((file.head.as_slice(), is));
        }
        Self { base: Tests::of(base), head: Tests::of(head), pairs: Vec::new() }
    }

    fn join(&mut self, base: Place, head: Place, by: Likeness) {
        self.base.left.remove(&base);
        self.head.left.remove(&head);
        self.pairs.push(Pair { base, head, by });
    }

    /// Of one file and name. Where there are more on one side, all are taken for still there, and none is told apart.
    fn by_name(&mut self) {
        for file in 0..self.base.files.len() {
            let mut names: BTreeMap<&[String], (Vec<Place>, Vec<Place>)> = BTreeMap::new();
            for (test, of) in self.base.files[file].0.iter().enumerate() {
                names.entry(&of.name).or_default().0.push(Place { file, test });
            }
            for (test, of) in self.head.files[file].0.iter().enumerate() {
                names.entry(&of.name).or_default().1.push(Place { file, test });
            }
            for (base, head) in
                names.into_values().filter(|(base, head)| !base.is_empty() && !head.is_empty())
            {
                if base.len() == head.len() {
                    base.into_iter().zip(head).for_each(|(b, h)| self.join(b, h, Likeness::Name));
                } else {
                    self.base.left.retain(|place| !base.contains(place));
                    self.head.left.retain(|place| !head.contains(place));
                }
            }
        }
    }

    /// Those that alone have a key on both sides.
    fn by_key<K: Eq + Hash + Ord>(
        &mut self,
        by: Likeness,
        key: impl Fn(&Tests<'a>, Place) -> Option<K>,
        suits: impl Fn(f64) -> bool,
    ) {
        let group = |side: &Tests<'a>| {
            let mut groups: BTreeMap<K, Vec<Place>> = BTreeMap::new();
            for place in side.left() {
                if let Some(key) = key(side, place) {
                    groups.entry(key).or_default().push(place);
                }
            }
            groups
        };
        let (base, mut head) = (group(&self.base), group(&self.head));
        for (key, places) in base {
            if let ([b], Some([h])) = (places.as_slice(), head.remove(&key).as_deref())
                && suits(self.score(*b, *h))
            {
                self.join(*b, *h, by);
            }
        }
    }

    /// Those with the same body, the first with the first. What became several is there still.
    fn by_text(&mut self) {
        let mut bodies: HashMap<String, Vec<Place>> = HashMap::new();
        for place in self.head.left() {
            let body = self.head.body(place);
            if body.len() >= MIN_BODY {
                bodies.entry(normal(body)).or_default().push(place);
            }
        }
        if bodies.is_empty() {
            return;
        }
        for place in self.base.left() {
            let Some(same) = bodies.get_mut(&normal(self.base.body(place))) else { continue };
            if let Some(at) = same.iter().position(|head| self.head.left.contains(head)) {
                let head = same.remove(at);
                self.join(place, head, Likeness::Text);
            }
        }
    }

    /// Those that share most of their words, the likest first.
    fn by_likeness(&mut self) {
        let (base, head) = (self.base.left(), self.head.left());
        let everywhere = base.len() * head.len() <= MAX_COMPARED;
        let mut scores = Vec::new();
        for b in &base {
            for h in &head {
                if everywhere || b.file == h.file {
                    let score = self.score(*b, *h);
                    if score >= MIN_ALIKE {
                        scores.push((score, *b, *h));
                    }
                }
            }
        }
        scores.sort_by(|x, y| y.0.total_cmp(&x.0).then_with(|| (x.1, x.2).cmp(&(y.1, y.2))));
        for (_, b, h) in scores {
            if self.base.left.contains(&b) && self.head.left.contains(&h) {
                self.join(b, h, Likeness::Alike);
            }
        }
    }

    /// The part of their words that two tests share, from 0 to 1.
    fn score(&mut self, base: Place, head: Place) -> f64 {
        self.base.learn(base);
        self.head.learn(head);
        let (one, two) = (&self.base.words[&base], &self.head.words[&head]);
        let all = one.len() + two.len();
        if all == 0 { 0.0 } else { 2.0 * shared(one, two) as f64 / all as f64 }
    }
}
