//! Gradle scripts, Groovy or Kotlin, to statements and expressions.
//!
//! Both languages are read by one grammar: blocks, calls with and without parentheses, literals, members, operators.
//! What it does not know becomes [`Statement::Unread`], and reading goes on behind it.

mod expression;

use super::Language;
use super::lex::{Kind, Piece, Token, tokens};

/// Expressions and blocks nested deeper are not read.
const MAX_HEIGHT: usize = 120;

/// Statements in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Block {
    /// The names before `->`.
    pub(super) parameters: Vec<String>,
    pub(super) statements: Vec<(usize, Statement)>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Statement {
    Expression(Expr),
    /// `target = value`, or `target += value` where it adds.
    Assign {
        target: Expr,
        adds: bool,
        value: Expr,
    },
    /// `val name = value`, `val name by value`.
    Declare {
        name: String,
        value: Option<Expr>,
        by: bool,
    },
    /// A block that runs or not, or more than once: the condition's text where it is one.
    Control {
        condition: Option<Expr>,
        block: Block,
    },
    /// What the reader does not know.
    Unread(String),
}

/// An expression; the text it stands for is kept for people.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expr {
    pub(super) kind: ExprKind,
    pub(super) text: (usize, usize),
    height: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum ExprKind {
    Text(Vec<Part>),
    Number(String),
    Name(String),
    List(Vec<Expr>),
    Map(Vec<(String, Expr)>),
    Member(Box<Expr>, String),
    Index(Box<Expr>, Box<Expr>),
    Call {
        callee: Box<Expr>,
        types: Vec<String>,
        arguments: Vec<(Option<String>, Expr)>,
        block: Option<Block>,
    },
    Closure(Block),
    Binary(&'static str, Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Unknown,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    Plain(String),
    Code(Box<Expr>),
}

/// Reads a script.
pub(super) fn parse(text: &str, language: Language) -> Block {
    Parser { text, tokens: tokens(text, language), at: 0, flat: 0, depth: 0, language }.block(false)
}

/// The reader gave up on a statement.
struct Lost;
type Read<T> = Result<T, Lost>;

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    /// Inside brackets a line's end means nothing.
    flat: usize,
    depth: usize,
    language: Language,
}

impl<'a> Parser<'a> {
    fn here(&mut self) -> &Token {
        while self.flat > 0 && self.tokens[self.at].kind == Kind::Newline {
            self.at += 1;
        }
        &self.tokens[self.at]
    }

    fn sign(&mut self) -> &'static str {
        match self.here().kind {
            Kind::Sign(sign) => sign,
            _ => "",
        }
    }

    fn name(&mut self) -> Option<String> {
        match &self.here().kind {
            Kind::Name(name) => Some(name.clone()),
            _ => None,
        }
    }

    fn peek(&self, ahead: usize) -> &Kind {
        self.tokens.get(self.at + ahead).map_or(&Kind::End, |token| &token.kind)
    }

    fn step(&mut self) {
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = self.sign() == sign;
        if found {
            self.step();
        }
        found
    }

    fn expect(&mut self, sign: &str) -> Read<()> {
        if self.take(sign) { Ok(()) } else { Err(Lost) }
    }

    fn newlines(&mut self) {
        while self.tokens[self.at].kind == Kind::Newline {
            self.step();
        }
    }

    /// Whether white space stands before the word at hand.
    fn gap(&self) -> bool {
        self.at > 0 && self.tokens[self.at - 1].end < self.tokens[self.at].start
    }

    fn node(&self, kind: ExprKind, start: usize) -> Read<Expr> {
        let height = 1 + match &kind {
            ExprKind::List(items) => items.iter().map(|e| e.height).max().unwrap_or(0),
            ExprKind::Map(items) => items.iter().map(|(_, e)| e.height).max().unwrap_or(0),
            ExprKind::Member(of, _) | ExprKind::Not(of) => of.height,
            ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) => a.height.max(b.height),
            ExprKind::Call { callee, arguments, .. } => {
                arguments.iter().map(|(_, e)| e.height).max().unwrap_or(0).max(callee.height)
            }
            _ => 0,
        };
        let end = self.tokens[self.at.saturating_sub(1)].end.max(start);
        if height > MAX_HEIGHT { Err(Lost) } else { Ok(Expr { kind, text: (start, end), height }) }
    }

    /// Statements up to the closing brace, or to the end of the text.
    fn block(&mut self, closed: bool) -> Block {
        let flat = std::mem::take(&mut self.flat);
        self.depth += 1;
        let mut block = Block::default();
        if closed {
            block.parameters = self.parameters();
        }
        loop {
            while self.tokens[self.at].kind == Kind::Newline || self.sign() == ";" {
                self.step();
            }
            match (&self.tokens[self.at].kind, closed) {
                (Kind::End, _) => break,
                (Kind::Sign("}"), true) => {
                    self.step();
                    break;
                }
                _ => {}
            }
            let (start, line) = (self.at, self.tokens[self.at].line);
            let lost = self.depth > MAX_HEIGHT;
            match if lost { Err(Lost) } else { self.statement() } {
                Ok(Some(statement)) if self.ended() => block.statements.push((line, statement)),
                Ok(None) => {}
                _ => {
                    self.at = start;
                    self.flat = 0;
                    let unread = self.pass_over();
                    block.statements.push((line, Statement::Unread(unread)));
                }
            }
        }
        self.depth -= 1;
        self.flat = flat;
        block
    }

    fn ended(&mut self) -> bool {
        matches!(self.tokens[self.at].kind, Kind::Newline | Kind::End | Kind::Sign("}" | ";"))
    }

    /// Goes to the end of a statement that is not read; brackets are passed over whole.
    fn pass_over(&mut self) -> String {
        let (start, mut depth, first) = (self.tokens[self.at].start, 0_usize, self.at);
        loop {
            match self.tokens[self.at].kind {
                Kind::End => break,
                Kind::Newline | Kind::Sign(";") if depth == 0 && self.at > first => break,
                Kind::Sign("}") if depth == 0 && self.at > first => break,
                Kind::Sign("(" | "[" | "{") => depth += 1,
                Kind::Sign(")" | "]" | "}") => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
        }
        self.text[start..self.tokens[self.at].start.max(start)].to_owned()
    }

    /// `a, b: Type ->` at the start of a closure.
    fn parameters(&mut self) -> Vec<String> {
        let (start, mut names, mut fresh) = (self.at, Vec::new(), true);
        loop {
            match self.tokens[self.at].kind.clone() {
                Kind::Name(name) => {
                    if fresh || matches!(self.peek(1), Kind::Sign("->" | ",")) {
                        if !fresh {
                            names.pop();
                        }
                        names.push(name);
                    }
                    fresh = false;
                }
                Kind::Sign("->") => {
                    self.step();
                    return names;
                }
                Kind::Sign(",") => fresh = true,
                Kind::Sign(":" | "." | "<" | ">" | "?" | "(" | ")") => {}
                _ => break,
            }
            self.at += 1;
        }
        self.at = start;
        Vec::new()
    }

    fn statement(&mut self) -> Read<Option<Statement>> {
        while self.sign() == "@" {
            self.step();
            self.annotation();
        }
        let Some(word) = self.name() else { return self.simple().map(Some) };
        match word.as_str() {
            "import" | "package" => {
                while !self.ended() {
                    self.step();
                }
                Ok(None)
            }
            "val" | "var" | "def" | "final" | "const" | "private" | "internal" | "static" | "lateinit"
                if matches!(self.peek(1), Kind::Name(_)) =>
            {
                self.step();
                if matches!(
                    self.name().as_deref(),
                    Some("fun" | "val" | "var" | "def" | "class" | "static" | "final")
                ) {
                    return self.statement();
                }
                self.declaration().map(Some)
            }
            "fun" | "class" | "interface" | "enum" | "typealias"
                if matches!(self.peek(1), Kind::Name(_) | Kind::Sign("<" | "class")) =>
            {
                self.definition();
                Ok(None)
            }
            "if" | "while" | "for" | "switch" | "when" if *self.peek(1) == Kind::Sign("(") => {
                self.step();
                self.control(&word).map(Some)
            }
            "try" if *self.peek(1) == Kind::Sign("{") => {
                self.step();
                let block = self.branch()?;
                loop {
                    self.continued(&["catch", "finally"]);
                    let Some("catch" | "finally") = self.name().as_deref() else { break };
                    self.step();
                    if self.sign() == "(" {
                        self.balanced();
                    }
                    self.branch()?;
                }
                Ok(Some(Statement::Control { condition: None, block }))
            }
            "return" | "throw" => {
                self.step();
                if self.ended() { Ok(None) } else { self.simple().map(Some) }
            }
            _ if self.typed() => self.declaration().map(Some),
            _ => self.simple().map(Some),
        }
    }

    /// Whether a declaration with its type in front stands here: `String name =`, `List<String> names =`.
    fn typed(&self) -> bool {
        let mut ahead = 1;
        while let Kind::Sign("<" | ">" | "," | "." | "[" | "]") | Kind::Name(_) = self.peek(ahead) {
            if matches!((self.peek(ahead), self.peek(ahead + 1)), (Kind::Name(_), Kind::Sign("="))) {
                let before = self.peek(ahead - 1);
                return matches!(before, Kind::Name(_) | Kind::Sign(">" | "]"));
            }
            ahead += 1;
            if ahead > 16 {
                break;
            }
        }
        false
    }

    fn annotation(&mut self) {
        while matches!(self.here().kind, Kind::Name(_) | Kind::Sign("." | ":")) {
            self.step();
        }
        if self.sign() == "(" {
            self.balanced();
        }
        self.newlines();
    }

    /// A declaration behind its keyword: `name = value`, `name: Type by value`, `Type name = value`, `name(…) {…}`.
    fn declaration(&mut self) -> Read<Statement> {
        let mut last = None;
        loop {
            match self.here().kind.clone() {
                Kind::Name(name) if name == "by" && last.is_some() => {
                    self.step();
                    self.newlines();
                    let value = Some(self.expression()?);
                    return Ok(Statement::Declare { name: last.unwrap_or_default(), value, by: true });
                }
                Kind::Name(name) => {
                    last = Some(name);
                    self.step();
                }
                Kind::Sign(":") => {
                    self.step();
                    while matches!(&self.here().kind, Kind::Name(n) if n != "by")
                        || matches!(self.sign(), "<" | ">" | "," | "." | "?" | "*")
                    {
                        self.step();
                    }
                }
                Kind::Sign("<" | ">" | "," | "." | "[" | "]" | "?") => self.step(),
                Kind::Sign("=") => {
                    self.step();
                    self.newlines();
                    let value = Some(self.expression()?);
                    return last.map(|name| Statement::Declare { name, value, by: false }).ok_or(Lost);
                }
                Kind::Sign("(") => {
                    self.definition();
                    return last.map(|name| Statement::Declare { name, value: None, by: false }).ok_or(Lost);
                }
                _ if self.ended() => {
                    return last.map(|name| Statement::Declare { name, value: None, by: false }).ok_or(Lost);
                }
                _ => return Err(Lost),
            }
        }
    }

    /// Passes over a function or a class: its body is no configuration.
    fn definition(&mut self) {
        loop {
            match self.tokens[self.at].kind {
                Kind::End => return,
                Kind::Sign("{") => return self.balanced(),
                Kind::Sign("(" | "[") => self.balanced(),
                Kind::Newline | Kind::Sign(";" | "}") => return,
                Kind::Sign("=") => {
                    self.step();
                    self.newlines();
                    self.pass_over();
                    return;
                }
                _ => self.step(),
            }
        }
    }

    fn balanced(&mut self) {
        let mut depth = 0_usize;
        loop {
            match self.tokens[self.at].kind {
                Kind::End => return,
                Kind::Sign("(" | "[" | "{") => depth += 1,
                Kind::Sign(")" | "]" | "}") => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    fn control(&mut self, word: &str) -> Read<Statement> {
        let condition = if word == "if" {
            self.expect("(")?;
            self.flat += 1;
            let condition = self.expression();
            let closed = self.expect(")");
            self.flat -= 1;
            closed?;
            Some(condition?)
        } else {
            self.balanced();
            None
        };
        let block = self.branch()?;
        self.continued(&["else"]);
        if self.name().as_deref() == Some("else") {
            self.step();
            let other = self.branch()?;
            let line = other.statements.first().map_or(0, |(line, _)| *line);
            let expr = |kind, text| Expr { kind, text, height: 1 };
            let opposite = condition.clone().map(|c| expr(ExprKind::Not(Box::new(c.clone())), c.text));
            let rest = Statement::Control { condition: opposite, block: other };
            let then = Statement::Control { condition, block };
            let statements = vec![(line, then), (line, rest)];
            let always = Some(expr(ExprKind::Name("true".to_owned()), (0, 0)));
            return Ok(Statement::Control {
                condition: always,
                block: Block { statements, ..Block::default() },
            });
        }
        Ok(Statement::Control { condition, block })
    }

    /// Goes over line ends where one of these words follows them.
    fn continued(&mut self, words: &[&str]) {
        let mut ahead = 0;
        while *self.peek(ahead) == Kind::Newline {
            ahead += 1;
        }
        if matches!(self.peek(ahead), Kind::Name(name) if words.contains(&name.as_str())) {
            self.at += ahead;
        }
    }

    /// A block in braces, or one statement.
    fn branch(&mut self) -> Read<Block> {
        self.newlines();
        if self.take("{") {
            return Ok(self.block(true));
        }
        self.depth += 1;
        let line = self.here().line;
        let read = if self.depth > MAX_HEIGHT { Err(Lost) } else { self.statement() };
        self.depth -= 1;
        Ok(Block { parameters: Vec::new(), statements: read?.map(|s| (line, s)).into_iter().collect() })
    }

    fn simple(&mut self) -> Read<Statement> {
        let first = self.expression()?;
        let first = self.command(first)?;
        let adds = match self.sign() {
            "=" => false,
            "+=" | "<<" => true,
            _ => return Ok(Statement::Expression(first)),
        };
        self.step();
        self.newlines();
        let value = self.expression()?;
        let value = self.command(value)?;
        Ok(Statement::Assign { target: first, adds, value })
    }
}
