//! Cobertura's XML, as coverage.py, Istanbul, gcovr, coverlet, cargo-llvm-cov and many others write it.

use std::collections::BTreeMap;

use super::{FileCoverage, Format, Lines, Measured, Ratio, Report, number};
use crate::read::xml::{Node, child, children};

/// What the classes of one file add up to.
#[derive(Default)]
struct File {
    lines: Lines,
    branches: BTreeMap<u32, Ratio>,
    functions: Ratio,
}

/// Reads a report. Several classes of one file are merged; only lines of classes count, since those of methods repeat
/// them. Functions are counted where the report names any.
pub(super) fn read(root: Node<'_, '_>) -> Result<Report, String> {
    let Some(packages) = child(root, "packages") else {
        return Err("is a `<coverage>` that is neither Clover's nor Cobertura's".into());
    };
    let mut files: Vec<(&str, File)> = Vec::new();
    let mut index: BTreeMap<&str, usize> = BTreeMap::new();
    for class in packages.descendants().filter(|n| n.is_element() && n.tag_name().name() == "class") {
        let path = class.attribute("filename").ok_or("has a class without a file")?;
        let at = *index.entry(path).or_insert(files.len());
        if at == files.len() {
            files.push((path, File::default()));
        }
        files[at].1.take(class)?;
    }
    let functions = files.iter().any(|(_, file)| file.functions.found > 0);
    let mut report = Report::new(Format::Cobertura, Vec::with_capacity(files.len()));
    report.files.extend(files.into_iter().map(|(path, file)| (path.to_owned(), file.coverage(functions))));
    let sources = child(root, "sources").into_iter().flat_map(|sources| sources.children());
    report.roots = sources.filter_map(|source| Some(source.text()?.trim().to_owned())).collect();
    report.roots.retain(|source| !source.is_empty() && source != ".");
    let stated = |hit: &str, found: &str| {
        let ratio = Ratio { hit: number(root, hit)?, found: number(root, found)? };
        (0 < ratio.found && ratio.hit <= ratio.found).then_some(ratio)
    };
    report.stated.lines = stated("lines-covered", "lines-valid");
    report.stated.branches = stated("branches-covered", "branches-valid");
    // coverage.py's figure on screen counts branches too; the report does not hold it, but says who wrote it.
    let by_coverage_py =
        root.children().any(|n| n.is_comment() && n.text().is_some_and(|text| text.contains("coverage.py")));
    report.headline_with_branches =
        by_coverage_py && report.total().branches.is_some_and(|branches| branches.found > 0);
    Ok(report)
}

impl File {
    fn take(&mut self, class: Node<'_, '_>) -> Result<(), String> {
        for line in child(class, "lines").into_iter().flat_map(|lines| children(lines, "line")) {
            let at = number::<u32>(line, "number").ok_or("has a line without a number")?;
            // Counts can be larger than any integer, or written with a fraction.
            let hits = number::<f64>(line, "hits").ok_or("has a line without its hits")?;
            *self.lines.entry(at).or_default() |= hits > 0.0;
            if let Some(conditions) = line.attribute("condition-coverage").and_then(conditions) {
                let known = self.branches.entry(at).or_default();
                known.hit = known.hit.max(conditions.hit);
                known.found = known.found.max(conditions.found);
            }
        }
        for method in child(class, "methods").into_iter().flat_map(|methods| children(methods, "method")) {
            let rate = || number::<f64>(method, "line-rate");
            let hit = number::<f64>(method, "hits").or_else(rate).is_some_and(|hits| hits > 0.0);
            self.functions.add(Ratio { hit: hit.into(), found: 1 });
        }
        Ok(())
    }

    fn coverage(self, functions: bool) -> FileCoverage {
        let mut branches = Ratio::default();
        self.branches.into_values().for_each(|line| branches.add(line));
        let mut file = FileCoverage::of_lines(self.lines);
        file.measured = Measured {
            branches: Some(branches),
            functions: functions.then_some(self.functions),
            ..file.measured
        };
        file
    }
}

/// `50% (1/2)`
fn conditions(text: &str) -> Option<Ratio> {
    let (hit, found) = text.split_once('(')?.1.split_once(')')?.0.split_once('/')?;
    let ratio = Ratio { hit: hit.trim().parse().ok()?, found: found.trim().parse().ok()? };
    (ratio.hit <= ratio.found).then_some(ratio)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::xml;

    fn report(text: &str) -> Result<Report, String> {
        read(xml::parse(text).unwrap().root_element())
    }

    #[test]
    fn classes_of_one_file_are_merged_and_lines_of_methods_are_not_counted_twice() {
        let report = report(
            r#"<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd"><coverage line-rate="0.5">
            <sources><source>/r</source><source>.</source></sources><packages><package name="p"><classes>
            <class name="A" filename="A.cs"><methods><method name="f" line-rate="1"><lines><line number="1" hits="1"/></lines></method></methods>
            <lines><line number="1" hits="1"/><line number="2" hits="99999999999999999999" branch="true" condition-coverage="50% (1/2)"/></lines></class>
            <class name="A/B" filename="A.cs"><methods><method name="g" line-rate="0"/></methods><lines><line number="2" hits="0"/><line number="7" hits="0"/></lines></class>
            </classes></package></packages></coverage>"#,
        )
        .unwrap();
        let file = &report.files[0].1;
        assert_eq!((report.files.len(), report.roots.as_slice()), (1, &["/r".to_owned()][..]));
        assert_eq!(file.lines, Some([(1, true), (2, true), (7, false)].into()));
        assert_eq!(file.measured.branches, Some(Ratio { hit: 1, found: 2 }));
        assert_eq!(file.measured.functions, Some(Ratio { hit: 1, found: 2 }));
        assert!(!report.headline_with_branches);
    }

    #[test]
    fn what_has_no_packages_or_no_hits_is_refused() {
        assert!(report("<coverage/>").is_err());
        let line = r#"<coverage><packages><class filename="a"><lines><line number="1"/></lines></class></packages></coverage>"#;
        assert!(report(line).unwrap_err().contains("hits"));
    }
}
