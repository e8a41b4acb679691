//! A checked expression, ready to be evaluated.

use crate::builtin::{Ambient, Builtin, Loop};
use crate::library::Pattern;
use crate::operator::Binary;
use crate::problem::Span;

/// A checked part of an expression and its place.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) op: Op,
    pub(crate) span: Span,
}

/// What to do. Places of variables and loops are counted from the innermost outwards.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    /// The value that the condition is asked about.
    Result,
    Variable(usize),
    /// The element of a loop.
    Element(usize),
    /// The index of a loop.
    Index(usize),
    /// What a loop has gathered so far.
    Gathered(usize),
    Not(Box<Code>),
    Negate(Box<Code>),
    And(Box<[Code; 2]>),
    Or(Box<[Code; 2]>),
    Coalesce(Box<[Code; 2]>),
    Equal(Sameness, Box<[Code; 2]>),
    Unequal(Box<[Code; 2]>),
    Compare(Binary, Box<[Code; 2]>),
    Arithmetic(Binary, Box<[Code; 2]>),
    In(Box<[Code; 2]>),
    /// In a list of literal texts, which takes texts only.
    InTexts(Box<Code>, Vec<String>),
    Matches(Box<[Code; 2]>),
    MatchesConstant(Box<Code>, Pattern),
    /// `contains`, `startsWith` and `endsWith`.
    Search(Binary, Box<[Code; 2]>),
    Range(Box<[Code; 2]>),
    Member {
        parts: Box<[Code; 2]>,
        is_optional: bool,
    },
    Chain(Box<Code>),
    Slice {
        base: Box<Code>,
        from: Option<Box<Code>>,
        to: Option<Box<Code>>,
    },
    Builtin(Builtin, Vec<Code>),
    Ambient(Ambient, Vec<Code>),
    Loop(Box<LoopCode>),
    Let(Box<[Code; 2]>),
    Sequence(Vec<Code>),
    If(Box<[Code; 3]>),
    List(Vec<Code>),
    Map(Vec<(Code, Code)>),
    /// What is called is no function, which shows only now.
    CallOfValue(Box<Code>),
}

/// A loop over elements.
#[derive(Clone, Debug)]
pub(crate) struct LoopCode {
    pub(crate) looped: Loop,
    pub(crate) over: Code,
    pub(crate) body: Option<Code>,
    /// An order, or what to begin with.
    pub(crate) third: Option<Code>,
    /// Whether it is an error that nothing was found.
    pub(crate) must_find: bool,
}

/// What `==` insists on. With types that are known to be the same the original does not look again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sameness {
    Any,
    Ints,
    Texts,
}
