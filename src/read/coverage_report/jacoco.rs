//! JaCoCo's XML, which Kover and gcovr write too.

use std::collections::BTreeMap;

use super::{FileCoverage, Format, Lines, Measured, Ratio, Report, number};
use crate::read::xml::{Node, children};

/// Reads a report. A file's path is its package with its name, behind its group and `!` where there are groups.
pub(super) fn read(root: Node<'_, '_>) -> Result<Report, String> {
    if !root
        .children()
        .any(|n| n.is_element() && matches!(n.tag_name().name(), "package" | "group" | "counter"))
    {
        return Err("is a `<report>` without JaCoCo's packages".into());
    }
    let mut files: Vec<(String, FileCoverage)> = Vec::new();
    let mut index: BTreeMap<String, usize> = BTreeMap::new();
    for package in root.descendants().filter(|n| n.is_element() && n.tag_name().name() == "package") {
        let front = front(package);
        for file in children(package, "sourcefile") {
            let path = format!("{front}{}", file.attribute("name").ok_or("has a file without a name")?);
            let coverage = coverage(file)?;
            let at = *index.entry(path.clone()).or_insert(files.len());
            match files.get_mut(at) {
                Some((_, known)) => known.merge(&coverage),
                None => files.push((path, coverage)),
            }
        }
    }
    Ok(Report::new(Format::Jacoco, files))
}

fn front(package: Node<'_, '_>) -> String {
    let groups = package.ancestors().skip(1).filter(|n| n.tag_name().name() == "group");
    let mut names: Vec<&str> = groups.filter_map(|group| group.attribute("name")).collect();
    names.reverse();
    let groups: String = names.iter().map(|name| format!("{name}!")).collect();
    match package.attribute("name") {
        None | Some("") => groups,
        Some(name) => format!("{groups}{name}/"),
    }
}

/// A line ran where any of its instructions did. gcovr's lines have no instructions: they tell nothing.
fn coverage(file: Node<'_, '_>) -> Result<FileCoverage, String> {
    let counter = |kind: &str| {
        let counter = children(file, "counter").find(|n| n.attribute("type") == Some(kind))?;
        let (missed, hit) = (number::<u64>(counter, "missed")?, number::<u64>(counter, "covered")?);
        Some(Ratio { hit, found: missed.saturating_add(hit) })
    };
    let mut lines = Some(Lines::new());
    for line in children(file, "line") {
        let at = number::<u32>(line, "nr").ok_or("has a line without a number")?;
        let (missed, hit) = (number::<u64>(line, "mi"), number::<u64>(line, "ci"));
        match &mut lines {
            Some(lines) if missed.is_some() || hit.is_some() => {
                *lines.entry(at).or_default() |= hit.unwrap_or_default() > 0;
            }
            _ => lines = None,
        }
    }
    let counted = counter("LINE");
    // Without debug information a file has counters and no lines.
    let unlisted = counted.is_some_and(|lines| lines.found > 0);
    let measured = Measured {
        lines: counted.or_else(|| Some(Ratio::of(lines.as_ref()?.values().copied()))),
        branches: counter("BRANCH"),
        functions: counter("METHOD"),
        statements: counter("INSTRUCTION"),
    };
    Ok(FileCoverage { measured, lines: lines.filter(|lines| !lines.is_empty() || !unlisted) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::xml;

    fn report(text: &str) -> Result<Report, String> {
        read(xml::parse(text).unwrap().root_element())
    }

    #[test]
    fn files_of_groups_and_packages_are_counted_by_their_own_counters() {
        let report = report(
            r#"<!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd"><report name="all"><group name="lib">
            <package name="com/x"><class name="com/x/A" sourcefilename="A.java"><counter type="LINE" missed="9" covered="9"/></class>
            <sourcefile name="A.java"><line nr="3" mi="0" ci="4" mb="1" cb="1"/><line nr="4" mi="2" ci="0" mb="0" cb="0"/>
            <line nr="5" mi="1" ci="1" mb="0" cb="0"/><counter type="INSTRUCTION" missed="3" covered="5"/>
            <counter type="BRANCH" missed="1" covered="1"/><counter type="LINE" missed="1" covered="2"/>
            <counter type="METHOD" missed="0" covered="1"/></sourcefile></package></group></report>"#,
        )
        .unwrap();
        let (path, file) = &report.files[0];
        assert_eq!((path.as_str(), report.files.len()), ("lib!com/x/A.java", 1));
        assert_eq!(file.measured.lines, Some(Ratio { hit: 2, found: 3 }));
        assert_eq!(file.measured.statements, Some(Ratio { hit: 5, found: 8 }));
        assert_eq!(file.lines, Some([(3, true), (4, false), (5, true)].into()));
    }

    #[test]
    fn lines_without_instructions_tell_nothing() {
        let report = report(
            r#"<report><package name=""><sourcefile name="m.c"><line nr="2"/><line nr="3" mb="2" cb="2"/>
            <counter type="LINE" missed="1" covered="1"/></sourcefile></package></report>"#,
        )
        .unwrap();
        assert_eq!((report.files[0].0.as_str(), &report.files[0].1.lines), ("m.c", &None));
        assert_eq!(report.total().lines, Some(Ratio { hit: 1, found: 2 }));
    }

    #[test]
    fn another_report_is_refused() {
        assert!(report("<report><page/></report>").is_err());
    }
}
