//! What holds for every format.

use super::*;

fn report(text: &str) -> Result<Report, Undecided> {
    read(&EvidenceFile { name: "coverage".into(), bytes: text.into() })
}

#[test]
fn an_unknown_format_is_undecided_and_never_empty() {
    for bad in ["", "hello", "<coverage/>", "{}", "[]", "{\"a\":", "SF:a.js\nDA:1,x\nend_of_record\n"] {
        assert!(report(bad).is_err(), "{bad}");
    }
}

#[test]
fn each_format_is_known_by_its_content() {
    let xml = "<?xml version=\"1.0\"?>\n<!DOCTYPE coverage SYSTEM \"x.dtd\">";
    for (text, format) in [
        ("TN:\nSF:a\nDA:1,1\nend_of_record\n", Format::Lcov),
        ("\u{feff}mode: set\na.go:1.1,2.2 1 1\n", Format::Go),
        (&format!("{xml}<coverage><packages/></coverage>"), Format::Cobertura),
        (&format!("{xml}<coverage><project/></coverage>"), Format::Clover),
        ("<report><package name=\"a\"/></report>", Format::Jacoco),
        ("{\"a.js\":{\"statementMap\":{},\"s\":{},\"f\":{},\"b\":{}}}", Format::Istanbul),
        ("{\"total\":{\"lines\":{\"total\":1,\"covered\":1}}}", Format::IstanbulSummary),
        ("{\"meta\":{\"version\":\"7\"},\"files\":{}}", Format::CoveragePy),
        ("{\"data\":[],\"type\":\"llvm.coverage.json.export\"}", Format::Llvm),
        ("{\"RSpec\":{\"coverage\":{\"a.rb\":{\"lines\":[1]}}}}", Format::SimpleCov),
    ] {
        assert_eq!(report(text).map(|report| report.format), Ok(format), "{text}");
    }
}

#[test]
fn hostile_sizes_are_refused() {
    let nested = format!("<report>{}", "<group name=\"g\">".repeat(10_000));
    let deep = format!("{{\"a\":{}", "[".repeat(100_000));
    let lines = "mode: set\n".to_owned()
        + &(0..30).map(|n| format!("a.go:1.{n},1000000.1 1 1\n")).collect::<String>();
    for text in [nested, deep, lines] {
        assert!(report(&text).is_err());
    }
}

#[test]
fn entities_of_a_document_type_make_no_bomb() {
    let entities: String =
        (1..12).map(|n| format!("<!ENTITY e{n} \"{}\">", format!("&e{};", n - 1).repeat(10))).collect();
    let bomb = format!(
        "<!DOCTYPE coverage [<!ENTITY e0 \"x\">{entities}]><coverage><packages><class filename=\"&e11;\"/></packages></coverage>"
    );
    assert!(report(&bomb).is_err());
}

/// Text of one of these shapes in any order.
const SHAPES: [(&str, &str, &str); 5] = [
    (
        "<coverage><packages>",
        "(<class filename=\"a\">|</class>|<lines>|</lines>|<line number=\"[0-9]{0,12}\" hits=\"[0-9.-]{0,3}\" condition-coverage=\"[0-9(/) %]{0,8}\"/>|<method line-rate=\"1\"/>){0,12}",
        "</packages></coverage>",
    ),
    (
        "<report><package>",
        "(<sourcefile name=\"a\">|</sourcefile>|<line nr=\"[0-9]{0,12}\" (ci|mi)=\"[0-9-]{0,3}\"/>|<counter type=\"LINE\" missed=\"[0-9]{0,21}\" covered=\"1\"/>){0,12}",
        "</package></report>",
    ),
    (
        "<coverage><project>",
        "(<file path=\"a\">|</file>|<line num=\"[0-9]{0,12}\" count=\"[0-9-]{0,3}\"/>|<metrics statements=\"[0-9]{0,21}\" coveredstatements=\"1\"/>){0,12}",
        "</project></coverage>",
    ),
    (
        "mode: set\n",
        "(a.go:[0-9]{0,3}.[0-9],[0-9]{0,3}.[0-9] [0-9]{0,3} [0-9]\n|[a.:, 0-9]{0,9}\n){0,12}",
        "",
    ),
    (
        "{\"type\":\"llvm.coverage.json.export\",\"data\":[{\"files\":[{\"filename\":\"a\",\"segments\":[",
        "((\\[[0-9]{1,4},1,[0-9]{1,21},(true|false),(true|false)\\],)|\\[\\],){0,6}",
        "[]]}]}]}",
    ),
];

proptest::proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text: String, lines in "(SF:[a-z]|DA:[0-9],[0-9]|BRDA:[0-9,-]*|FNA:[0-9a-z,]*|[a-z:,]*|\n){0,40}") {
        let _ = report(&text);
        let _ = report(&lines);
        let _ = report(&format!("{{\"total\":{text:?}}}"));
    }

    #[test]
    fn any_report_of_a_known_shape_is_read_without_a_panic(
        a in SHAPES[0].1, b in SHAPES[1].1, c in SHAPES[2].1, d in SHAPES[3].1, e in SHAPES[4].1,
    ) {
        for ((front, _, end), middle) in SHAPES.iter().zip([a, b, c, d, e]) {
            if let Ok(report) = report(&format!("{front}{middle}{end}")) {
                report.total();
            }
        }
    }

    #[test]
    fn any_json_is_read_without_a_panic(json in json_like(), key in "statementMap|s|lines|meta|files|data|coverage|branches|total") {
        for text in [
            format!("{{\"{key}\":{json}}}"),
            format!("{{\"a\":{{\"statementMap\":{{\"0\":{{\"start\":{json}}}}},\"s\":{{\"0\":{json}}},\"b\":{{\"0\":{json}}}}}}}"),
            format!("{{\"meta\":{json},\"files\":{{\"a\":{{\"executed_lines\":{json},\"missing_lines\":[1],\"summary\":{json}}}}}}}"),
            format!("{{\"R\":{{\"coverage\":{{\"a\":{{\"lines\":[{json}],\"branches\":{json}}}}}}}}}"),
        ] {
            if let Ok(report) = report(&text) {
                report.total();
            }
        }
    }
}

fn json_like() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;
    let leaf = "null|true|-?[0-9]{1,20}|1e9|\"[a-z:]{0,5}\"";
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(("line|lines|covered|total|count|a", inner), 0..4).prop_map(|entries| {
                let entries: Vec<String> = entries.iter().map(|(k, v)| format!("\"{k}\":{v}")).collect();
                format!("{{{}}}", entries.join(","))
            }),
        ]
    })
}
