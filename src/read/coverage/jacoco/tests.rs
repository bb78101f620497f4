//! What JaCoCo reports and judges, by its configuration in Maven and Gradle.

use crate::change::Tree;
use crate::read::coverage::{Gate, Scope, scopes};

fn told(files: &[(&str, &str)]) -> Vec<Scope> {
    scopes(&Tree::of_files(files.iter().map(|(path, text)| (*path, text.as_bytes()))))
}

fn files(scopes: &[Scope], tool: &str, package: &str) -> Vec<String> {
    let scope = scopes.iter().find(|s| s.tool == tool && s.package == package);
    let scope = scope.unwrap_or_else(|| panic!("no scope of {tool} in {package}: {scopes:?}"));
    assert_eq!(scope.undecided, None);
    scope.files.iter().map(ToString::to_string).collect()
}

fn gate(scopes: &[Scope], name: &str) -> Option<Gate> {
    let scope = scopes.iter().find(|s| s.tool == "jacoco").unwrap();
    assert_eq!(scope.unknown_thresholds, None);
    scope.thresholds.get(name).copied()
}

const CART: &str = "src/main/java/com/acme/Cart.java";
const DTO: &str = "src/main/java/com/acme/dto/CartDto.java";
const TEST: &str = "src/test/java/com/acme/CartTest.java";

fn pom(configuration: &str, executions: &str) -> String {
    format!(
        "<project><artifactId>shop</artifactId><properties><floor>0.80</floor></properties><build><plugins><plugin>
         <groupId>org.jacoco</groupId><artifactId>jacoco-maven-plugin</artifactId>
         <configuration>{configuration}</configuration><executions>{executions}</executions></plugin></plugins></build></project>"
    )
}

fn maven(configuration: &str, executions: &str) -> Vec<Scope> {
    told(&[("pom.xml", &pom(configuration, executions)), (CART, ""), (DTO, ""), (TEST, "")])
}

fn check(configuration: &str) -> String {
    format!(
        "<execution><goals><goal>check</goal></goals><configuration>{configuration}</configuration></execution>"
    )
}

const LIMIT: &str = "<rules><rule><limits><limit><counter>LINE</counter><minimum>${floor}</minimum></limit></limits></rule></rules>";

/// Ran with JaCoCo's own agent and analysis: classes that the agent leaves out stay in the report.
#[test]
fn the_report_lists_what_its_own_patterns_keep() {
    let all =
        maven("", "<execution><goals><goal>prepare-agent</goal><goal>report</goal></goals></execution>");
    assert_eq!(files(&all, "jacoco", "."), [CART, DTO]);
    let agent = "<execution><id>a</id><goals><goal>prepare-agent</goal></goals><configuration><excludes><exclude>com/acme/dto/*</exclude></excludes></configuration></execution>
                 <execution><id>r</id><goals><goal>report</goal></goals></execution>";
    assert_eq!(files(&maven("", agent), "jacoco", "."), [CART, DTO]);
    for (pattern, left) in [
        ("com/acme/dto/*", true),
        ("**/*Dto.class", true),
        ("/com/acme/dto/**", true),
        ("**/*Dto", false),
        ("com.acme.dto.*", false),
        ("*.class", false),
    ] {
        let all = maven(&format!("<excludes><exclude>{pattern}</exclude></excludes>"), "");
        assert_eq!(files(&all, "jacoco", ".").len(), if left { 1 } else { 2 }, "{pattern}");
    }
}

#[test]
fn the_check_has_files_and_gates_of_its_own() {
    let all = maven("", &check(&format!("<excludes><exclude>**/dto/**</exclude></excludes>{LIMIT}")));
    assert_eq!(files(&all, "jacoco", "."), [CART, DTO]);
    assert_eq!(files(&all, "jacoco check", "."), [CART]);
    assert_eq!(gate(&all, "BUNDLE.LINE.COVEREDRATIO"), Some(Gate::AtLeast(80.0)));
    assert_eq!(gate(&all, "haltOnFailure"), Some(Gate::On(true)));
    let off = maven("", &check(&format!("<skip>true</skip><haltOnFailure>false</haltOnFailure>{LIMIT}")));
    assert_eq!(
        (gate(&off, "check"), gate(&off, "haltOnFailure")),
        (Some(Gate::On(false)), Some(Gate::On(false)))
    );
}

#[test]
fn class_rules_leave_out_what_they_exclude_and_bundle_rules_do_not() {
    let rule = |element: &str, excludes: &str| {
        check(&format!(
            "<rules><rule><element>{element}</element><excludes><exclude>{excludes}</exclude></excludes><limits><limit><value>MISSEDCOUNT</value><maximum>3</maximum></limit></limits></rule></rules>"
        ))
    };
    let all = maven("", &rule("CLASS", "*Dto"));
    assert_eq!(files(&all, "jacoco class rules", "."), [CART]);
    assert_eq!(gate(&all, "CLASS.INSTRUCTION.MISSEDCOUNT"), Some(Gate::Uncovered(3.0)));
    assert_eq!(files(&maven("", &rule("PACKAGE", "com.acme.dto")), "jacoco class rules", "."), [CART]);
    // A bundle's name is no class: the pattern changes nothing, unless it is the bundle's own.
    let bundle = maven("", &rule("BUNDLE", "com.acme.*"));
    assert_eq!(gate(&bundle, "BUNDLE.INSTRUCTION.MISSEDCOUNT"), Some(Gate::Uncovered(3.0)));
    assert_eq!(gate(&maven("", &rule("BUNDLE", "*")), "BUNDLE.INSTRUCTION.MISSEDCOUNT"), None);
}

#[test]
fn commands_that_verify_switch_off_what_they_all_switch_off() {
    let pom = pom("", &check(LIMIT));
    let with = |script: &str| told(&[("pom.xml", &pom), (CART, ""), ("Makefile", script)]);
    assert_eq!(gate(&with("all:\n\tmvn verify -Djacoco.skip=true\n"), "check"), Some(Gate::On(false)));
    assert_eq!(gate(&with("all:\n\tmvn package -Djacoco.skip\n"), "check"), Some(Gate::On(true)));
    assert_eq!(
        gate(&with("all:\n\tmvn verify -Djacoco.skip\n\tmvn -B verify\n"), "check"),
        Some(Gate::On(true))
    );
    let lowered = with("all:\n\tmvn verify -Dfloor=0.10\n");
    assert_eq!(gate(&lowered, "BUNDLE.LINE.COVEREDRATIO"), Some(Gate::AtLeast(10.0)));
}

#[test]
fn expressions_without_a_value_are_undecided() {
    let all = maven(
        "<excludes><exclude>${unknown}</exclude></excludes>",
        &check(&LIMIT.replace("floor", "elsewhere")),
    );
    assert!(all[0].undecided.as_ref().unwrap().why.contains("${unknown}"));
    assert!(all[0].unknown_thresholds.as_ref().unwrap().why.contains("${elsewhere}"));
}

#[test]
fn an_aggregate_reports_on_the_modules_it_depends_on() {
    let parent =
        "<project><groupId>g</groupId><artifactId>p</artifactId><packaging>pom</packaging></project>";
    let of = "<parent><groupId>g</groupId><artifactId>p</artifactId></parent>";
    let core = format!("<project>{of}<artifactId>core</artifactId></project>");
    let report = pom(
        "",
        "<execution><goals><goal>report-aggregate</goal></goals><configuration><excludes><exclude>**/dto/**</exclude></excludes></configuration></execution>",
    )
    .replace("<project>", &format!("<project>{of}<dependencies><dependency><groupId>g</groupId><artifactId>core</artifactId></dependency></dependencies>"));
    let (cart, dto) = (format!("core/{CART}"), format!("core/{DTO}"));
    let all = told(&[
        ("pom.xml", parent),
        ("core/pom.xml", &core),
        ("report/pom.xml", &report),
        (&cart, ""),
        (&dto, ""),
    ]);
    assert_eq!(files(&all, "jacoco", "report"), [cart]);
}

fn groovy(script: &str) -> Vec<Scope> {
    let script = format!("plugins {{ id 'java'; id 'jacoco' }}\n{script}");
    told(&[("build.gradle", &script), (CART, ""), (DTO, ""), (TEST, "")])
}

fn kotlin(script: &str) -> Vec<Scope> {
    let script = format!("plugins {{ java; jacoco }}\n{script}");
    told(&[("build.gradle.kts", &script), (CART, ""), (DTO, ""), (TEST, "")])
}

#[test]
fn gradle_reports_on_the_classes_they_are_given() {
    assert_eq!(files(&groovy(""), "jacoco", "."), [CART, DTO]);
    assert_eq!(
        files(&groovy("test { jacoco { excludes = ['com.acme.dto.*'] } }"), "jacoco", "."),
        [CART, DTO]
    );
    for script in [
        "jacocoTestReport { afterEvaluate { classDirectories.setFrom(files(classDirectories.files.collect { fileTree(dir: it, exclude: ['**/dto/**']) })) } }",
        "jacocoTestReport { classDirectories.from = fileTree(dir: 'build/classes/java/main', excludes: ['com/acme/dto/*']) }",
        "def out = ['**/*Dto*']\njacocoTestReport {\n  classDirectories.setFrom(\n    fileTree(\"$buildDir/classes\") { exclude out }\n  )\n}",
        "tasks.withType(JacocoReport) { classDirectories.setFrom(sourceSets.main.output.asFileTree.matching { exclude '**/dto/**' }) }",
        "ext.out = ['**/dto/**']\ntasks.named('jacocoTestReport') { classDirectories.setFrom(files(classDirectories.files.collect { fileTree(dir: it, exclude: project.ext.out) })) }",
    ] {
        assert_eq!(files(&groovy(script), "jacoco", "."), [CART], "{script}");
    }
    for script in [
        "val out = listOf(\"**/dto/**\")\ntasks.jacocoTestReport { classDirectories.setFrom(files(classDirectories.files.map { fileTree(it) { exclude(out) } })) }",
        "tasks.named<JacocoReport>(\"jacocoTestReport\") { classDirectories.setFrom(sourceSets.main.get().output.asFileTree.matching { exclude(\"**/dto/**\") }) }",
        "tasks.withType<JacocoReport> { classDirectories.setFrom(files(classDirectories.files.map { fileTree(it).matching { exclude(\"com/acme/dto/**\") } })) }",
        "val r by tasks.registering(JacocoReport::class) { classDirectories.setFrom(fileTree(\"build/classes\") { exclude(\"**/dto/**\") }) }",
    ] {
        assert_eq!(files(&kotlin(script), "jacoco", "."), [CART], "{script}");
    }
}

#[test]
fn gradle_filters_that_are_code_are_undecided() {
    for script in [
        "jacocoTestReport { classDirectories.setFrom(sourceSets.main.output.filter { it.name != 'x' }) }",
        "jacocoTestReport { classDirectories.setFrom(files(classDirectories.files.collect { fileTree(dir: it, exclude: helper()) })) }",
        "if (ci) { jacocoTestReport { classDirectories.setFrom(fileTree('b') { exclude '**' }) } }",
    ] {
        let all = groovy(script);
        assert!(all.iter().find(|s| s.tool == "jacoco").unwrap().undecided.is_some(), "{script}");
    }
}

#[test]
fn gradle_rules_are_gates() {
    let rules = "jacocoTestCoverageVerification { violationRules { rule { limit { minimum = 0.8 } }
        rule { element = 'CLASS'; excludes = ['*Dto']; limit { counter = 'LINE'; value = 'COVEREDRATIO'; minimum = 0.5 } }
        rule { enabled = false; element = 'PACKAGE'; limit { minimum = 0.9 } } } }";
    let all = groovy(rules);
    assert_eq!(gate(&all, "BUNDLE.INSTRUCTION.COVEREDRATIO"), Some(Gate::AtLeast(80.0)));
    assert_eq!(gate(&all, "CLASS.LINE.COVEREDRATIO"), Some(Gate::AtLeast(50.0)));
    assert_eq!(gate(&all, "PACKAGE.INSTRUCTION.COVEREDRATIO"), None);
    assert_eq!(gate(&all, "jacocoTestCoverageVerification"), Some(Gate::On(false)));
    assert_eq!(files(&all, "jacoco class rules", "."), [CART]);
    let wired = groovy(&format!("{rules}\ncheck.dependsOn jacocoTestCoverageVerification"));
    assert_eq!(gate(&wired, "jacocoTestCoverageVerification"), Some(Gate::On(true)));
    let all = kotlin(
        "tasks.jacocoTestCoverageVerification { violationRules { isFailOnViolation = false; rule { limit { minimum = \"0.85\".toBigDecimal() } } } }
         tasks.check { dependsOn(tasks.jacocoTestCoverageVerification) }",
    );
    assert_eq!(gate(&all, "BUNDLE.INSTRUCTION.COVEREDRATIO"), Some(Gate::AtLeast(85.0)));
    assert_eq!(gate(&all, "failOnViolation"), Some(Gate::On(false)));
    assert_eq!(gate(&all, "jacocoTestCoverageVerification"), Some(Gate::On(true)));
}

#[test]
fn gradle_modules_inherit_what_is_configured_above() {
    let root = "subprojects { apply plugin: 'java'; apply plugin: 'jacoco'; apply from: \"$rootDir/gradle/cov.gradle\" }
        project(':b') { jacocoTestReport { classDirectories.setFrom(fileTree('x')) } }";
    let shared = "jacocoTestReport { classDirectories.setFrom(fileTree(dir: 'x', exclude: '**/dto/**')) }";
    let (a, b) = (format!("a/{DTO}"), format!("b/{DTO}"));
    let all = told(&[
        ("settings.gradle", "include 'a', ':b'"),
        ("build.gradle", root),
        ("gradle/cov.gradle", shared),
        (&a, ""),
        (&b, ""),
    ]);
    assert_eq!(files(&all, "jacoco", "a"), [""; 0]);
    assert_eq!(files(&all, "jacoco", "b"), [b]);
    let all = told(&[
        ("settings.gradle.kts", "include(\":a\")"),
        ("a/build.gradle.kts", "plugins { id(\"our.coverage\") }"),
        (
            "buildSrc/src/main/kotlin/our.coverage.gradle.kts",
            "plugins { java; jacoco }\ntasks.jacocoTestReport { classDirectories.setFrom(fileTree(\"x\") { exclude(\"**/dto/**\") }) }",
        ),
        (&a, ""),
    ]);
    assert_eq!(files(&all, "jacoco", "a"), [""; 0]);
}

#[test]
fn a_project_without_jacoco_has_no_scope() {
    assert!(told(&[("build.gradle", "plugins { id 'java' }"), (CART, "")]).is_empty());
    assert!(told(&[("pom.xml", "<project><artifactId>a</artifactId></project>"), (CART, "")]).is_empty());
}
