//! The outline of a Python text: brackets, indentation and which clause follows which, by the rules that every
//! version of Python 3 shares. A second witness beside the grammar, which knows new syntax later than Python does.

/// What the outline says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outline {
    /// Nothing is wrong with it; the statements themselves may still be.
    Sound,
    /// No version of Python accepts it.
    Broken(Slip),
    /// The text can't be split into tokens by these simple rules.
    Unclear,
}

/// Where an outline breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// The byte.
    pub at: usize,
    /// What is wrong, in a few words.
    pub what: String,
}

/// Reads the outline of a text.
pub fn outline(text: &str) -> Outline {
    let mut reader =
        Reader { bytes: text.as_bytes(), text, at: 0, open: Vec::new(), levels: vec![Level::default()] };
    if text.starts_with('\u{feff}') {
        reader.at = 3;
    }
    match reader.run() {
        Ok(()) => Outline::Sound,
        Err(Stop::Unclear) => Outline::Unclear,
        Err(Stop::Slip(slip)) => Outline::Broken(slip),
    }
}

enum Stop {
    Unclear,
    Slip(Slip),
}

#[derive(Default)]
struct Level {
    indent: usize,
    /// The word that the last statement of this level began with.
    word: String,
}

struct Reader<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
    open: Vec<(u8, usize)>,
    levels: Vec<Level>,
}

fn slip(at: usize, what: impl Into<String>) -> Stop {
    Stop::Slip(Slip { at, what: what.into() })
}

impl Reader<'_> {
    fn run(&mut self) -> Result<(), Stop> {
        let mut header: Option<usize> = None;
        while let Some(indent) = self.next_statement()? {
            self.enter(indent, header)?;
            let start = self.at;
            header = self.statement()?.then_some(start);
        }
        if let Some((byte, at)) = self.open.last() {
            return Err(slip(*at, format!("`{}` is never closed", *byte as char)));
        }
        if let Some(at) = header {
            return Err(slip(at, "the block that this line opens is empty"));
        }
        self.leave(0, self.bytes.len())
    }

    /// Moves to the first byte of the next statement; its column, or nothing at the end.
    fn next_statement(&mut self) -> Result<Option<usize>, Stop> {
        loop {
            let start = self.at;
            while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\x0c')) {
                self.at += 1;
            }
            let space = &self.bytes[start..self.at];
            match self.bytes.get(self.at) {
                None => return Ok(None),
                Some(b'\n' | b'\r') => self.at += 1,
                Some(b'#') => self.skip_line(),
                Some(b'\\') => return Err(Stop::Unclear),
                Some(_) if space.contains(&b'\t') && space.contains(&b' ') => return Err(Stop::Unclear),
                Some(_) if space.contains(&b'\x0c') => return Err(Stop::Unclear),
                Some(_) => return Ok(Some(space.iter().map(|b| if *b == b'\t' { 8 } else { 1 }).sum())),
            }
        }
    }

    fn skip_line(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    }

    /// Sets a statement into its level, after `header` where the line before opened a block.
    fn enter(&mut self, indent: usize, header: Option<usize>) -> Result<(), Stop> {
        let top = self.levels.last().map_or(0, |l| l.indent);
        match header {
            Some(_) if indent > top => self.levels.push(Level { indent, word: String::new() }),
            Some(at) => return Err(slip(at, "the block that this line opens is empty")),
            None if indent > top => return Err(slip(self.at, "the line is indented without a reason")),
            None => {}
        }
        self.leave(indent, self.at)?;
        if self.levels.last().map_or(0, |l| l.indent) != indent {
            return Err(slip(self.at, "the indentation matches no outer level"));
        }
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let word = rest[..end].to_owned();
        let level = self.levels.last_mut().expect("the outermost level stays");
        follows(&level.word, &word).map_err(|what| slip(self.at, what))?;
        level.word = word;
        Ok(())
    }

    /// Closes the levels that are deeper than `indent`.
    fn leave(&mut self, indent: usize, at: usize) -> Result<(), Stop> {
        while self.levels.len() > 1 && self.levels.last().is_some_and(|l| l.indent > indent) {
            let level = self.levels.pop().expect("there are two levels at least");
            follows(&level.word, "").map_err(|what| slip(at, what))?;
        }
        if at == self.bytes.len() {
            follows(&self.levels[0].word, "").map_err(|what| slip(at, what))?;
        }
        Ok(())
    }

    /// Reads to the end of a statement; whether it opens a block.
    fn statement(&mut self) -> Result<bool, Stop> {
        let mut last = b' ';
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' if self.open.is_empty() => {
                    self.at += 1;
                    return Ok(last == b':');
                }
                b'#' => {
                    self.skip_line();
                    continue;
                }
                b'"' | b'\'' => self.string(byte)?,
                // What follows is on the header's own line, however it is indented.
                b'\\' if last == b':' && self.open.is_empty() => return Err(Stop::Unclear),
                b'\\' => self.escape(),
                _ => self.bracket(byte)?,
            }
            if !byte.is_ascii_whitespace() {
                last = byte;
            }
            self.at += 1;
        }
        Ok(last == b':' && self.open.is_empty())
    }

    /// Steps from a backslash onto the last byte that it takes along.
    fn escape(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at += if rest.starts_with(b"\\\r\n") { 2 } else { usize::from(rest.len() > 1) };
    }

    fn bracket(&mut self, byte: u8) -> Result<(), Stop> {
        let opener = match byte {
            b'(' | b'[' | b'{' => {
                self.open.push((byte, self.at));
                return Ok(());
            }
            b')' => b'(',
            b']' => b'[',
            b'}' => b'{',
            _ => return Ok(()),
        };
        match self.open.pop() {
            Some((open, _)) if open == opener => Ok(()),
            Some((open, _)) => {
                let what = format!("`{}` meets `{}`, which is still open", byte as char, open as char);
                Err(slip(self.at, what))
            }
            None => Err(slip(self.at, format!("`{}` closes nothing", byte as char))),
        }
    }

    /// Reads a string and stops at its last byte. One that runs over its line may be a nested f-string of a later
    /// Python, so it is no proof.
    fn string(&mut self, quote: u8) -> Result<(), Stop> {
        let start = self.at;
        let triple = self.bytes[self.at..].starts_with(&[quote; 3]);
        self.at += if triple { 3 } else { 1 };
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\\' => self.escape(),
                b'\n' if !triple => return Err(Stop::Unclear),
                _ if byte != quote => {}
                _ if !triple => return Ok(()),
                _ if self.bytes[self.at..].starts_with(&[quote; 3]) => {
                    self.at += 2;
                    return Ok(());
                }
                _ => {}
            }
            self.at += 1;
        }
        if triple {
            Err(slip(start, "the string that starts here is never closed"))
        } else {
            Err(Stop::Unclear)
        }
    }
}

/// Whether a statement that begins with `word` may follow one that began with `before` at the same level.
fn follows(before: &str, word: &str) -> Result<(), String> {
    let heads: &[&str] = match word {
        "elif" => &["if", "elif"],
        "else" => &["if", "elif", "for", "while", "async", "except"],
        "except" => &["try", "except"],
        "finally" => &["try", "except", "else"],
        _ if before == "try" => return Err("the `try` before has neither `except` nor `finally`".into()),
        _ => return Ok(()),
    };
    if heads.contains(&before) { Ok(()) } else { Err(format!("`{word}` follows nothing that it belongs to")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn what(text: &str) -> String {
        match outline(text) {
            Outline::Broken(slip) => slip.what,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn old_and_new_syntax_is_sound() {
        for text in [
            "",
            "\u{feff}import os\n",
            "type A[T] = list[T]\nmatch a:\n    case {'x': 1}:\n        pass\n",
            "def f[T: int](x): return x\n\n\nclass A: pass\n",
            "print(f\"{x[\"a\"]} {', '.join(b)}\")\n",
            "try:\n    a()\nexcept* E as e:\n\n  # note\n    b()\nelse:\n    c()\nfinally:\n    d()\n",
            "for x in y:\n\tif x: break\n\telse: continue\nelse:\n\tpass\n",
            "s = '''\n  (\n'''\nx = (1,\n2)\ny = 1 + \\\n      2\n",
            "if a:\r\n    b\r\nelif c:\r\n    d\r\nelse:\r\n    e\r\n",
            "try: a()\nexcept: b()\n",
            "x = 1 + \\\r\n    2\r\ny = 'a\\\r\nb'\r\n",
        ] {
            assert_eq!(outline(text), Outline::Sound, "{text}");
        }
    }

    #[test]
    fn what_no_python_accepts_is_broken() {
        assert_eq!(what("f(1))\n"), "`)` closes nothing");
        assert_eq!(what("f(1]\n"), "`]` meets `(`, which is still open");
        assert_eq!(what("x = [1,\n"), "`[` is never closed");
        assert_eq!(what("if a:\nb()\n"), "the block that this line opens is empty");
        assert_eq!(what("a()\n    b()\n"), "the line is indented without a reason");
        assert_eq!(what("if a:\n    b()\n  c()\n"), "the indentation matches no outer level");
        assert_eq!(
            what("def f():\n    try:\n        a()\n    b()\n"),
            "the `try` before has neither `except` nor `finally`"
        );
        assert_eq!(what("a()\nexcept E:\n    pass\n"), "`except` follows nothing that it belongs to");
        assert_eq!(what("'''open\n"), "the string that starts here is never closed");
        assert_eq!(what("def f():\n"), "the block that this line opens is empty");
    }

    #[test]
    fn what_these_rules_cannot_split_is_unclear() {
        assert_eq!(outline("x = 'open\n"), Outline::Unclear);
        assert_eq!(outline("if a:\n\t    b\n"), Outline::Unclear);
    }

    proptest! {
        #[test]
        fn any_text_has_an_outline(text in ".{0,300}", words in "([(){}\\[\\]'\"#:\\\\\n \ta]|try:|else:|éx){0,200}") {
            for text in [text, words] {
                if let Outline::Broken(slip) = outline(&text) {
                    prop_assert!(slip.at <= text.len());
                }
            }
        }
    }
}
