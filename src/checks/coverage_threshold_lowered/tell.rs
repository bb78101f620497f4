//! How gates that fell are told.

use super::{Fall, RULE, admission, explanation};
use crate::checks::{Finding, package};
use crate::claims::Claims;
use crate::span::Location;

/// Gates that fell, and where. A place that several packages inherit stands here once.
pub(super) struct Fallen<'a> {
    pub(super) tool: &'static str,
    pub(super) packages: Vec<&'a str>,
    pub(super) falls: Vec<Fall<'a>>,
    pub(super) places: Vec<Location>,
    /// Whether something else does now what the tool did.
    pub(super) replaced: bool,
}

impl Fallen<'_> {
    pub(super) fn is_the_same_line(&self, other: &Self) -> bool {
        let same = |one: &Fall<'_>, two: &Fall<'_>| one.words() == two.words();
        (self.tool, self.replaced, &self.places) == (other.tool, other.replaced, &other.places)
            && self.falls.len() == other.falls.len()
            && self.falls.iter().zip(&other.falls).all(|(one, two)| same(one, two))
    }

    /// The folder of the package, or of the file that several packages inherit from.
    fn dir(&self) -> &str {
        match self.packages.as_slice() {
            [package] => package::dir(package),
            _ => self.places.first().map_or("", |place| place.path.dir()),
        }
    }

    pub(super) fn finding(self, claims: &Claims) -> Finding {
        let mut text = String::new();
        if self.packages.len() > 1 {
            text.push_str(&format!("In {}:\n", listed(&self.packages)));
        }
        text.push_str(&explanation(&self.falls));
        let dir = self.dir().to_owned();
        let headline = headline(self.tool, &dir, &self.falls);
        let finding = place_finding(self.tool, &dir, self.places, headline, &self.falls)
            .explain(text)
            .disclosed(admission(claims));
        if self.replaced { finding.note() } else { finding }
    }
}

/// The first of some packages, and how many more there are.
fn listed(packages: &[&str]) -> String {
    const SHOWN: usize = 8;
    let name =
        |package: &&str| if package::dir(package).is_empty() { "the root" } else { package }.to_owned();
    let mut names: Vec<String> = packages.iter().take(SHOWN).map(name).collect();
    let last = match packages.len().saturating_sub(SHOWN) {
        0 => names.pop().unwrap_or_default(),
        more => format!("{more} more"),
    };
    format!("{} and {last}", names.join(", "))
}

pub(super) fn place_finding(
    tool: &str,
    dir: &str,
    mut places: Vec<Location>,
    headline: String,
    falls: &[Fall<'_>],
) -> Finding {
    let primary = places.remove(0);
    let matter: Vec<String> = falls.iter().map(Fall::words).collect();
    let matter = format!("{tool} {} {}", if dir.is_empty() { "." } else { dir }, matter.join(" "));
    places.into_iter().fold(Finding::new(&RULE, primary, headline, &matter), Finding::related)
}

fn headline(tool: &str, dir: &str, falls: &[Fall<'_>]) -> String {
    let place = package::said(dir);
    match falls {
        [fall] => format!("{tool}'s coverage threshold {}{place}", fall.words()),
        [first, ..] => {
            format!(
                "{} of {tool}'s coverage thresholds fell or are gone{place}: {}, …",
                falls.len(),
                first.words()
            )
        }
        [] => String::new(),
    }
}
