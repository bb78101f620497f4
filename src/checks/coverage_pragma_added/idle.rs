//! Code that a test suite does not run by design, so that hiding it hides nothing: what every team leaves out.

use super::added::Added;

/// What the first hidden line of such code holds: a condition that only a type checker, another platform, another
/// version or the start as a program fulfils, or a declaration without a body.
const HEADS: [&str; 24] = [
    "TYPE_CHECKING",
    "__name__ ==",
    "__main__",
    "sys.platform",
    "os.name",
    "platform.system(",
    "sys.version_info",
    "process.platform",
    "runtime.GOOS",
    "except ImportError",
    "except ModuleNotFoundError",
    "except (ImportError",
    "except (ModuleNotFoundError",
    "@abstractmethod",
    "@abc.abstractmethod",
    "@overload",
    "@typing.overload",
    "(Protocol",
    "cfg(windows)",
    "import.meta.vitest",
    "require.main ===",
    "import.meta.main",
    "def __repr__(",
    "def __str__(",
];

/// How a statement begins that gives up, or does nothing.
const ENDS: [&str; 24] = [
    "raise",
    "throw ",
    "throw(",
    "panic!",
    "panic(",
    "unreachable!",
    "unreachable(",
    "unimplemented!",
    "todo!",
    "assert ",
    "assert(",
    "assert_never(",
    "assertNever(",
    "abort(",
    "std::abort(",
    "pass",
    "...",
    "return;",
    "return",
    "continue",
    "break",
    "default:",
    "case _:",
    "else:",
];

/// Whether all that the marker hides is of that kind.
pub(super) fn is(added: &Added<'_, '_>) -> bool {
    let lines: Vec<&str> =
        added.lines().into_iter().filter_map(|line| added.source.head.code(line)).collect();
    let Some(first) = lines.first() else { return true };
    if HEADS.iter().any(|head| first.contains(head)) {
        return true;
    }
    if lines.iter().any(|line| line.starts_with("@abstractmethod") || line.starts_with("@overload")) {
        return true;
    }
    statements(&lines).iter().all(|statement| is_header(statement) || gives_up(statement))
}

/// The lines joined to statements: one that leaves a bracket open goes on.
fn statements(lines: &[&str]) -> Vec<String> {
    let (mut statements, mut depth) = (Vec::<String>::new(), 0_isize);
    for line in lines {
        match statements.last_mut() {
            Some(last) if depth > 0 => last.push_str(line),
            _ => statements.push((*line).to_owned()),
        }
        let opened = line.matches(['(', '[']).count();
        let closed = line.matches([')', ']']).count();
        depth = (depth + isize::try_from(opened).unwrap_or(0) - isize::try_from(closed).unwrap_or(0)).max(0);
    }
    statements
}

/// Whether a statement only leads to others: its condition is not run by what it hides.
fn is_header(statement: &str) -> bool {
    const WORDS: [&str; 12] = [
        "if ",
        "if(",
        "elif ",
        "else",
        "except",
        "case ",
        "default",
        "} else",
        "} catch",
        "catch",
        "def ",
        "async def ",
    ];
    let opens = statement.ends_with(':') || statement.ends_with('{');
    opens && WORDS.iter().any(|word| statement.starts_with(word))
}

fn gives_up(statement: &str) -> bool {
    let bare = statement.trim_start_matches(['}', ' ']);
    ENDS.iter().any(|end| match bare.strip_prefix(end) {
        Some(rest) if end.ends_with(|c: char| c.is_alphanumeric()) => {
            // `return` and its like only without a value; `raise` with any.
            *end == "raise" && !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')
                || rest.trim().trim_end_matches([';', '}']).is_empty()
        }
        found => found.is_some(),
    }) || ["return None", "return null", "return undefined", "return false", "return False"]
        .iter()
        .any(|end| bare.trim_end_matches(';') == *end)
}
