//! The tree of an expression as it is written.

use crate::builtin::{Builtin, Loop};
use crate::operator::{Binary, Unary};
use crate::problem::Span;

/// A part of an expression.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) form: Form,
    pub(crate) span: Span,
    /// How deep the tree below is, itself included.
    pub(crate) depth: usize,
    /// How many nodes there are, itself included.
    pub(crate) size: usize,
}

/// What a part of an expression is.
#[derive(Clone, Debug)]
pub(crate) enum Form {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Name(String),
    /// `#`, or `#acc` and the like.
    Pointer(Option<String>),
    Unary(Unary, Box<Node>),
    Binary(Binary, Box<Node>, Box<Node>),
    /// `base[property]`, `base.name`, and with a question mark both again.
    Member {
        base: Box<Node>,
        property: Box<Node>,
        is_optional: bool,
    },
    /// What becomes nil as a whole when an optional member inside has no base.
    Chain(Box<Node>),
    Slice {
        base: Box<Node>,
        from: Option<Box<Node>>,
        to: Option<Box<Node>>,
    },
    /// A call of something that is no function of the language.
    Call(Box<Node>, Vec<Node>),
    Builtin(Builtin, Vec<Node>),
    Loop(Loop, Vec<Node>),
    Let {
        name: String,
        value: Box<Node>,
        body: Box<Node>,
    },
    Sequence(Vec<Node>),
    If(Box<[Node; 3]>),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

impl Node {
    pub(crate) fn new(form: Form, span: Span) -> Node {
        let mut node = Node { form, span, depth: 0, size: 0 };
        let (mut depth, mut size) = (0, 0);
        node.each_child(|child| {
            depth = depth.max(child.depth);
            size += child.size;
        });
        (node.depth, node.size) = (depth + 1, size + 1);
        node
    }

    fn each_child(&self, mut visit: impl FnMut(&Node)) {
        match &self.form {
            Form::Unary(_, node) | Form::Chain(node) => visit(node),
            Form::Binary(_, left, right) => [left, right].into_iter().for_each(|it| visit(it)),
            Form::Member { base, property, .. } => {
                [base, property].into_iter().for_each(|it| visit(it));
            }
            Form::Slice { base, from, to } => {
                visit(base);
                from.iter().chain(to).for_each(|it| visit(it));
            }
            Form::Call(callee, arguments) => {
                visit(callee);
                arguments.iter().for_each(visit);
            }
            Form::Builtin(_, nodes)
            | Form::Loop(_, nodes)
            | Form::Sequence(nodes)
            | Form::List(nodes) => nodes.iter().for_each(visit),
            Form::Let { value, body, .. } => [value, body].into_iter().for_each(|it| visit(it)),
            Form::If(parts) => parts.iter().for_each(visit),
            Form::Map(pairs) => pairs.iter().for_each(|(key, value)| {
                visit(key);
                visit(value);
            }),
            _ => {}
        }
    }

    /// The name after a point, or the text in brackets.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.form {
            Form::Text(text) => Some(text),
            _ => None,
        }
    }
}
