//! Build scripts of Maven and Gradle that go on when tests fail.

use std::ops::Range;

use super::deed::{Deed, Weight};
use crate::ids::RepoPath;
use crate::read::gradle::{self, Action, Item, Names};
use crate::read::json::Value;
use crate::read::xml;
use crate::span::line_start;
use crate::undecided::Undecided;

fn goes_on(range: Range<usize>, words: &str, of: &str) -> Deed {
    Deed {
        range,
        matter: format!("goes on {words} {of}"),
        headline: format!("`{words}` in `{{file}}` lets the build succeed when tests fail"),
        why: format!(
            "{of} reports the failures and goes on, so that the build's own result says nothing of them."
        ),
        label: "failures of tests are ignored here",
        weight: Weight::Block,
    }
}

/// `<testFailureIgnore>true</…>` and its property, outside of profiles.
pub(super) fn pom(source: &str) -> Result<Vec<Deed>, Undecided> {
    let document = xml::parse(source).map_err(Undecided::new)?;
    let named = |name: &str| matches!(name, "testFailureIgnore" | "maven.test.failure.ignore");
    let on = document.descendants().filter(|node| {
        node.is_element()
            && named(node.tag_name().name())
            && node.text().is_some_and(|text| text.trim() == "true")
    });
    let always = on.filter(|node| node.ancestors().all(|above| above.tag_name().name() != "profile"));
    let deed = |node: xml::Node<'_, '_>| {
        let name = node.tag_name().name();
        let plugin = node.ancestors().find(|above| above.tag_name().name() == "plugin");
        let plugin = plugin.and_then(|plugin| xml::text(plugin, "artifactId")).unwrap_or("Maven");
        goes_on(node.range(), &format!("<{name}>true</{name}>"), plugin)
    };
    Ok(always.map(deed).collect())
}

/// `ignoreFailures = true` in a block of a test task.
pub(super) fn gradle(path: &RepoPath, source: &str) -> Result<Vec<Deed>, Undecided> {
    let items = gradle::parse(path, source)?.items(&mut Names::default());
    Ok(items.iter().filter_map(|item| ignoring(item, source)).collect())
}

fn ignoring(item: &Item, source: &str) -> Option<Deed> {
    let (name, value) = match &item.action {
        Action::Set(name, value) => (name.as_str(), value),
        Action::Call(name, arguments, false) => (name.as_str(), arguments.first()?),
        _ => return None,
    };
    let (owner, name) = name.rsplit_once('.').unwrap_or(("", name));
    let is_on = *value == Value::Bool(true) && matches!(name, "ignoreFailures" | "setIgnoreFailures");
    let is_test = |name: &str| name == "test" || name.ends_with("Test") || name.ends_with("Tests");
    let framed = item.within.iter().any(|frame| {
        let texts = frame.arguments.iter().filter_map(Value::as_text);
        is_test(frame.last()) || frame.given("Test") || texts.into_iter().any(is_test)
    });
    let owned = is_test(owner.rsplit('.').next().unwrap_or_default());
    let is_sure = item.within.iter().all(|frame| !frame.conditional);
    if !is_on || !(framed || owned) || !is_sure {
        return None;
    }
    let start = line_start(source, item.line);
    let line = source[start..].lines().next().unwrap_or_default();
    let indent = line.len() - line.trim_start().len();
    Some(goes_on(start + indent..start + line.trim_end().len(), "ignoreFailures = true", "Gradle"))
}

#[cfg(test)]
mod facts {
    use super::*;

    #[test]
    fn a_build_that_ignores_failures_of_tests_is_known() {
        let of = |text: &str| gradle(&"build.gradle.kts".parse().unwrap(), text).unwrap().len();
        let groovy = |text: &str| gradle(&"build.gradle".parse().unwrap(), text).unwrap().len();
        assert_eq!(of("tasks.test {\n    ignoreFailures = true\n}\n"), 1);
        assert_eq!(of("tasks.withType<Test> {\n    ignoreFailures = true\n}\n"), 1);
        assert_eq!(of("tasks.named<Test>(\"integrationTest\") {\n    ignoreFailures = true\n}\n"), 1);
        assert_eq!(groovy("test {\n    ignoreFailures = true\n}\n"), 1);
        assert_eq!(groovy("tasks.withType(Test) {\n    ignoreFailures true\n}\n"), 1);
        assert_eq!(of("checkstyle {\n    ignoreFailures = true\n}\n"), 0);
        assert_eq!(groovy("pmd {\n    ignoreFailures = true\n}\n"), 0);
        assert_eq!(of("tasks.test {\n    ignoreFailures = false\n}\n"), 0);
        assert_eq!(of("tasks.test {\n    ignoreFailures = project.hasProperty(\"go\")\n}\n"), 0);
    }

    #[test]
    fn a_pom_that_goes_on_is_known_outside_of_profiles() {
        let plugin = "<plugin><artifactId>maven-surefire-plugin</artifactId><configuration><testFailureIgnore>true</testFailureIgnore></configuration></plugin>";
        assert_eq!(
            pom(&format!("<project><build><plugins>{plugin}</plugins></build></project>")).unwrap().len(),
            1
        );
        assert_eq!(pom("<project><properties><maven.test.failure.ignore>true</maven.test.failure.ignore></properties></project>").unwrap().len(), 1);
        assert_eq!(
            pom(&format!("<project><profiles><profile>{plugin}</profile></profiles></project>")).unwrap(),
            []
        );
        assert_eq!(pom(&format!("<project>{}</project>", plugin.replace(">true<", ">false<"))).unwrap(), []);
        assert_eq!(
            pom(&format!("<project>{}</project>", plugin.replace(">true<", ">${lenient}<"))).unwrap(),
            []
        );
    }
}
