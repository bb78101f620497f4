//! Clover's XML, as Istanbul, PHPUnit, gcovr and OpenClover write it.

use std::collections::BTreeMap;

use super::{FileCoverage, Format, Lines, Measured, Ratio, Report, number};
use crate::read::xml::{Node, child, children};

/// Whether a `<coverage>` is Clover's and not Cobertura's.
pub(super) fn is(root: Node<'_, '_>) -> bool {
    child(root, "project").is_some()
}

/// Reads a report; its `<testproject>` measures the tests and is left out.
pub(super) fn read(root: Node<'_, '_>) -> Result<Report, String> {
    let mut files: Vec<(String, FileCoverage)> = Vec::new();
    let mut index: BTreeMap<&str, usize> = BTreeMap::new();
    let projects: Vec<_> = children(root, "project").collect();
    let all = projects.iter().flat_map(Node::descendants);
    for file in all.filter(|n| n.is_element() && n.tag_name().name() == "file") {
        // PHPUnit writes the path as the name.
        let path = file.attribute("path").or_else(|| file.attribute("name"));
        let path = path.ok_or("has a file without a name")?;
        let coverage = coverage(file);
        let at = *index.entry(path).or_insert(files.len());
        match files.get_mut(at) {
            Some((_, known)) => known.merge(&coverage),
            None => files.push((path.to_owned(), coverage)),
        }
    }
    Ok(Report::new(Format::Clover, files))
}

/// A line is code where a statement or a condition stands on it; a method's own line is not one.
fn coverage(file: Node<'_, '_>) -> FileCoverage {
    let mut lines = Lines::new();
    for line in children(file, "line").filter(|line| line.attribute("type") != Some("method")) {
        let Some(at) = number::<u32>(line, "num") else { continue };
        // OpenClover counts a condition by its outcomes alone; Istanbul gives those too, of a branch that need not be
        // the line's own.
        let count = |name| number::<u64>(line, name);
        let outcomes = || count("truecount").unwrap_or_default().max(count("falsecount").unwrap_or_default());
        *lines.entry(at).or_default() |= count("count").unwrap_or_else(outcomes) > 0;
    }
    let metrics = child(file, "metrics");
    let ratio = |hit: &str, found: &str| {
        let metrics = metrics?;
        let ratio = Ratio { hit: number(metrics, hit)?, found: number(metrics, found)? };
        (ratio.hit <= ratio.found).then_some(ratio)
    };
    let statements = ratio("coveredstatements", "statements");
    let counted = Ratio::of(lines.values().copied());
    let measured = Measured {
        lines: if counted.found > 0 { Some(counted) } else { statements },
        branches: ratio("coveredconditionals", "conditionals"),
        functions: ratio("coveredmethods", "methods"),
        statements,
    };
    let unlisted = counted.found == 0 && statements.is_some_and(|all| all.found > 0);
    FileCoverage { measured, lines: (!unlisted).then_some(lines) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::xml;

    #[test]
    fn methods_are_no_lines_and_the_tests_project_is_left_out() {
        let document = xml::parse(
            r#"<coverage generated="1" clover="3"><project timestamp="1"><package name="p"><file name="/r/a.php">
            <class name="A"><metrics methods="1"/></class><line num="3" type="method" name="f" count="1"/>
            <line num="4" type="stmt" count="2"/><line num="5" type="cond" truecount="0" falsecount="3"/><line num="6" type="stmt" count="0"/>
            <metrics statements="2" coveredstatements="1" conditionals="2" coveredconditionals="1" methods="1" coveredmethods="1"/>
            </file></package></project><testproject><file name="t"/></testproject></coverage>"#,
        );
        let document = document.unwrap();
        assert!(is(document.root_element()));
        let report = read(document.root_element()).unwrap();
        let (path, file) = &report.files[0];
        assert_eq!((path.as_str(), report.files.len()), ("/r/a.php", 1));
        assert_eq!(file.lines, Some([(4, true), (5, true), (6, false)].into()));
        assert_eq!(file.measured.statements, Some(Ratio { hit: 1, found: 2 }));
        assert_eq!(file.measured.functions, Some(Ratio { hit: 1, found: 1 }));
    }
}
