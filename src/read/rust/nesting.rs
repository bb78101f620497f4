//! How deep a Rust text nests, counted over its tokens without parsing it.
//!
//! Besides brackets, a parser recurses along operators, types, closures and `else if` chains, none of which needs a
//! bracket. Each such step takes at least one token, so the tokens on the way from the outermost bracket to the
//! innermost one, counted anew after every separator, bound the depth of everything.

const MAX_BRACKETS: usize = 256;
const MAX_TOKENS: usize = 1_000;
const MAX_ANGLES: usize = 256;

/// Whether a parser with a stack of 64 MiB can bear the text.
pub fn is_shallow(text: &str) -> bool {
    let mut depth = Depth { levels: vec![Level::default()], tokens: 0, angles: 0 };
    let mut tokens = Tokens { bytes: text.as_bytes(), at: 0 };
    while let Some(token) = tokens.next_token() {
        depth.take(token);
        if depth.levels.len() > MAX_BRACKETS || depth.tokens > MAX_TOKENS || depth.angles > MAX_ANGLES {
            return false;
        }
    }
    true
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a [u8]),
    Literal,
    Open,
    Close(u8),
    Separator(u8),
    /// A `>` that ends an arrow is none here.
    Angle(u8),
    Pipe,
    Hash,
    Other,
}

#[derive(Default)]
struct Level {
    tokens: usize,
    angles: usize,
    pipes: usize,
    after_brace: bool,
}

struct Depth {
    levels: Vec<Level>,
    tokens: usize,
    angles: usize,
}

impl Depth {
    fn take(&mut self, token: Token<'_>) {
        match token {
            Token::Open => {
                self.count();
                self.levels.push(Level::default());
                return;
            }
            Token::Close(byte) => {
                if self.levels.len() > 1 {
                    self.start_anew();
                    self.levels.pop();
                }
                self.top().after_brace = byte == b'}';
                return;
            }
            Token::Separator(b',') => self.comma(),
            Token::Separator(_) => self.start_anew(),
            Token::Word(word) if self.top().after_brace && word != b"else" && word != b"as" => {
                self.start_anew()
            }
            Token::Literal | Token::Hash if self.top().after_brace => self.start_anew(),
            Token::Angle(b'<') => {
                self.top().angles += 1;
                self.angles += 1;
            }
            Token::Angle(_) if self.top().angles > 0 => {
                self.top().angles -= 1;
                self.angles -= 1;
            }
            Token::Pipe => self.top().pipes += 1,
            _ => {}
        }
        self.top().after_brace = false;
        self.count();
    }

    fn top(&mut self) -> &mut Level {
        self.levels.last_mut().expect("the outermost level stays")
    }

    fn count(&mut self) {
        self.top().tokens += 1;
        self.tokens += 1;
    }

    /// One between a closure's or a type's parameters separates no expressions.
    fn comma(&mut self) {
        let top = self.top();
        if top.pipes.is_multiple_of(2) && top.angles == 0 {
            self.restart_tokens();
        }
    }

    fn restart_tokens(&mut self) {
        let tokens = std::mem::take(&mut self.top().tokens);
        self.tokens -= tokens;
        self.top().pipes = 0;
    }

    fn start_anew(&mut self) {
        self.restart_tokens();
        let angles = std::mem::take(&mut self.top().angles);
        self.angles -= angles;
    }
}

struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn next_token(&mut self) -> Option<Token<'a>> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            match byte {
                b if b.is_ascii_whitespace() => self.at += 1,
                b'/' if self.peek(1) == b'/' => {
                    let rest = &self.bytes[self.at..];
                    self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                }
                b'/' if self.peek(1) == b'*' => self.block_comment(),
                _ => return Some(self.token(byte)),
            }
        }
    }

    fn token(&mut self, byte: u8) -> Token<'a> {
        if byte == b'"' {
            self.string();
            return Token::Literal;
        }
        if byte == b'\'' {
            return self.quote();
        }
        if is_word(byte) {
            return self.word();
        }
        let arrow = matches!(byte, b'-' | b'=') && self.peek(1) == b'>';
        self.at += if arrow { 2 } else { 1 };
        match byte {
            b'(' | b'[' | b'{' => Token::Open,
            b')' | b']' | b'}' => Token::Close(byte),
            b';' | b',' => Token::Separator(byte),
            b'<' | b'>' => Token::Angle(byte),
            b'|' => Token::Pipe,
            b'#' => Token::Hash,
            _ => Token::Other,
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.bytes.len() {
            match (self.peek(0), self.peek(1)) {
                (b'/', b'*') => depth += 1,
                (b'*', b'/') => depth -= 1,
                _ => {
                    self.at += 1;
                    continue;
                }
            }
            self.at += 2;
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        self.at += 1;
        while self.at < self.bytes.len() && self.peek(0) != b'"' {
            self.at += if self.peek(0) == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
    }

    /// A character or a lifetime.
    fn quote(&mut self) -> Token<'a> {
        if self.peek(1) == b'\\' {
            self.at += 3;
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            self.at += memchr::memchr2(b'\'', b'\n', rest).map_or(rest.len(), |i| i + 1);
            return Token::Literal;
        }
        let mut end = self.at + 2;
        while self.bytes.get(end).is_some_and(|b| (0x80..0xC0).contains(b)) {
            end += 1;
        }
        if self.bytes.get(end) == Some(&b'\'') {
            self.at = end + 1;
            return Token::Literal;
        }
        self.at += 1;
        Token::Other
    }

    fn word(&mut self) -> Token<'a> {
        let start = self.at;
        while is_word(self.peek(0)) {
            self.at += 1;
        }
        let word = &self.bytes[start..self.at];
        let prefixed = matches!(word, b"b" | b"c" | b"r" | b"br" | b"cr");
        if prefixed && word.ends_with(b"r") && matches!(self.peek(0), b'"' | b'#') && self.raw_string() {
            return Token::Literal;
        }
        match self.peek(0) {
            b'"' if prefixed => {
                self.string();
                Token::Literal
            }
            b'\'' if word == b"b" => self.quote(),
            _ if word[0].is_ascii_digit() => Token::Literal,
            _ => Token::Word(word),
        }
    }

    fn raw_string(&mut self) -> bool {
        let rest = &self.bytes[self.at..];
        let hashes = rest.iter().take_while(|b| **b == b'#').count();
        if rest.get(hashes) != Some(&b'"') {
            return false;
        }
        let end = [b"\"".as_slice(), &b"#".repeat(hashes)].concat();
        let body = &rest[hashes + 1..];
        let close = memchr::memmem::find(body, &end).map_or(body.len(), |i| i + end.len());
        self.at += hashes + 1 + close;
        true
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::is_shallow;

    #[test]
    fn brackets_in_texts_and_comments_do_not_count() {
        let open = "(".repeat(1_000);
        for text in [
            format!("const A: &str = \"{open}\";"),
            format!("const A: &str = r#\"\"{open}\"#;"),
            format!("/* /* {open} */ {open} */ fn f<'a>(x: &'a u8) {{}}"),
            format!("// {open}\n{}", "const C: char = '('; const D: char = '\\'';".repeat(300)),
        ] {
            assert!(is_shallow(&text));
        }
        assert!(!is_shallow(&open));
    }

    #[test]
    fn long_files_of_ordinary_code_are_shallow() {
        let item =
            "#[test]\nfn f() -> Vec<u8> { if a < b { c() } else { d }; match x { 1 => {} _ => {} } }\n";
        assert!(is_shallow(&item.repeat(5_000)));
        assert!(is_shallow(&format!("const T: [u32; 4] = [{}];", "A | B, 0x1F, ".repeat(10_000))));
    }

    #[test]
    fn chains_without_brackets_count() {
        for shape in ["&", "|a, b| ", "A<B, ", "else if a {} ", "a = ", "fn() -> "] {
            assert!(!is_shallow(&shape.repeat(3_000)), "{shape}");
        }
    }
}
