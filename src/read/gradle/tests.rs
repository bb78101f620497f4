//! Build scripts as Gradle evaluates them.

use super::*;
use proptest::prelude::*;

fn items(path: &str, text: &str) -> Vec<Item> {
    parse(&path.parse().unwrap(), text).unwrap().items(&mut Names::default())
}

fn told(path: &str, text: &str) -> Vec<String> {
    let path_of = |item: &Item| item.within.iter().map(|f| format!("{}>", f.name)).collect::<String>();
    let told = |item: &Item| match &item.action {
        Action::Set(name, value) => format!("{}{name} = {}", path_of(item), shown(value)),
        Action::Add(name, value) => format!("{}{name} += {}", path_of(item), shown(value)),
        Action::Call(name, values, _) => {
            format!("{}{name}({})", path_of(item), values.iter().map(shown).collect::<Vec<_>>().join(", "))
        }
        Action::Unread(text) => format!("{}? {text}", path_of(item)),
    };
    items(path, text).iter().map(told).collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("{text:?}"),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Null => "null".to_owned(),
        Value::List(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Value::Object(object) => {
            let pairs = object.keys().into_iter().map(|k| format!("{k}: {}", shown(&object.get(k).unwrap())));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
        Value::Either(_) => "either".to_owned(),
        Value::Unknown(text) => format!("<{text}>"),
    }
}

#[test]
fn groovy_scripts_are_flattened() {
    let text = r#"
        plugins {
            id 'java'
            id "jacoco" version "1.0"
        }
        apply plugin: 'war'
        def patterns = ['**/dto/**', "**/*Config*"] + extras
        ext.minimum = 0.8
        ext { other = 'x' }
        test { finalizedBy jacocoTestReport; jacoco { excludes = ['com.acme.*'] } }
        jacocoTestCoverageVerification.violationRules.rule { limit { minimum = minimum.toBigDecimal() } }
        task report(type: JacocoReport, dependsOn: ['test']) { enabled false }
        tasks.withType(Test).configureEach { maxHeapSize = "${other}g" }
        check.dependsOn jacocoTestCoverageVerification
        project(':a').projectDir = file('b')
    "#;
    let expected = [
        "plugins()",
        "plugins>id(\"java\")",
        "plugins>id(\"jacoco\")",
        "plugins>id>version(\"1.0\")",
        "apply({plugin: \"war\"})",
        "ext()",
        "test()",
        "test>finalizedBy(<jacocoTestReport>)",
        "test>jacoco()",
        "test>jacoco>excludes = [\"com.acme.*\"]",
        "jacocoTestCoverageVerification.violationRules.rule()",
        "jacocoTestCoverageVerification.violationRules.rule>limit()",
        "jacocoTestCoverageVerification.violationRules.rule>limit>minimum = 0.8",
        "task({type: <JacocoReport>}, {dependsOn: [\"test\"]}, \"report\")",
        "task>enabled(false)",
        "tasks.withType.configureEach(<Test>)",
        "tasks.withType.configureEach>maxHeapSize = \"xg\"",
        "check.dependsOn(<jacocoTestCoverageVerification>)",
        "project>projectDir = \"b\"",
    ];
    assert_eq!(told("build.gradle", text), expected);
}

#[test]
fn kotlin_scripts_are_flattened() {
    let text = r#"
        import x.y.Z
        plugins {
            jacoco
            id("a.b") version "1" apply false
            `java-library`
        }
        val patterns: List<String> = listOf("a/**", "b/**")
        val min by extra("0.8")
        tasks.jacocoTestReport {
            dependsOn(tasks.test) // runs first
            reports { xml.required.set(true) }
            classDirectories.setFrom(
                files(classDirectories.files.map { fileTree(it) { exclude(patterns) } })
            )
        }
        tasks.named<JacocoReport>("x") { isEnabled = false }
        tasks.withType<JacocoCoverageVerification> {
            violationRules { rule { limit { minimum = "0.9".toBigDecimal() } } }
        }
        fun helper(a: String) = a.trim()
        if (project.hasProperty("x")) { foo(1) } else { foo(2) }
        listOf("a", "b").forEach { tasks.named(it) { enabled = true } }
    "#;
    let expected = [
        "plugins()",
        "plugins>jacoco()",
        "plugins>id(\"a.b\")",
        "plugins>id>version(\"1\")",
        "plugins>id.version>apply(false)",
        "plugins>java-library()",
        "tasks.jacocoTestReport()",
        "tasks.jacocoTestReport>dependsOn(<tasks.test>)",
        "tasks.jacocoTestReport>reports()",
        "tasks.jacocoTestReport>reports>xml.required = true",
        "tasks.jacocoTestReport>classDirectories.setFrom([[{from: <classDirectories.files>, exclude: [[[\"a/**\", \"b/**\"]]]}]])",
        "tasks.named(<JacocoReport>, \"x\")",
        "tasks.named>isEnabled = false",
        "tasks.withType(<JacocoCoverageVerification>)",
        "tasks.withType>violationRules()",
        "tasks.withType>violationRules>rule()",
        "tasks.withType>violationRules>rule>limit()",
        "tasks.withType>violationRules>rule>limit>minimum = \"0.9\"",
        "foo(2)",
        "tasks.named(\"a\")",
        "tasks.named>enabled = true",
        "tasks.named(\"b\")",
        "tasks.named>enabled = true",
    ];
    assert_eq!(told("build.gradle.kts", text), expected);
}

#[test]
fn file_trees_hold_their_patterns_however_they_are_written() {
    for tree in [
        "fileTree(dir: it, exclude: ['a', 'b'])",
        "fileTree(it).matching { exclude 'a', 'b' }",
        "fileTree(it).exclude('a', 'b')",
        "fileTree(it) { exclude 'a'; exclude 'b' }",
        "fileTree(dir: it).tap { }.matching { exclude(['a', 'b']) }",
        "it.asFileTree.matching { exclude 'a', 'b' }",
    ] {
        let found = told("build.gradle", &format!("x.setFrom(files(y.collect {{ {tree} }}))"));
        assert!(
            found[0].contains("exclude: [") && found[0].contains("\"a\"") && found[0].contains("\"b\""),
            "{tree}: {found:?}"
        );
    }
    let found = told("build.gradle", "x.setFrom(sourceSets.main.output.filter { it.name != 'a' })");
    assert!(found[0].contains("<sourceSets.main.output.filter"), "{found:?}");
}

#[test]
fn what_is_not_understood_is_told_and_reading_goes_on() {
    let found = told("build.gradle", "a { 1 2 3 }\nb { c = ) }\nd()\n");
    assert!(found.iter().any(|f| f.contains('?')), "{found:?}");
    assert_eq!(found.last().unwrap(), "d()");
    let deep = "a { ".repeat(5_000);
    assert!(told("build.gradle", &deep).iter().any(|f| f.contains('?')));
    let sums = format!("x = {}1", "1 + ".repeat(20_000));
    assert_eq!(told("build.gradle", &sums).len(), 1);
}

#[test]
fn hostile_scripts_end() {
    let mut doubling = "val a0 = listOf(1, 1)\n".to_owned();
    for n in 1..60 {
        doubling += &format!("val a{n} = listOf(a{}, a{})\n", n - 1, n - 1);
    }
    items("build.gradle.kts", &doubling);
    let list = format!("val a = listOf({})\n", "1, ".repeat(2_000));
    items("build.gradle.kts", &(list + &"a.forEach { ".repeat(6) + "x = it" + &"}".repeat(6)));
    for part in [
        "${", "\"${", "{a->", "(<", "a<b", "if(", "[", "a?b:", "fun f(", "/", "'''", "\n.", "else ", "@a",
        "try{",
    ] {
        items("build.gradle", &part.repeat(20_000));
        items("build.gradle.kts", &part.repeat(20_000));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_text_is_read_without_a_panic(
        text in ".{0,300}",
        words in "(\\PC|val |def |if|\\(|\\)|\\{|\\}|\\[|\\]|\"|'|\\$|\n|->|=|\\.|,|:|a|task |by |else|new |<|>|fun ){0,120}",
    ) {
        for path in ["build.gradle", "build.gradle.kts"] {
            items(path, &text);
            items(path, &words);
        }
    }
}
