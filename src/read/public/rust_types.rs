//! One spelling for a Rust type: without lifetimes, and without the modules before a name.

/// The tokens of a type, a space between them.
pub(super) fn spelled(text: &str) -> String {
    let tokens = without_modules(without_lifetimes(tokens(text)));
    tokens.join(" ")
}

/// Names, lifetimes, `::`, `->` and single marks; comments and white space left out.
fn tokens(text: &str) -> Vec<&str> {
    let (mut found, mut rest) = (Vec::new(), text.trim_start());
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let end_of_word = |from: usize| rest[from..].find(|c| !is_word(c)).map_or(rest.len(), |at| from + at);
        let end = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |at| at + 2)
        } else if first == '\'' {
            end_of_word(1)
        } else if is_word(first) {
            end_of_word(0)
        } else if rest.starts_with("::") || rest.starts_with("->") {
            2
        } else {
            first.len_utf8()
        };
        if !rest.starts_with("//") && !rest.starts_with("/*") {
            found.push(&rest[..end]);
        }
        rest = rest[end..].trim_start();
    }
    found
}

fn without_lifetimes(tokens: Vec<&str>) -> Vec<&str> {
    let mut kept: Vec<&str> = Vec::new();
    for token in tokens {
        let last = kept.last().copied().unwrap_or_default();
        match token {
            // What stood before or behind a lifetime goes with it.
            "," if last == "<" => {}
            ">" | ")" | "," if matches!(last, "+" | ",") => {
                kept.pop();
                push(&mut kept, token);
            }
            _ if token.starts_with('\'') => {}
            _ => push(&mut kept, token),
        }
    }
    if kept.last() == Some(&"+") {
        kept.pop();
    }
    kept
}

/// Adds a token; what closes an empty list of arguments takes the list away, and the `for` before it.
fn push<'t>(kept: &mut Vec<&'t str>, token: &'t str) {
    if token == ">" && kept.last() == Some(&"<") {
        kept.pop();
        if kept.last() == Some(&"for") {
            kept.pop();
        }
        return;
    }
    kept.push(token);
}

fn without_modules(tokens: Vec<&str>) -> Vec<&str> {
    let mut kept: Vec<&str> = Vec::new();
    for token in tokens {
        let is_name = |t: &&str| t.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let names = kept.len() >= 2 && kept.last() == Some(&"::") && is_name(&token);
        if names && kept.get(kept.len() - 2).is_some_and(is_name) {
            kept.truncate(kept.len() - 2);
        } else if names && kept.len() == 1 {
            kept.pop();
        }
        kept.push(token);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_and_modules_make_no_other_type() {
        for (one, other) in [
            ("&'a str", "&str"),
            ("Cow<'a, str>", "Cow<str>"),
            ("Ref<'_>", "Ref"),
            ("Box<dyn Fn(u8) -> bool + Send + 'static>", "Box<dyn Fn(u8)->bool+Send>"),
            ("std::io::Result<std::path::PathBuf>", "io :: Result< PathBuf >"),
            ("for<'a> fn(&'a u8)", "fn(&u8)"),
            ("Vec<u8 /* bytes */>", "Vec<u8>"),
            ("(A, B,)", "(A, B)"),
        ] {
            assert_eq!(spelled(one), spelled(other));
        }
        for (one, other) in [("Vec<u8>", "Vec<u16>"), ("&mut T", "&T"), ("(A,B)", "(B,A)")] {
            assert_ne!(spelled(one), spelled(other));
        }
    }

    #[test]
    fn any_text_is_spelled() {
        for text in ["", "'", "::a", "a::", "< >", "/*", "//", "é::ü", "'a + 'b"] {
            let _ = spelled(text);
        }
    }
}
