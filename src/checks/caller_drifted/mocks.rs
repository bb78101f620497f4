//! Modules that a test puts its own in the place of: what it takes from them is there, whatever they hold.

use crate::read::symbols::{Call, Symbols};

/// Whether a call such as `vi.mock("./module", () => ({ … }))` makes the module anew. One without a factory makes it
/// after the real one, and so lacks what that lacks.
pub(super) fn make(symbols: &Symbols, source: &str, module: &str) -> bool {
    symbols.calls.iter().any(|call| call.positional >= 2 && is_mock(call) && is_of(source, call, module))
}

fn is_mock(call: &Call) -> bool {
    let names: Vec<&str> = call.callee.iter().map(String::as_str).collect();
    matches!(
        names.as_slice(),
        ["vi" | "jest", "mock" | "doMock" | "unstable_mockModule" | "setMock"] | ["mock", "module"]
    )
}

/// Whether the first argument is the module's name, by itself or within `import(…)`.
fn is_of(source: &str, call: &Call, module: &str) -> bool {
    let text = source.get(call.range.clone()).unwrap_or_default();
    let Some((_, arguments)) = text.split_once('(') else { return false };
    let arguments = arguments.trim_start();
    let first = arguments.strip_prefix("import(").map_or(arguments, str::trim_start);
    let named = first.strip_prefix(['"', '\'', '`']).and_then(|rest| rest.strip_prefix(module));
    named.is_some_and(|rest| rest.starts_with(['"', '\'', '`']))
}
