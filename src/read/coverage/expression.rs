//! Regular expressions of Python and Ruby, rewritten for the engine that matches them here.

use regex::{Regex, RegexBuilder};

use crate::undecided::Undecided;

/// Larger programs are not built.
const MAX_SIZE: usize = 1 << 20;

/// Compiles an expression of Python or Ruby. What this engine does not have (looking around, back references) is
/// undecided with the expression named.
pub(super) fn compile(expression: &str) -> Result<Regex, Undecided> {
    build(&rewritten(expression), expression, false)
}

/// Compiles such an expression to match at the start of a text only, as Python's `re.match` does.
pub(super) fn at_start(expression: &str) -> Result<Regex, Undecided> {
    build(&format!(r"\A(?:{})", rewritten(expression)), expression, false)
}

/// Compiles such an expression, whatever the case of the letters.
pub(super) fn any_case(expression: &str) -> Result<Regex, Undecided> {
    build(&rewritten(expression), expression, true)
}

fn build(text: &str, shown: &str, any_case: bool) -> Result<Regex, Undecided> {
    RegexBuilder::new(text).size_limit(MAX_SIZE).case_insensitive(any_case).build().map_err(|_| {
        let shown: String = shown.chars().take(120).collect();
        Undecided::new(format!("holds the expression {shown:?}, which is not evaluated"))
    })
}

/// A brace that counts nothing and a bracket inside of a class stand for themselves there, and not here.
fn rewritten(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len() + 8);
    let (mut at, mut class) = (0, None);
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        match (c, class) {
            ('\\', _) => {
                out.push('\\');
                match next {
                    Some('Z') => out.push('z'),
                    Some(next) => out.push(next),
                    None => out.push('\\'),
                }
                at += 1;
            }
            ('[', None) => {
                out.push('[');
                if next == Some('^') {
                    out.push('^');
                    at += 1;
                }
                // A bracket right behind the opening one stands for itself.
                if chars.get(at + 1) == Some(&']') {
                    out.push_str("\\]");
                    at += 1;
                }
                class = Some(());
            }
            ('[' | '&' | '~', Some(())) if c != '[' || next != Some(':') => {
                out.push('\\');
                out.push(c);
            }
            ('[', Some(())) => {
                // A named class such as `[:alpha:]` is the same in both.
                let end = chars[at..].windows(2).position(|w| w == [':', ']'].as_slice());
                let end = end.filter(|end| *end > 1).map_or(at, |end| at + end + 1);
                if end == at {
                    out.push('\\');
                }
                out.extend(&chars[at..=end]);
                at = end;
            }
            (']', Some(())) => {
                out.push(']');
                class = None;
            }
            ('{', None) if !counts(&chars[at..]) => out.push_str("\\{"),
            (c, _) => out.push(c),
        }
        at += 1;
    }
    out
}

/// Whether a count such as `{2}`, `{2,}` or `{,3}` begins here.
fn counts(chars: &[char]) -> bool {
    let inner = chars.iter().skip(1).take_while(|c| c.is_ascii_digit() || **c == ',').count();
    let digits = chars.iter().skip(1).take(inner).any(char::is_ascii_digit);
    digits && chars.get(inner + 1) == Some(&'}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn expressions_mean_what_they_mean_at_home() {
        assert!(compile(r"^src/.*\.py\Z").unwrap().is_match("src/a.py"));
        assert!(compile("a{b").unwrap().is_match("a{b") && compile("a{2}$").unwrap().is_match("aa"));
        assert!(compile("[[]x").unwrap().is_match("[x") && compile("[]]x").unwrap().is_match("]x"));
        assert!(compile("[[:alpha:]]x").unwrap().is_match("ax"));
        assert!(compile(r"/lib\/").unwrap().is_match("/lib/"));
        assert!(at_start("b|c").unwrap().is_match("cd") && !at_start("b|c").unwrap().is_match("ac"));
        assert!(any_case("A").unwrap().is_match("a"));
    }

    #[test]
    fn what_this_engine_does_not_have_is_undecided_and_named() {
        assert!(compile("(?!test)a").unwrap_err().why.contains("(?!test)a"));
    }

    proptest! {
        #[test]
        fn no_expression_makes_the_reader_panic(text in "[\\\\\\[\\]{}:^$a-c0-3,.*+?()|&~-]{0,30}") {
            let _ = compile(&text);
        }
    }
}
