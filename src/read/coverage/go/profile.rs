//! What is left of a profile once lines were taken out of it.

use std::collections::{BTreeMap, BTreeSet};

use super::grep::Filter;
use crate::ids::RepoPath;
use crate::read::commands::Command;
use crate::read::coverage::settings::untold;
use crate::undecided::Undecided;

/// A file's name as it begins the lines of a profile, by the file.
pub(super) type Lines = BTreeMap<RepoPath, String>;

/// A profile: the files in it, or why they can't be told.
type Content = Result<BTreeSet<RepoPath>, Undecided>;

struct Profiles<'l> {
    lines: &'l Lines,
    by_name: BTreeMap<String, Content>,
    /// Those that another was made from.
    consumed: BTreeSet<String>,
}

/// The files that stay in the profiles that are made from one, by the commands that follow it.
pub(super) fn left(profile: &str, lines: &Lines, commands: &[&Command]) -> Content {
    let mut profiles = Profiles { lines, by_name: BTreeMap::new(), consumed: BTreeSet::new() };
    profiles.by_name.insert(name(profile).to_owned(), Ok(lines.keys().cloned().collect()));
    let mut rest = commands;
    while let Some(first) = rest.first() {
        let more = rest[1..].iter().take_while(|command| command.piped && command.at == first.at).count();
        profiles.run(&rest[..=more]);
        rest = &rest[more + 1..];
    }
    let Profiles { by_name, consumed, .. } = profiles;
    let mut found = BTreeSet::new();
    for (name, content) in by_name {
        if !consumed.contains(&name) {
            found.extend(content?);
        }
    }
    Ok(found)
}

fn name(file: &str) -> &str {
    file.trim_start_matches("./")
}

impl Profiles<'_> {
    fn run(&mut self, pipeline: &[&Command]) {
        let mut stream: Option<(Vec<String>, Content)> = None;
        for command in pipeline {
            let read = command.reads.as_deref().and_then(|file| self.open(&[file.to_owned()]));
            stream = self.stage(command, read.or_else(|| stream.take()));
            if let Some((file, goes_on)) = &command.writes {
                if let Some((sources, content)) = stream.take() {
                    self.write(file, *goes_on, &sources, content);
                }
            }
        }
    }

    /// What a command passes on, where that is a profile.
    fn stage(
        &mut self,
        command: &Command,
        stream: Option<(Vec<String>, Content)>,
    ) -> Option<(Vec<String>, Content)> {
        let words = command.words.as_slice();
        let (tool, arguments) = words.split_first()?;
        if let Some(filter) = Filter::of(words) {
            return self.filter(filter, words, stream);
        }
        let named = self.open(arguments);
        match tool.rsplit('/').next()? {
            "cat" | "sort" | "uniq" | "tail" => named.or(stream),
            "head" => named.or(stream).map(|(sources, _)| (sources, Ok(BTreeSet::new()))),
            "tee" => {
                let (sources, content) = stream?;
                let files = arguments.iter().filter(|word| !word.starts_with('-'));
                files.for_each(|file| self.write(file, false, &sources, content.clone()));
                Some((sources, content))
            }
            "mv" | "cp" => {
                let to = arguments.last()?;
                let (sources, content) = self.open(&arguments[..arguments.len() - 1])?;
                self.write(to, false, &sources, content);
                None
            }
            "awk" | "gawk" | "perl" | "python" | "python3" => {
                let (sources, _) = named.or(stream)?;
                let expression = words.join(" ");
                Some((sources, Err(untold("the filter of the profile", &expression))))
            }
            _ => None,
        }
    }

    fn filter(
        &mut self,
        filter: Result<Filter, Undecided>,
        words: &[String],
        stream: Option<(Vec<String>, Content)>,
    ) -> Option<(Vec<String>, Content)> {
        let filter = match filter {
            Ok(filter) => filter,
            Err(undecided) => {
                let (sources, _) = self.open(words).or(stream)?;
                return Some((sources, Err(undecided)));
            }
        };
        let (sources, content) = self.open(&filter.files).or(stream)?;
        let left = content.and_then(|files| self.passing(&filter, files, words));
        if filter.in_place {
            sources.iter().for_each(|file| self.write(file, false, &[], left.clone()));
            return None;
        }
        Some((sources, left))
    }

    fn passing(&self, filter: &Filter, files: BTreeSet<RepoPath>, words: &[String]) -> Content {
        let mut left = BTreeSet::new();
        for path in files {
            let Some(line) = self.lines.get(&path) else { continue };
            let stays = |counts: &str| filter.keeps(&format!("{line}:{counts}"));
            let stays = [stays("3.13,5.2 1 0"), stays("27.40,28.17 2 1"), stays("104.2,118.9 12 6")];
            if stays.contains(&true) && stays.contains(&false) {
                return Err(untold("the lines of the profile", &words.join(" ")));
            }
            if stays[0] {
                left.insert(path);
            }
        }
        Ok(left)
    }

    /// The profiles among these files, and what they hold together.
    fn open(&self, files: &[String]) -> Option<(Vec<String>, Content)> {
        let known: Vec<String> = files
            .iter()
            .map(|file| name(file).to_owned())
            .filter(|file| self.by_name.contains_key(file))
            .collect();
        let contents: Result<Vec<_>, _> = known.iter().map(|file| self.by_name[file].clone()).collect();
        (!known.is_empty()).then(|| (known, contents.map(|all| all.into_iter().flatten().collect())))
    }

    fn write(&mut self, file: &str, goes_on: bool, sources: &[String], content: Content) {
        if matches!(file, "/dev/null" | "/dev/stdout" | "/dev/stderr") {
            return;
        }
        let file = name(file).to_owned();
        self.consumed.extend(sources.iter().filter(|source| **source != file).cloned());
        self.consumed.remove(&file);
        let before = if goes_on { self.by_name.remove(&file) } else { None };
        let content = match (before, content) {
            (Some(Ok(before)), Ok(content)) => Ok(before.into_iter().chain(content).collect()),
            (Some(Err(undecided)), _) | (_, Err(undecided)) => Err(undecided),
            (None, content) => content,
        };
        self.by_name.insert(file, content);
    }
}
