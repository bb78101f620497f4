//! Credentials made up at load: fixtures hold `@@KIND@@`, never a literal.

/// Replaces each `@@KIND@@` by a credential of that kind. The same kind gives the same value within a run.
pub(crate) fn expand(text: &str) -> String {
    let mut text = text.to_owned();
    for (kind, value) in planted() {
        text = text.replace(&format!("@@{kind}@@"), &value);
    }
    text
}

/// Every kind with its value: what must stand in no output.
pub(crate) fn planted() -> Vec<(&'static str, String)> {
    Vec::new()
}
