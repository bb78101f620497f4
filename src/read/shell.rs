//! The commands of a shell script: words as the shell would split them, and what becomes of each command's failure.
//!
//! Bash and POSIX `sh`, as far as gates need it: quotes, comments, continuations, here-documents, lists, pipelines
//! and groups. Nothing is expanded. PowerShell and `cmd` read well enough for plain commands.

use std::ops::Range;

/// A longer `$(…)` is not looked for to its end.
const MAX_SUBSTITUTION: usize = 4_096;

/// One simple command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Its words without their quotes; redirections are left out.
    pub words: Vec<String>,
    /// The line in the script, counted from 1.
    pub line: usize,
    /// The commands that take over when this fails (`||`), each as its words; empty where none does.
    pub fallback: Vec<Vec<String>>,
    /// Whether it stands in the condition of an `if` or `while`, or behind `!`: its failure steers, and ends nothing.
    pub condition: bool,
    /// Whether it runs only where the command before it succeeds (`&&`).
    pub chained: bool,
    /// Whether it reads what the command before it writes (`|`).
    pub piped: bool,
    /// The file that it reads (`<`).
    pub reads: Option<String>,
    /// The file that it writes (`>`), and whether it goes on behind what stands there (`>>`).
    pub writes: Option<(String, bool)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word {
        text: String,
        line: usize,
        quoted: bool,
    },
    /// `;`, newline, `&&`, `||`, `|`, `&`, `(`, `)`, `;;`.
    Op(&'static str),
    /// `<`.
    Reads(String),
    /// `>`, or `>>` where the flag is set.
    Writes(String, bool),
}

/// The commands of a script, in their order.
pub fn commands(script: &str) -> Vec<Command> {
    Commands::default().read(&tokens(script))
}

fn tokens(script: &str) -> Vec<Token> {
    let mut lexer = Lexer { rest: script, line: 1, out: Vec::new(), word: None, heredocs: Vec::new() };
    lexer.run();
    lexer.out
}

struct Lexer<'s> {
    rest: &'s str,
    line: usize,
    out: Vec<Token>,
    /// The word being read: text, first line, whether any of it was quoted.
    word: Option<(String, usize, bool)>,
    /// Here-documents announced on this line: delimiter, whether leading tabs are stripped.
    heredocs: Vec<(String, bool)>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        while let Some(c) = self.rest.chars().next() {
            if self.operator() || self.redirection() {
                continue;
            }
            match c {
                '\n' => {
                    self.end_word();
                    self.advance(1);
                    self.out.push(Token::Op("\n"));
                    self.skip_heredocs();
                }
                c if c.is_whitespace() => {
                    self.end_word();
                    self.advance(c.len_utf8());
                }
                '#' if self.word.is_none() => {
                    let end = self.rest.find('\n').unwrap_or(self.rest.len());
                    self.advance(end);
                }
                '\\' => self.escape(),
                '\'' | '"' => self.quoted(c),
                '$' if self.rest.starts_with("${{") => self.braces("}}"),
                '$' if self.rest.starts_with("${") => self.braces("}"),
                '$' if self.rest.starts_with("$(") => self.substitution(),
                '`' if self.quoted_command() => {}
                c => self.push(c),
            }
        }
        self.end_word();
    }

    fn advance(&mut self, bytes: usize) {
        self.line += self.rest[..bytes].matches('\n').count();
        self.rest = &self.rest[bytes..];
    }

    fn open_word(&mut self) -> &mut (String, usize, bool) {
        let line = self.line;
        self.word.get_or_insert_with(|| (String::new(), line, false))
    }

    fn push(&mut self, c: char) {
        self.open_word().0.push(c);
        self.advance(c.len_utf8());
    }

    fn end_word(&mut self) {
        if let Some((text, line, quoted)) = self.word.take() {
            self.out.push(Token::Word { text, line, quoted });
        }
    }

    fn operator(&mut self) -> bool {
        const OPERATORS: [&str; 9] = ["&&", "||", ";;", "|&", ";", "|", "(", ")", "&"];
        let Some(op) = OPERATORS.into_iter().find(|op| self.rest.starts_with(op)) else { return false };
        if op == "&" && self.rest.starts_with("&>") || op == "(" && self.word.is_some() {
            return false;
        }
        self.end_word();
        self.advance(op.len());
        self.out.push(Token::Op(if op == "|&" { "|" } else { op }));
        true
    }

    /// Takes `>file` and `<file` from the words, drops `2>&1` and the like, remembers `<<WORD`.
    fn redirection(&mut self) -> bool {
        // A digit inside of a word names no file descriptor.
        if self.word.is_some() && self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            return false;
        }
        let bare = self.rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = self.rest.len() - bare.len();
        let descriptor = &self.rest[..digits];
        let starts = bare.starts_with(['<', '>']) || self.rest.starts_with("&>");
        if !starts || bare.starts_with("<(") || bare.starts_with(">(") {
            return false;
        }
        self.end_word();
        self.advance(digits);
        let sign_end =
            self.rest.find(|c| !matches!(c, '<' | '>' | '&' | '|' | '-')).unwrap_or(self.rest.len());
        let sign = self.rest[..sign_end].to_owned();
        self.advance(sign_end);
        let blank = self.rest.len() - self.rest.trim_start_matches([' ', '\t']).len();
        self.advance(blank);
        let end = self.rest.find([' ', '\t', '\n', ';', '|', '&', ')']).unwrap_or(self.rest.len());
        if sign.starts_with("<<") && !sign.starts_with("<<<") {
            let delimiter = self.rest[..end].replace(['\'', '"', '\\'], "");
            self.heredocs.push((delimiter, sign == "<<-"));
        }
        let file = || self.rest[..end].replace(['\'', '"'], "");
        match sign.as_str() {
            "<" => self.out.push(Token::Reads(file())),
            ">" | ">|" | ">>" if digits == 0 || descriptor == "1" => {
                self.out.push(Token::Writes(file(), sign == ">>"));
            }
            _ => {}
        }
        self.advance(end);
        true
    }

    fn skip_heredocs(&mut self) {
        for (delimiter, tabs) in std::mem::take(&mut self.heredocs) {
            while !self.rest.is_empty() {
                let end = self.rest.find('\n').map_or(self.rest.len(), |at| at + 1);
                let line = self.rest[..end].trim_end_matches(['\n', '\r']);
                let done = if tabs { line.trim_start_matches('\t') } else { line } == delimiter;
                self.advance(end);
                if done {
                    break;
                }
            }
        }
    }

    fn escape(&mut self) {
        let mut chars = self.rest.chars();
        chars.next();
        match chars.next() {
            Some('\n') => self.advance(2),
            Some('\r') if self.rest.starts_with("\\\r\n") => self.advance(3),
            Some(c) => {
                self.advance(1);
                self.push(c);
            }
            None => self.advance(1),
        }
    }

    fn quoted(&mut self, quote: char) {
        self.open_word().2 = true;
        self.advance(1);
        while let Some(c) = self.rest.chars().next() {
            if c == quote {
                self.advance(1);
                return;
            }
            if c == '\\' && quote == '"' {
                self.escape();
            } else {
                self.push(c);
            }
        }
    }

    /// `$(…)` is a part of its word; only a run knows what it prints. One that nothing closes is a word and a group.
    fn substitution(&mut self) {
        let mut open = 0;
        let end = self.rest.char_indices().take(MAX_SUBSTITUTION).find_map(|(at, c)| {
            match c {
                '(' => open += 1,
                ')' => open -= 1,
                _ => {}
            }
            (c == ')' && open == 0).then_some(at + 1)
        });
        let Some(end) = end else { return self.push('$') };
        let text = self.rest[..end].to_owned();
        self.open_word().0.push_str(&text);
        self.advance(end);
    }

    /// "`…`" on one line, likewise. Elsewhere it is an ordinary character, as in PowerShell.
    fn quoted_command(&mut self) -> bool {
        let line = self.rest.lines().next().unwrap_or_default();
        let Some(end) = line[1..].find('`').filter(|end| *end > 0) else { return false };
        let text = self.rest[..end + 2].to_owned();
        self.open_word().0.push_str(&text);
        self.advance(end + 2);
        true
    }

    fn braces(&mut self, close: &str) {
        let end = self.rest.find(close).map_or(self.rest.len(), |at| at + close.len());
        let text = self.rest[..end].to_owned();
        self.open_word().0.push_str(&text);
        self.advance(end);
    }
}

/// A group that is still open: `(`, `{`, `if`, a loop or `case`.
struct Group {
    closes: &'static str,
    /// Where in `done` its commands, or the chain that leads to it, begin.
    from: usize,
    /// Where in `done` its own commands begin.
    inside: usize,
    /// The commands whose fallback the whole group is.
    awaits: Option<Range<usize>>,
}

#[derive(Default)]
struct Commands {
    done: Vec<Command>,
    words: Vec<String>,
    line: usize,
    groups: Vec<Group>,
    /// The commands that a following `||` speaks of.
    last: Range<usize>,
    /// The commands whose fallback comes next.
    awaits: Option<Range<usize>>,
    /// Where the list begins that the next command continues by `&&` or `|`.
    chain: Option<usize>,
    condition: bool,
    negated: bool,
    chained: bool,
    piped: bool,
    reads: Option<String>,
    writes: Option<(String, bool)>,
}

impl Commands {
    fn read(mut self, tokens: &[Token]) -> Vec<Command> {
        for token in tokens {
            match token {
                Token::Word { text, quoted: false, .. } if self.words.is_empty() && self.keyword(text) => {}
                Token::Word { text, line, .. } => {
                    if self.words.is_empty() {
                        self.line = *line;
                    }
                    self.words.push(text.clone());
                }
                Token::Op("(") => {
                    self.finish();
                    self.open(")");
                }
                Token::Op(")") => self.close(")"),
                Token::Op("||") => {
                    self.finish();
                    self.awaits = Some(self.last.clone());
                }
                Token::Op(op @ ("|" | "&&")) => {
                    self.finish();
                    self.chain = Some(self.last.start);
                    (self.piped, self.chained) = (*op == "|", *op == "&&");
                }
                Token::Reads(file) => self.reads = Some(file.clone()),
                Token::Writes(file, on) => self.writes = Some((file.clone(), *on)),
                Token::Op(_) => self.finish(),
            }
        }
        self.finish();
        self.done
    }

    /// Whether the word is the shell's own and no command.
    fn keyword(&mut self, word: &str) -> bool {
        match word {
            "{" => self.open("}"),
            "if" => self.open("fi"),
            "while" | "until" | "for" | "select" => self.open("done"),
            "case" => self.open("esac"),
            "}" | "fi" | "done" | "esac" => self.close(word),
            "then" | "do" => self.condition = false,
            "!" => self.negated = true,
            "elif" | "else" => {}
            _ => return false,
        }
        self.condition |= matches!(word, "if" | "elif" | "while" | "until");
        !matches!(word, "for" | "select" | "case")
    }

    fn open(&mut self, closes: &'static str) {
        let inside = self.done.len();
        let from = self.chain.take().unwrap_or(inside);
        self.groups.push(Group { closes, from, inside, awaits: self.awaits.take() });
    }

    fn close(&mut self, kind: &str) {
        self.finish();
        let Some(at) = self.groups.iter().rposition(|g| g.closes == kind) else { return };
        let group = self.groups.drain(at..).next().expect("the group at that position");
        self.last = group.from..self.done.len();
        if let Some(awaiting) = group.awaits {
            let words = self.done[group.inside..].iter().map(|c| c.words.clone()).collect();
            self.fall_back(awaiting, words);
        }
    }

    fn finish(&mut self) {
        let words = std::mem::take(&mut self.words);
        let (reads, writes) = (self.reads.take(), self.writes.take());
        if words.is_empty() {
            return;
        }
        let at = self.done.len();
        let condition = self.condition || std::mem::take(&mut self.negated);
        let (line, fallback, piped) = (self.line, Vec::new(), std::mem::take(&mut self.piped));
        let chained = std::mem::take(&mut self.chained);
        self.done.push(Command {
            words: words.clone(),
            line,
            fallback,
            condition,
            chained,
            piped,
            reads,
            writes,
        });
        self.last = self.chain.take().unwrap_or(at)..at + 1;
        if let Some(awaiting) = self.awaits.take() {
            self.fall_back(awaiting, vec![words]);
        }
    }

    /// `a || b || c`: what happens in the end when `a` fails is `c`.
    fn fall_back(&mut self, commands: Range<usize>, to: Vec<Vec<String>>) {
        self.last = commands.start..self.done.len();
        for command in &mut self.done[commands] {
            command.fallback.clone_from(&to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(script: &str) -> Vec<String> {
        let show = |words: &Vec<String>| words.join(" ");
        let one = |c: &Command| {
            let fallback = c.fallback.iter().map(show).collect::<Vec<_>>().join("; ");
            let tail = if c.fallback.is_empty() { String::new() } else { format!(" || {fallback}") };
            format!("{}{}{tail}", if c.condition { "? " } else { "" }, show(&c.words))
        };
        commands(script).iter().map(one).collect()
    }

    #[test]
    fn words_are_split_as_the_shell_splits_them() {
        assert_eq!(read("pytest -k 'a b' \\\n  --x=\"1 2\" # || true\n"), ["pytest -k a b --x=1 2"]);
        assert_eq!(commands("a 'b c'")[0].words, ["a", "b c"]);
        assert_eq!(read("echo 'npm test || true'; npm test"), ["echo npm test || true", "npm test"]);
        assert_eq!(read("npm test > log.txt 2>&1 || true"), ["npm test || true", "true"]);
        assert_eq!(read("x ${{ a || b }}"), ["x ${{ a || b }}"]);
    }

    #[test]
    fn a_fallback_speaks_of_its_whole_list_and_group() {
        assert_eq!(read("a && b | c || true"), ["a || true", "b || true", "c || true", "true"]);
        assert_eq!(read("{ a; b; } || :"), ["a || :", "b || :", ":"]);
        assert_eq!(read("a; b || true"), ["a", "b || true", "true"]);
        assert_eq!(read("a || b || true"), ["a || true", "b || true", "true"]);
        assert_eq!(read("a || { echo no; exit 1; }"), ["a || echo no; exit 1", "echo no", "exit 1"]);
        assert_eq!(read("a ||\n  true\nb"), ["a || true", "true", "b"]);
    }

    #[test]
    fn what_only_success_reaches_is_told() {
        let chained = |script: &str| commands(script).iter().map(|c| c.chained).collect::<Vec<_>>();
        assert_eq!(chained("a && b; c"), [false, true, false]);
        assert_eq!(chained("a || b && c\nd | e"), [false, false, true, false, false]);
    }

    #[test]
    fn conditions_steer_and_end_nothing() {
        assert_eq!(read("if npm test; then\n echo ok\nfi\nmake"), ["? npm test", "echo ok", "make"]);
        assert_eq!(read("! grep x y && make"), ["? grep x y", "make"]);
    }

    #[test]
    fn files_and_pipes_are_told_and_substitutions_stay_whole() {
        let found = commands("a <in 2>/dev/null | b -v x >> 'out' 2>&1\nc `d | e` > f");
        let [a, b, c] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((a.piped, a.reads.as_deref(), &a.writes), (false, Some("in"), &None));
        assert_eq!((b.piped, &b.writes), (true, &Some(("out".to_owned(), true))));
        assert_eq!((c.words.join(" ").as_str(), c.piped), ("c `d | e`", false));
    }

    #[test]
    fn here_documents_hold_no_commands() {
        assert_eq!(read("cat <<'EOF' > f\nnpm test || true\nEOF\nnpm test"), ["cat", "npm test"]);
        assert_eq!(commands("cat <<E\nx\nE\nb")[1].line, 4);
    }

    proptest! {
        #[test]
        fn any_script_is_read_without_panic(script in "[a-zé(){}<>|&;!#$'\"\\\\ \n\t0-9]{0,120}") {
            commands(&script);
        }
    }
}
