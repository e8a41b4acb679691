//! A tree to code for one type of `result`, or the mismatch that the original would find.

mod binary;
mod builtins;
mod call;
mod loops;
mod member;
mod shortcut;

use crate::builtin::{Ambient, RESULT, is_taken};
use crate::code::{Code, Op};
use crate::kind::Kind;
use crate::operator::Unary;
use crate::problem::{Problem, ProblemKind, Span};
use crate::tree::{Form, Node};
use crate::value::Shape;

type Checked = Result<(Code, Kind), Problem>;

/// The code of a condition for results of one shape.
pub(crate) fn check(node: &Node, shape: Shape) -> Result<Code, Problem> {
    let mut checker = Checker { result: Kind::of(shape), frames: Vec::new(), waiting: 0 };
    let (code, kind) = checker.visit(node)?;
    if kind.is_bool() || kind.is_unknown() {
        return Ok(code);
    }
    let message = format!("a condition is true or false, and this is {kind}");
    Err(mismatch(node.span, message).helped(Some("compare it, as in `result > 1`")))
}

struct Checker {
    result: Kind,
    /// Variables and loops around, the innermost last.
    frames: Vec<Frame>,
    /// How many operands wait for what is visited.
    waiting: usize,
}

/// What a name or `#` can mean.
enum Frame {
    Variable(String, Kind),
    /// What is looped over, and the names that may follow `#`.
    Loop(Kind, &'static [&'static str]),
}

fn mismatch(span: Span, message: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Type, span, message.into())
}

fn unsupported(span: Span, message: &'static str) -> Problem {
    Problem::new(ProblemKind::Unsupported, span, message)
}

impl Checker {
    fn visit(&mut self, node: &Node) -> Checked {
        let span = node.span;
        let (op, kind) = match &node.form {
            Form::Nil => (Op::Nil, Kind::Nil),
            Form::Bool(it) => (Op::Bool(*it), Kind::Bool),
            Form::Int(it) => (Op::Int(*it), Kind::Int),
            Form::Float(it) => (Op::Float(*it), Kind::Float),
            Form::Text(it) => (Op::Text(it.clone()), Kind::Text),
            Form::Name(name) => self.name(name, span)?,
            Form::Pointer(name) => self.pointer(name.as_deref(), span)?,
            Form::Unary(unary, operand) => self.unary(*unary, operand, span)?,
            Form::Binary(binary, left, right) => self.binary(*binary, left, right, span)?,
            Form::Member { base, property, is_optional } => {
                self.member(base, property, *is_optional, span)?
            }
            Form::Chain(inner) => {
                let (code, kind) = self.visit(inner)?;
                (Op::Chain(Box::new(code)), kind)
            }
            Form::Slice { base, from, to } => {
                self.slice(base, from.as_deref(), to.as_deref(), span)?
            }
            Form::Call(callee, arguments) => self.call(callee, arguments, span)?,
            Form::Builtin(builtin, arguments) => self.builtin(*builtin, arguments, span)?,
            Form::Loop(looped, arguments) => self.looped(*looped, arguments)?,
            Form::Let { name, value, body } => self.declaration(name, value, body, span)?,
            Form::Sequence(nodes) => self.sequence(nodes)?,
            Form::If(parts) => self.branch(parts)?,
            Form::List(nodes) => self.list(nodes)?,
            Form::Map(pairs) => self.map(pairs)?,
        };
        Ok((Code { op, span }, kind))
    }

    /// A part behind so many others.
    fn argument(&mut self, node: &Node, before: usize) -> Checked {
        if before == 0 { self.visit(node) } else { self.behind(|it| it.visit(node)) }
    }

    /// The code of a part and its type, in a box for those who keep it.
    fn boxed(&mut self, node: &Node) -> Result<(Box<Code>, Kind), Problem> {
        self.visit(node).map(|(code, kind)| (Box::new(code), kind))
    }

    fn name(&mut self, name: &str, span: Span) -> Result<(Op, Kind), Problem> {
        let frames = self.frames.iter().rev().enumerate();
        for (up, frame) in frames {
            match frame {
                Frame::Variable(variable, kind) if variable == name => {
                    return Ok((Op::Variable(up), kind.clone()));
                }
                _ => {}
            }
        }
        if name == RESULT {
            return Ok((Op::Result, self.result.clone()));
        }
        if name == "$env" {
            return Err(unsupported(span, "the environment as a value (`$env`)"));
        }
        if is_taken(name) {
            return Err(unsupported(span, "a function that is not called"));
        }
        let message = format!("nothing is called `{name}`");
        let help = "a condition sees `result` and the functions of the language";
        Err(mismatch(span, message).helped(Some(help)))
    }

    fn pointer(&mut self, name: Option<&str>, span: Span) -> Result<(Op, Kind), Problem> {
        let loops = self.frames.iter().rev().enumerate();
        let found = loops.into_iter().find_map(|(up, frame)| match frame {
            Frame::Loop(over, names) => Some((up, over.element(), *names)),
            Frame::Variable(..) => None,
        });
        let Some((up, element, names)) = found else {
            return Err(mismatch(span, "`#` outside of `all`, `filter` and their like"));
        };
        match name {
            None => Ok((Op::Element(up), element)),
            Some("index") if names.contains(&"index") => Ok((Op::Index(up), Kind::Int)),
            Some("acc") if names.contains(&"acc") => Ok((Op::Gathered(up), Kind::Unknown)),
            Some(name) => Err(mismatch(span, format!("`#{name}` is not known here"))),
        }
    }

    fn unary(&mut self, unary: Unary, operand: &Node, span: Span) -> Result<(Op, Kind), Problem> {
        let (code, kind) = self.boxed(operand)?;
        match unary {
            Unary::Not if kind.is_bool() || kind.is_unknown() => Ok((Op::Not(code), Kind::Bool)),
            Unary::Minus if kind.is_number() => Ok((Op::Negate(code), kind)),
            Unary::Minus if kind.is_unknown() => Ok((Op::Negate(code), Kind::Unknown)),
            Unary::Plus if kind.is_number() => Ok((code.op, kind)),
            Unary::Plus if kind.is_unknown() => Ok((code.op, Kind::Unknown)),
            _ => Err(mismatch(span, format!("`{}` does not apply to {kind}", unary.sign()))),
        }
    }

    fn declaration(
        &mut self,
        name: &str,
        value: &Node,
        body: &Node,
        span: Span,
    ) -> Result<(Op, Kind), Problem> {
        let is_variable = |frame: &Frame| matches!(frame, Frame::Variable(it, _) if it == name);
        if is_taken(name) || self.frames.iter().any(is_variable) {
            return Err(mismatch(span, format!("`{name}` exists already")));
        }
        let (value, kind) = self.visit(value)?;
        let frame = Frame::Variable(name.to_owned(), kind);
        let (body, kind) = self.within(frame, body)?;
        Ok((Op::Let(Box::new([value, body])), kind))
    }

    /// A part inside of a variable or loop.
    fn within(&mut self, frame: Frame, node: &Node) -> Checked {
        self.frames.push(frame);
        let checked = self.visit(node);
        self.frames.pop();
        checked
    }

    fn sequence(&mut self, nodes: &[Node]) -> Result<(Op, Kind), Problem> {
        let mut last = Kind::Unknown;
        let mut codes = Vec::with_capacity(nodes.len());
        for node in nodes {
            let (code, kind) = self.visit(node)?;
            codes.push(code);
            last = kind;
        }
        Ok((Op::Sequence(codes), last))
    }

    fn branch(&mut self, parts: &[Node; 3]) -> Result<(Op, Kind), Problem> {
        let [condition, then, otherwise] = parts;
        let (condition_code, kind) = self.visit(condition)?;
        if !kind.is_bool() && !kind.is_unknown() {
            let message = format!("what decides is true or false, and this is {kind}");
            return Err(mismatch(condition.span, message));
        }
        let (then, one) = self.visit(then)?;
        let (otherwise, other) = self.visit(otherwise)?;
        let kind = match (&one, &other) {
            (Kind::Nil, _) => other,
            (_, Kind::Nil) => one,
            (Kind::List(..), Kind::List(..)) if one.fits(&other) => {
                let (a, b) = (one.element(), other.element());
                if a.fits(&b) && b.fits(&a) { one } else { Kind::any_list() }
            }
            _ if one.fits(&other) => one,
            _ => Kind::Unknown,
        };
        Ok((Op::If(Box::new([condition_code, then, otherwise])), kind))
    }

    fn list(&mut self, nodes: &[Node]) -> Result<(Op, Kind), Problem> {
        let mut codes = Vec::with_capacity(nodes.len());
        let mut kinds: Vec<Kind> = Vec::with_capacity(nodes.len());
        for node in nodes {
            let (code, kind) = self.argument(node, codes.len())?;
            codes.push(code);
            kinds.push(kind);
        }
        let is_alike = kinds.windows(2).all(|pair| pair[0].is_alike(&pair[1]));
        let of = if is_alike { kinds.pop().unwrap_or(Kind::Unknown) } else { Kind::Anything };
        Ok((Op::List(codes), Kind::list(of)))
    }

    fn map(&mut self, pairs: &[(Node, Node)]) -> Result<(Op, Kind), Problem> {
        let mut codes = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            codes.push((self.argument(key, codes.len())?.0, self.argument(value, 1)?.0));
        }
        Ok((Op::Map(codes), Kind::map()))
    }

    fn call(
        &mut self,
        callee: &Node,
        arguments: &[Node],
        span: Span,
    ) -> Result<(Op, Kind), Problem> {
        if let Form::Name(name) = &callee.form
            && let Some(ambient) = Ambient::named(name)
        {
            return self.ambient(ambient, arguments, span);
        }
        let (code, kind) = self.boxed(callee)?;
        if !kind.is_unknown() {
            return Err(mismatch(callee.span, format!("{kind} cannot be called")));
        }
        Ok((Op::CallOfValue(code), Kind::Unknown))
    }
}
