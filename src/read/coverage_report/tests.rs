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

proptest::proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text: String, lines in "(SF:[a-z]|DA:[0-9],[0-9]|BRDA:[0-9,-]*|FNA:[0-9a-z,]*|[a-z:,]*|\n){0,40}") {
        let _ = report(&text);
        let _ = report(&lines);
        let _ = report(&format!("{{\"total\":{text:?}}}"));
    }
}
