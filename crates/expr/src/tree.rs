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
        let mut node = Node { form, span, depth: 1, size: 1 };
        let children = node.children();
        let depth = 1 + children.iter().map(|child| child.depth).max().unwrap_or(0);
        let size = 1 + children.iter().map(|child| child.size).sum::<usize>();
        (node.depth, node.size) = (depth, size);
        node
    }

    fn children(&self) -> Vec<&Node> {
        match &self.form {
            Form::Unary(_, node) | Form::Chain(node) => vec![node],
            Form::Binary(_, left, right) => vec![left, right],
            Form::Member { base, property, .. } => vec![base, property],
            Form::Slice { base, from, to } => {
                let bounds = from.iter().chain(to).map(|it| &**it);
                std::iter::once(&**base).chain(bounds).collect()
            }
            Form::Call(callee, arguments) => std::iter::once(&**callee).chain(arguments).collect(),
            Form::Builtin(_, nodes)
            | Form::Loop(_, nodes)
            | Form::Sequence(nodes)
            | Form::List(nodes) => nodes.iter().collect(),
            Form::Let { value, body, .. } => vec![value, body],
            Form::If(parts) => parts.iter().collect(),
            Form::Map(pairs) => pairs.iter().flat_map(|(key, value)| [key, value]).collect(),
            _ => Vec::new(),
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
