//! Expressions: operators by their strength, calls with and without parentheses, literals.

use super::{Block, Expr, ExprKind, Kind, Language, Lost, MAX_HEIGHT, Parser, Part, Piece, Read, tokens};

/// The arguments of a call, and the block behind them.
type Tail = (Vec<(Option<String>, Expr)>, Option<Block>);

impl Parser<'_> {
    /// Groovy's calls without parentheses: `apply plugin: 'x'`, `id 'x' version 'y'`.
    pub(super) fn command(&mut self, mut callee: Expr) -> Read<Expr> {
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

    pub(super) fn expression(&mut self) -> Read<Expr> {
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
                // `String[]`: a type, of which nothing but its being one matters.
                "[" if !self.gap() && *self.peek(1) == Kind::Sign("]") => {
                    self.step();
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

    fn call_tail(&mut self) -> Read<Tail> {
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
