//! What Kover reports and verifies, by its configuration.

use crate::change::Tree;
use crate::read::coverage::{Gate, Scope, scopes};

const CART: &str = "src/main/kotlin/com/acme/Cart.kt";
const DTO: &str = "src/main/kotlin/com/acme/dto/CartDto.kt";
const MAIN: &str = "src/main/kotlin/com/acme/Main.kt";

fn told(script: &str) -> Scope {
    let script = format!("plugins {{ id(\"org.jetbrains.kotlinx.kover\") version \"0.9.1\" }}\n{script}");
    let files = [
        ("build.gradle.kts", script.as_str()),
        (CART, ""),
        (DTO, ""),
        (MAIN, ""),
        ("src/test/kotlin/T.kt", ""),
    ];
    let found = scopes(&Tree::of_files(files.iter().map(|(path, text)| (*path, text.as_bytes()))));
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap()
}

fn files(script: &str) -> Vec<String> {
    let scope = told(script);
    assert_eq!(scope.undecided, None, "{script}");
    scope.files.iter().map(ToString::to_string).collect()
}

#[test]
fn filters_keep_and_leave_out_classes() {
    assert_eq!(files(""), [CART, MAIN, DTO]);
    for script in [
        "kover { reports { filters { excludes { classes(\"*.CartDto\") } } } }",
        "kover { reports { filters { excludes { packages(\"com.acme.dto\") } } } }",
        "kover.reports.filters.excludes.classes(\"com.acme.dto.*\")",
        "koverReport { filters { excludes { packages(listOf(\"com.acme.dto\")) } } }",
        "val out = listOf(\"*Dto\")\nkover { reports { total { filters { excludes { classes(out) } } } } }",
        "kover { reports { filters { includes { classes(\"com.acme.#\") } } } }",
    ] {
        assert_eq!(files(script), [CART, MAIN], "{script}");
    }
    // The functions of a file are a class of their own; who spells it means the file.
    assert_eq!(
        files("kover { reports { filters { excludes { classes(\"com.acme.MainKt\") } } } }"),
        [CART, DTO]
    );
    assert_eq!(files("kover { reports { filters { excludes { classes(\"*Kt\") } } } }"), [CART, MAIN, DTO]);
    assert_eq!(
        files("kover { reports { filters { excludes { annotatedBy(\"*Generated\") } } } }"),
        [CART, MAIN, DTO]
    );
    assert_eq!(
        files("kover { currentProject { instrumentation { excludedClasses.add(\"com.*\") } } }"),
        [CART, MAIN, DTO]
    );
    assert_eq!(
        files("kover { currentProject { sources { excludedSourceSets.addAll(\"main\") } } }"),
        [""; 0]
    );
}

#[test]
fn the_filters_of_the_total_report_stand_in_for_the_common_ones() {
    let common = "filters { excludes { classes(\"*Dto\") } }";
    assert_eq!(
        files(&format!(
            "kover {{ reports {{ {common}; total {{ filters {{ excludes {{ classes(\"*Main\") }} }} }} }} }}"
        )),
        [CART, DTO]
    );
    assert_eq!(
        files(&format!(
            "kover {{ reports {{ {common}; total {{ filtersAppend {{ excludes {{ classes(\"*Main\") }} }} }} }} }}"
        )),
        [CART]
    );
}

#[test]
fn rules_are_gates() {
    for (script, name, gate) in [
        (
            "kover { reports { verify { rule { minBound(80) } } } }",
            "LINE.COVERED_PERCENTAGE",
            Gate::AtLeast(80.0),
        ),
        (
            "kover { reports { total { verify { rule(\"a\") { bound { minValue = 70; coverageUnits = CoverageUnit.BRANCH } } } } } }",
            "BRANCH.COVERED_PERCENTAGE",
            Gate::AtLeast(70.0),
        ),
        (
            "koverReport { verify { rule { bound { minValue = 60; metric = MetricType.LINE; aggregation = AggregationType.COVERED_PERCENTAGE } } } }",
            "LINE.COVERED_PERCENTAGE",
            Gate::AtLeast(60.0),
        ),
        (
            "kover { reports { verify { rule { groupBy = GroupingEntityType.CLASS; bound { maxValue.set(3); aggregationForGroup.set(AggregationType.MISSED_COUNT) } } } } }",
            "CLASS.LINE.MISSED_COUNT",
            Gate::Uncovered(3.0),
        ),
        (
            "kover { reports { verify { rule { minBound(50, CoverageUnit.INSTRUCTION, AggregationType.COVERED_PERCENTAGE) } } } }",
            "INSTRUCTION.COVERED_PERCENTAGE",
            Gate::AtLeast(50.0),
        ),
        (
            "kover { verify { rule { bound { minValue = 40 } } } }",
            "LINE.COVERED_PERCENTAGE",
            Gate::AtLeast(40.0),
        ),
        (
            "kover { reports { verify { warningInsteadOfFailure = true; rule { minBound(1) } } } }",
            "failure",
            Gate::On(false),
        ),
        (
            "kover { reports { total { verify { onCheck = false; rule { minBound(1) } } } } }",
            "onCheck",
            Gate::On(false),
        ),
    ] {
        let scope = told(script);
        assert_eq!(scope.unknown_thresholds, None, "{script}");
        assert_eq!(scope.thresholds.get(name), Some(&gate), "{script}: {:?}", scope.thresholds);
    }
    assert!(
        told("kover { reports { verify { rule { disabled = true; minBound(80) } } } }").thresholds.is_empty()
    );
}

#[test]
fn what_only_the_run_could_tell_is_undecided() {
    assert!(told("kover { reports { filters { excludes { classes(helper()) } } } }").undecided.is_some());
    assert!(told("kover { reports { filters { includes { annotatedBy(\"*Api\") } } } }").undecided.is_some());
    assert!(told("kover { reports { verify { rule { minBound(limit()) } } } }").unknown_thresholds.is_some());
}

#[test]
fn one_report_takes_in_the_projects_it_depends_on() {
    let root = "plugins { id(\"org.jetbrains.kotlinx.kover\") }\ndependencies { kover(project(\":core\")); kover(projects.dataStore) }
        kover { reports { filters { excludes { packages(\"com.acme.dto\") } } } }";
    let module = "plugins { id(\"org.jetbrains.kotlinx.kover\") }";
    let files = [
        ("settings.gradle.kts", "include(\":core\", \":data-store\")"),
        ("build.gradle.kts", root),
        ("core/build.gradle.kts", module),
        ("data-store/build.gradle.kts", module),
        ("core/src/commonMain/kotlin/com/acme/dto/A.kt", ""),
        ("core/src/jsMain/kotlin/com/acme/J.kt", ""),
        ("data-store/src/main/kotlin/com/acme/B.kt", ""),
    ];
    let found = scopes(&Tree::of_files(files.iter().map(|(path, text)| (*path, text.as_bytes()))));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        found[0].files.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["data-store/src/main/kotlin/com/acme/B.kt"]
    );
}
