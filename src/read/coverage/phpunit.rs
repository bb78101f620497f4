//! PHPUnit and Pest: the filter of `phpunit.xml` in each of its generations, and the minimum that a command line sets.

mod commands;
mod filter;
mod infection;
mod version;

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::Node;

use super::survey::{Survey, place};
use super::{Gate, Mode, Scope};
use crate::ids::RepoPath;
use crate::read::xml;
use crate::undecided::Undecided;
use commands::Start;
use filter::Filter;

pub(super) const NEEDS: &[&str] =
    &["**/phpunit*.xml", "**/phpunit*.xml.dist", "**/composer.{json,lock}", "**/infection.json{,5}{,.dist}"];

/// What PHPUnit takes without being told, in its order; the second one since version 10.
const NAMES: [&str; 3] = ["phpunit.xml", "phpunit.dist.xml", "phpunit.xml.dist"];

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let starts = commands::starts(survey);
    let of_names = survey.files.iter().filter(|path| NAMES.contains(&path.name())).map(|path| path.dir());
    let mut dirs: BTreeSet<&str> = of_names.collect();
    dirs.extend(starts.iter().filter(|start| start.config.is_some()).map(|start| start.dir.as_str()));
    let mut found: Vec<Scope> = dirs.into_iter().flat_map(|dir| of_folder(survey, dir, &starts)).collect();
    found.extend(infection::scopes(survey));
    found
}

fn of_folder(survey: &Survey<'_>, dir: &str, starts: &[Start]) -> Vec<Scope> {
    let major = version::major(survey, dir);
    let names: &[&str] =
        if major.is_some_and(|major| major < 10) { &["phpunit.xml", "phpunit.xml.dist"] } else { &NAMES };
    let default = survey.first(dir, names);
    let mut by_config: BTreeMap<RepoPath, Vec<&Start>> = BTreeMap::new();
    if let Some(path) = &default {
        by_config.entry(path.clone()).or_default();
    }
    for start in starts.iter().filter(|start| start.dir == dir) {
        let named = start.config.as_deref().and_then(|named| configuration(survey, dir, named, names));
        if let Some(path) = named.or_else(|| default.clone().filter(|_| start.config.is_none())) {
            by_config.entry(path).or_default().push(start);
        }
    }
    by_config.iter().map(|(path, starts)| scope(survey, dir, path, starts, major)).collect()
}

/// The file that `-c` names: itself, or what stands in the folder that it names.
fn configuration(survey: &Survey<'_>, dir: &str, named: &str, names: &[&str]) -> Option<RepoPath> {
    let place = place(dir, named)?;
    place.parse().ok().filter(|path| survey.tree.contains(path)).or_else(|| survey.first(&place, names))
}

fn scope(survey: &Survey<'_>, dir: &str, path: &RepoPath, starts: &[&Start], major: Option<u32>) -> Scope {
    let mut config = vec![path.clone()];
    for start in starts.iter().filter(|start| start.speaks()) {
        if !config.contains(&start.at) {
            config.push(start.at.clone());
        }
    }
    let scope = Scope::new("phpunit", dir, config);
    let gates = gates(starts);
    let text = match survey.tree.text(path) {
        Ok(text) => text.unwrap_or_default(),
        Err(undecided) => return scope.measured(Err(undecided)).gated(gates),
    };
    let document = match xml::parse(text) {
        Ok(document) => document,
        Err(why) => return scope.measured(Err(Undecided::new(why).at(path))).gated(gates),
    };
    let root = document.root_element();
    let major = major.or_else(|| version::of_schema(root));
    let read = elements(root, major);
    let mut filter = Filter::new(survey, path.dir(), major);
    for (element, section) in &read.sections {
        section.iter().for_each(|node| filter.take(*element, *node));
    }
    starts.iter().flat_map(|start| &start.filters).for_each(|named| filter.include_folder(dir, named));
    let configured = filter.includes() || starts.iter().any(|start| start.speaks());
    let mode = if read.uncovered { Mode::Matching } else { Mode::Loaded };
    let files = filter.files().map(|files| (mode, files));
    scope.configured(configured).measured(files).gated(gates)
}

/// Whether a section names what is measured or what is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Include,
    Exclude,
}

/// The parts of a configuration that the version reads.
struct Elements<'a, 'i> {
    sections: Vec<(Element, Option<Node<'a, 'i>>)>,
    /// Whether files count that no test loads.
    uncovered: bool,
}

/// Where the filter stands: `filter/whitelist` up to 9, `coverage` in 9 and 10, `source` since 10.1. Version 9 and 10
/// prefer the elder of the two that they read. Without a version, what is there tells.
fn elements<'a, 'i>(root: Node<'a, 'i>, major: Option<u32>) -> Elements<'a, 'i> {
    let whitelist = xml::child(root, "filter").and_then(|filter| xml::child(filter, "whitelist"));
    let coverage = xml::child(root, "coverage");
    let source = xml::child(root, "source");
    let lists = |section: Option<Node<'a, 'i>>| {
        let include = section.and_then(|section| xml::child(section, "include"));
        include.is_some_and(|list| list.children().any(|child| child.is_element()))
    };
    let old = match major {
        Some(..=8) => true,
        Some(9) => whitelist.is_some(),
        Some(_) => false,
        None => !lists(source) && !lists(coverage) && whitelist.is_some(),
    };
    if old {
        let exclude = whitelist.and_then(|list| xml::child(list, "exclude"));
        return Elements {
            sections: vec![(Element::Include, whitelist), (Element::Exclude, exclude)],
            uncovered: switch(whitelist, "addUncoveredFilesFromWhitelist"),
        };
    }
    let section = match major {
        Some(..=9) => coverage,
        Some(10) if lists(coverage) => coverage,
        None if !lists(source) => coverage,
        _ => source,
    };
    let part = |name| section.and_then(|section| xml::child(section, name));
    Elements {
        sections: vec![(Element::Include, part("include")), (Element::Exclude, part("exclude"))],
        uncovered: switch(coverage, "includeUncoveredFiles"),
    }
}

/// An attribute that is on unless it says otherwise.
fn switch(node: Option<Node<'_, '_>>, name: &str) -> bool {
    !node.and_then(|node| node.attribute(name)).is_some_and(|value| value.eq_ignore_ascii_case("false"))
}

/// Pest's minimum, and that of the checkers of a Clover report. PHPUnit has none of its own.
fn gates(starts: &[&Start]) -> Result<BTreeMap<String, Gate>, Undecided> {
    let mut found = BTreeMap::new();
    for start in starts {
        for (name, figure) in &start.gates {
            let figure: f64 = figure.parse().map_err(|_| super::settings::untold(name, figure))?;
            let there = found.entry(name.clone()).or_insert(Gate::AtLeast(figure));
            if Gate::AtLeast(figure).strictness(*there).is_some_and(std::cmp::Ordering::is_gt) {
                *there = Gate::AtLeast(figure);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
