//! Gradle scripts, Groovy or Kotlin, to statements and expressions.
//!
//! Both languages are read by one grammar: blocks, calls with and without parentheses, literals, members, operators.
//! What it does not know becomes [`Statement::Unread`], and reading goes on behind it.

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

    /// Groovy's calls without parentheses: `apply plugin: 'x'`, `id 'x' version 'y'`.
    fn command(&mut self, mut callee: Expr) -> Read<Expr> {
        while self.language == Language::Groovy && self.starts_argument(&callee) {
            let start = callee.text.0;
            let mut arguments = vec![self.argument()?];
            while self.take(",") {
                self.newlines();
                arguments.push(self.argument()?);
            }
            let call = ExprKind::Call { callee: Box::new(callee), types: Vec::new(), arguments, block: None };
            callee = self.node(call, start)?;
            if let (Some(name), false) = (self.name(), self.ended()) {
                let start = callee.text.0;
                self.step();
                callee = self.node(ExprKind::Member(Box::new(callee), name), start)?;
            }
        }
        Ok(callee)
    }

    fn starts_argument(&mut self, callee: &Expr) -> bool {
        let callable = matches!(callee.kind, ExprKind::Name(_) | ExprKind::Member(..));
        callable
            && self.gap()
            && match &self.here().kind {
                Kind::Text(_) | Kind::Number(_) => true,
                Kind::Name(name) => !matches!(name.as_str(), "in" | "instanceof" | "as" | "else"),
                Kind::Sign("[") => true,
                _ => false,
            }
    }

    fn argument(&mut self) -> Read<(Option<String>, Expr)> {
        self.take("*");
        let name = match (&self.here().kind.clone(), self.peek_past_here()) {
            (Kind::Name(name), Kind::Sign(":")) => Some(name.clone()),
            (Kind::Name(name), Kind::Sign("=")) if self.language == Language::Kotlin => Some(name.clone()),
            (Kind::Text(pieces), Kind::Sign(":")) => match pieces.as_slice() {
                [Piece::Plain(text)] => Some(text.clone()),
                _ => None,
            },
            _ => None,
        };
        if name.is_some() {
            self.step();
            self.step();
            self.newlines();
        }
        Ok((name, self.expression()?))
    }

    fn peek_past_here(&self) -> Kind {
        self.peek(1).clone()
    }

    fn expression(&mut self) -> Read<Expr> {
        self.depth += 1;
        let read = if self.depth > MAX_HEIGHT { Err(Lost) } else { self.binary(0) };
        self.depth -= 1;
        read
    }

    fn binary(&mut self, least: usize) -> Read<Expr> {
        let mut left = self.unary()?;
        let start = left.text.0;
        loop {
            let mut ahead = 0;
            while *self.peek(ahead) == Kind::Newline {
                ahead += 1;
            }
            if ahead > 0 && matches!(self.peek(ahead), Kind::Sign("?:" | "&&" | "||")) {
                self.at += ahead;
            }
            let (operator, strength): (&'static str, usize) = match &self.here().kind.clone() {
                Kind::Sign("?") => ("?", 1),
                Kind::Sign("?:") => ("?:", 2),
                Kind::Sign("||") => ("||", 3),
                Kind::Sign("&&") => ("&&", 4),
                Kind::Sign(sign @ ("==" | "!=" | "===" | "!==" | "==~" | "=~" | "<=>")) => (sign, 5),
                Kind::Sign(sign @ ("<" | ">" | "<=" | ">=")) => (sign, 6),
                Kind::Name(name) if matches!(name.as_str(), "in" | "is" | "instanceof" | "as") => ("as", 6),
                Kind::Sign("!") if matches!(self.peek(1), Kind::Name(n) if n == "in" || n == "is") => {
                    ("as", 6)
                }
                Kind::Sign(sign @ (".." | "..<")) => (sign, 8),
                Kind::Name(_) if self.language == Language::Kotlin && self.infix() => ("infix", 7),
                Kind::Sign(sign @ ("+" | "-")) => (sign, 9),
                Kind::Sign(sign @ ("*" | "/" | "%")) => (sign, 10),
                _ => return Ok(left),
            };
            if strength <= least {
                return Ok(left);
            }
            if operator == "infix" {
                let name = self.name().unwrap_or_default();
                self.step();
                let right = self.binary(strength)?;
                let callee = self.node(ExprKind::Member(Box::new(left), name), start)?;
                let call = ExprKind::Call {
                    callee: Box::new(callee),
                    types: Vec::new(),
                    arguments: vec![(None, right)],
                    block: None,
                };
                left = self.node(call, start)?;
                continue;
            }
            if self.sign() == "!" {
                self.step();
            }
            self.step();
            self.take("?");
            self.newlines();
            if operator == "?" {
                self.expression()?;
                self.newlines();
                self.expect(":")?;
                self.newlines();
                self.expression()?;
                left = self.node(ExprKind::Unknown, start)?;
                continue;
            }
            let right = self.binary(strength)?;
            left = self.node(ExprKind::Binary(operator, Box::new(left), Box::new(right)), start)?;
        }
    }

    /// Whether the name at hand is an operator of Kotlin's: `id("x") version "y"`, `"a" to "b"`.
    fn infix(&mut self) -> bool {
        let next = self.peek(1);
        let word = matches!(self.peek(0), Kind::Name(n) if matches!(n.as_str(), "else" | "by" | "while" | "catch" | "finally"));
        !word
            && self.gap()
            && !matches!(
                next,
                Kind::Newline | Kind::End | Kind::Sign("=" | "." | "," | ")" | "}" | "->" | ":")
            )
    }

    fn unary(&mut self) -> Read<Expr> {
        let start = self.here().start;
        match self.sign() {
            "!" => {
                self.step();
                self.depth += 1;
                let of = if self.depth > MAX_HEIGHT { Err(Lost) } else { self.unary() };
                self.depth -= 1;
                let of = of?;
                self.node(ExprKind::Not(Box::new(of)), start)
            }
            "-" => {
                self.step();
                match self.here().kind.clone() {
                    Kind::Number(number) => {
                        self.step();
                        self.node(ExprKind::Number(format!("-{number}")), start)
                    }
                    _ => Err(Lost),
                }
            }
            "*" | "+" => {
                self.step();
                self.postfix()
            }
            _ => self.postfix(),
        }
    }

    fn postfix(&mut self) -> Read<Expr> {
        let mut left = self.primary()?;
        let start = left.text.0;
        loop {
            let mut ahead = 0;
            while *self.peek(ahead) == Kind::Newline {
                ahead += 1;
            }
            if ahead > 0 && matches!(self.peek(ahead), Kind::Sign("." | "?.")) {
                self.at += ahead;
            }
            let sign = match self.here().kind {
                Kind::Sign(sign) => sign,
                _ => return Ok(left),
            };
            let kind = match sign {
                "." | "?." | "*." | "::" => {
                    self.step();
                    self.newlines();
                    let name = match self.here().kind.clone() {
                        Kind::Name(name) => name,
                        Kind::Text(pieces) => match pieces.as_slice() {
                            [Piece::Plain(text)] => text.clone(),
                            _ => return Err(Lost),
                        },
                        _ => return Err(Lost),
                    };
                    self.step();
                    ExprKind::Member(Box::new(left), name)
                }
                "!!" => {
                    self.step();
                    continue;
                }
                "[" if !self.gap() => {
                    self.step();
                    self.flat += 1;
                    let index = self.expression();
                    let closed = self.expect("]");
                    self.flat -= 1;
                    closed?;
                    ExprKind::Index(Box::new(left), Box::new(index?))
                }
                "<" if !self.gap() && self.types_end().is_some() => {
                    let end = self.types_end().unwrap_or(self.at);
                    let types = self.tokens[self.at + 1..end].iter().filter_map(|token| match &token.kind {
                        Kind::Name(name) => Some(name.clone()),
                        _ => None,
                    });
                    let types = types.collect();
                    self.at = end + 1;
                    let (arguments, block) = self.call_tail()?;
                    ExprKind::Call { callee: Box::new(left), types, arguments, block }
                }
                "(" => {
                    let (arguments, block) = self.call_tail()?;
                    ExprKind::Call { callee: Box::new(left), types: Vec::new(), arguments, block }
                }
                "{" if !matches!(left.kind, ExprKind::Text(_) | ExprKind::Number(_) | ExprKind::List(_)) => {
                    self.step();
                    let block = Some(self.block(true));
                    ExprKind::Call { callee: Box::new(left), types: Vec::new(), arguments: Vec::new(), block }
                }
                _ => return Ok(left),
            };
            left = self.node(kind, start)?;
        }
    }

    /// Where the type arguments that start here end, if they are some.
    fn types_end(&self) -> Option<usize> {
        let mut depth = 0_usize;
        for at in self.at..(self.at + 24).min(self.tokens.len()) {
            match &self.tokens[at].kind {
                Kind::Sign("<") => depth += 1,
                Kind::Sign(">") if depth == 1 => {
                    let next = &self.tokens[at + 1];
                    let called = matches!(next.kind, Kind::Sign("(" | "{" | "." | ")") | Kind::Newline);
                    return called.then_some(at);
                }
                Kind::Sign(">") => depth -= 1,
                Kind::Name(_) | Kind::Sign("." | "," | "?" | "*") => {}
                _ => return None,
            }
        }
        None
    }

    #[allow(clippy::type_complexity)]
    fn call_tail(&mut self) -> Read<(Vec<(Option<String>, Expr)>, Option<Block>)> {
        let mut arguments = Vec::new();
        if self.take("(") {
            self.flat += 1;
            let read = self.arguments(")");
            self.flat -= 1;
            arguments = read?;
        }
        let block = if self.flat == 0 && matches!(self.tokens[self.at].kind, Kind::Newline) {
            None
        } else if self.take("{") {
            Some(self.block(true))
        } else {
            None
        };
        Ok((arguments, block))
    }

    fn arguments(&mut self, close: &str) -> Read<Vec<(Option<String>, Expr)>> {
        let mut found = Vec::new();
        while self.sign() != close {
            found.push(self.argument()?);
            if !self.take(",") {
                break;
            }
        }
        // The line behind the closing bracket counts again.
        if self.sign() == close {
            self.at += 1;
            Ok(found)
        } else {
            Err(Lost)
        }
    }

    fn primary(&mut self) -> Read<Expr> {
        let token = self.here().clone();
        let start = token.start;
        let kind = match token.kind {
            Kind::Text(pieces) => {
                self.step();
                ExprKind::Text(self.parts(pieces)?)
            }
            Kind::Number(number) => {
                self.step();
                ExprKind::Number(number)
            }
            Kind::Name(name) => match (name.as_str(), self.peek(1)) {
                ("if" | "when", Kind::Sign("(" | "{")) | ("try" | "object" | "switch", _) => {
                    self.pass_value();
                    ExprKind::Unknown
                }
                ("new", Kind::Name(_)) => {
                    self.step();
                    return self.primary_type();
                }
                _ => {
                    self.step();
                    if self.sign() == "@" && !self.gap() {
                        self.step();
                        self.step();
                    }
                    ExprKind::Name(name)
                }
            },
            Kind::Sign("(") => {
                self.step();
                self.flat += 1;
                let inner = self.expression();
                let closed = self.sign() == ")";
                self.flat -= 1;
                if !closed {
                    return Err(Lost);
                }
                self.step();
                return inner;
            }
            Kind::Sign("[") => {
                self.step();
                self.flat += 1;
                if self.take(":") {
                    let closed = self.sign() == "]";
                    self.flat -= 1;
                    if !closed {
                        return Err(Lost);
                    }
                    self.step();
                    ExprKind::Map(Vec::new())
                } else {
                    let items = self.arguments("]");
                    self.flat -= 1;
                    let items = items?;
                    if !items.is_empty() && items.iter().all(|(name, _)| name.is_some()) {
                        ExprKind::Map(
                            items.into_iter().map(|(name, e)| (name.unwrap_or_default(), e)).collect(),
                        )
                    } else {
                        ExprKind::List(items.into_iter().map(|(_, e)| e).collect())
                    }
                }
            }
            Kind::Sign("{") => {
                self.step();
                ExprKind::Closure(self.block(true))
            }
            _ => return Err(Lost),
        };
        self.node(kind, start)
    }

    /// The type behind Groovy's `new`, as the name of a call.
    fn primary_type(&mut self) -> Read<Expr> {
        let start = self.here().start;
        let mut last = self.name().ok_or(Lost)?;
        self.step();
        while self.sign() == "." {
            self.step();
            last = self.name().ok_or(Lost)?;
            self.step();
        }
        if let Some(end) = (self.sign() == "<").then(|| self.types_end()).flatten() {
            self.at = end + 1;
        }
        self.node(ExprKind::Name(last), start)
    }

    /// Passes over a value that is chosen by a condition.
    fn pass_value(&mut self) {
        self.step();
        loop {
            match self.here().kind {
                Kind::End | Kind::Newline | Kind::Sign(")" | "]" | "}" | "," | ";") => {
                    self.continued(&["else"]);
                    if self.name().as_deref() != Some("else") {
                        return;
                    }
                    self.step();
                }
                Kind::Sign("(" | "[" | "{") => self.balanced(),
                _ => self.step(),
            }
        }
    }

    fn parts(&mut self, pieces: Vec<Piece>) -> Read<Vec<Part>> {
        let mut parts = Vec::new();
        for piece in pieces {
            parts.push(match piece {
                Piece::Plain(text) => Part::Plain(text),
                Piece::Code(code) => {
                    if self.depth + 1 > MAX_HEIGHT {
                        return Err(Lost);
                    }
                    let tokens = tokens(&code, self.language);
                    let mut inner = Parser {
                        text: &code,
                        tokens,
                        at: 0,
                        flat: 1,
                        depth: self.depth + 1,
                        language: self.language,
                    };
                    let (start, end) = (self.here().start, self.here().start);
                    let unknown = Expr { kind: ExprKind::Unknown, text: (start, end), height: 1 };
                    let read = inner.expression().ok().filter(|_| inner.here().kind == Kind::End);
                    Part::Code(Box::new(read.map_or(unknown, |e| Expr { text: (start, end), ..e })))
                }
            });
        }
        Ok(parts)
    }
}
