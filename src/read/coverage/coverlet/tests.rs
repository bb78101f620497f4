//! Facts about Coverlet's scope and gates.

use proptest::prelude::*;

use super::*;
use crate::change::Tree;

const TEST: &str = "<Project><PropertyGroup>PROPS</PropertyGroup><ItemGroup><PackageReference Include=\"coverlet.msbuild\" /><ProjectReference Include=\"..\\App\\App.csproj\" /></ItemGroup></Project>";

fn all(props: &str, more: &[(&str, &str)]) -> Vec<Scope> {
    let test = TEST.replace("PROPS", props);
    let files = [
        (
            "App/App.csproj",
            "<Project><ItemGroup><ProjectReference Include=\"..\\Core\\Core.csproj\" /></ItemGroup></Project>",
        ),
        ("App/Cart.cs", ""),
        ("App/Models/Price.cs", ""),
        ("App/Migrations/M1.designer.cs", ""),
        (
            "Core/Core.csproj",
            "<Project><PropertyGroup><AssemblyName>Shop.Core</AssemblyName></PropertyGroup></Project>",
        ),
        ("Core/Tax.cs", ""),
        ("Other/Other.csproj", "<Project/>"),
        ("Other/X.cs", ""),
        ("App.Tests/App.Tests.csproj", test.as_str()),
        ("App.Tests/CartTests.cs", ""),
    ];
    let files: Vec<(&str, &str)> = files.iter().copied().chain(more.iter().copied()).collect();
    let tree = Tree::of_files(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    scopes(&Survey::of(&tree))
}

fn names(scope: &Scope) -> String {
    assert_eq!(scope.undecided, None);
    scope.files.iter().map(RepoPath::as_str).collect::<Vec<_>>().join(" ")
}

fn with(props: &str) -> String {
    names(&all(&format!("<CollectCoverage>true</CollectCoverage>{props}"), &[])[0])
}

const ALL: &str = "App/Cart.cs App/Migrations/M1.designer.cs App/Models/Price.cs Core/Tax.cs";

#[test]
fn a_test_project_measures_the_projects_that_it_reaches() {
    assert_eq!(with(""), ALL);
    assert_eq!(
        with("<IncludeTestAssembly>true</IncludeTestAssembly>"),
        format!("App.Tests/CartTests.cs {ALL}")
    );
    assert!(all("", &[]).is_empty());
}

#[test]
fn assemblies_types_and_files_are_left_out() {
    assert_eq!(with("<Exclude>[Shop.*]*,[xunit.*]*</Exclude>"), ALL.replace(" Core/Tax.cs", ""));
    assert_eq!(with("<Exclude>[App]App.Models.*</Exclude>"), ALL.replace(" App/Models/Price.cs", ""));
    assert_eq!(with("<Include>[App]*</Include><Exclude>App</Exclude>"), ALL.replace(" Core/Tax.cs", ""));
    assert_eq!(
        with("<ExcludeByFile>**/*.Designer.cs,App/Cart.cs</ExcludeByFile>"),
        ALL.replace(" App/Migrations/M1.designer.cs", "")
    );
    assert_eq!(
        with("<ExcludeByFile>**/migrations/**,$(SolutionDir)Core/*.cs</ExcludeByFile>"),
        "App/Cart.cs App/Models/Price.cs"
    );
}

#[test]
fn commands_win_over_properties_and_shared_ones_come_first() {
    let make = (
        "Makefile",
        "t:\n\tdotnet test /p:CollectCoverage=true /p:Threshold=\\\"90,80\\\" /p:ThresholdType=\\\"line,branch\\\" -p:Exclude=[Shop.Core]*\n",
    );
    let scope = all("<Threshold>70</Threshold>", &[make]).remove(0);
    assert_eq!(names(&scope), ALL.replace(" Core/Tax.cs", ""));
    let gates = [
        ("threshold.branch", Gate::AtLeast(80.0)),
        ("threshold.each-module", Gate::On(true)),
        ("threshold.line", Gate::AtLeast(90.0)),
    ];
    assert_eq!(scope.thresholds, gates.map(|(name, gate)| (name.to_owned(), gate)).into());
    let shared = (
        "Directory.Build.props",
        "<Project><PropertyGroup><Threshold>60</Threshold><ThresholdStat>total</ThresholdStat></PropertyGroup></Project>",
    );
    let scope = all("", &[shared]).remove(0);
    assert_eq!(
        (scope.thresholds["threshold.line"], scope.thresholds["threshold.each-module"]),
        (Gate::AtLeast(60.0), Gate::On(false))
    );
}

#[test]
fn run_settings_filter_for_both_collectors() {
    let settings = |collector: &str| {
        format!(
            "<RunSettings><DataCollectionRunSettings><DataCollectors>{collector}</DataCollectors></DataCollectionRunSettings></RunSettings>"
        )
    };
    let coverlet = settings(
        "<DataCollector friendlyName=\"XPlat code coverage\"><Configuration><Exclude>[App]*</Exclude></Configuration></DataCollector>",
    );
    assert_eq!(names(&all("", &[("a.runsettings", &coverlet)])[0]), "Core/Tax.cs Other/X.cs");
    let own = settings(
        "<DataCollector friendlyName=\"Code Coverage\"><Configuration><CodeCoverage><ModulePaths><Exclude><ModulePath>.*tests.dll$</ModulePath></Exclude></ModulePaths><Sources><Exclude><Source>.*\\\\Models\\\\.*</Source></Exclude></Sources></CodeCoverage></Configuration></DataCollector>",
    );
    assert_eq!(
        names(&all("", &[("a.runsettings", &own)])[0]),
        "App/Cart.cs App/Migrations/M1.designer.cs Core/Tax.cs Other/X.cs"
    );
    assert!(all("", &[("a.runsettings", &settings(""))]).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_makes_the_reader_panic(text in "(\\[|\\]|\\*|\\?|\\.|,|/|\\\\|App|\\$\\(|\\)|é){0,20}") {
        all(&format!("<Exclude>{text}</Exclude><ExcludeByFile>{text}</ExcludeByFile><Threshold>{text}</Threshold>"), &[("a.runsettings", &text)]);
    }
}
