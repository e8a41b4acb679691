//! The tree of a query; every node knows its place.

use crate::{Function, Matcher, Place};

/// An expression and where it stands.
#[derive(Clone, Debug)]
pub struct Expr {
    /// From its first byte to after its last, modifiers included.
    pub place: Place,
    /// What it is.
    pub kind: ExprKind,
    /// How many levels of expressions it has, itself included.
    pub(crate) depth: u32,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A number, sign included; durations count as seconds.
    Number(f64),
    /// A text in quotes.
    Text(String),
    /// The newest sample of each series that matches.
    Selector(Selector),
    /// The samples of each series that matches, in a window.
    Range(Selector, Length),
    /// An expression at every step of a window.
    Subquery(Box<Subquery>),
    /// A function and its arguments.
    Call(Call),
    /// An aggregation over series.
    Aggregate(Box<Aggregate>),
    /// A minus sign (`true`), or a plus sign, before what is not a number.
    Sign(bool, Box<Expr>),
    /// An operator between two expressions.
    Binary(Box<Binary>),
    /// An expression in parentheses.
    Paren(Box<Expr>),
}

/// A word that the query chose: a label or a metric.
#[derive(Clone, Debug)]
pub struct Name {
    /// The word, without quotes.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// A length of time that was written.
#[derive(Clone, Copy, Debug)]
pub struct Length {
    /// In milliseconds.
    pub millis: i64,
    /// Where it stands.
    pub place: Place,
}

/// Which series, and when.
#[derive(Clone, Debug)]
pub struct Selector {
    /// The metric, if it stands before the braces or as a text within them.
    pub metric: Option<Name>,
    /// What the labels must be; the metric is not among them.
    pub matchers: Vec<LabelMatcher>,
    /// Where from the time of evaluation it looks.
    pub shift: Shift,
}

/// A condition on one label.
#[derive(Clone, Debug)]
pub struct LabelMatcher {
    /// The label.
    pub label: Name,
    /// What its value must be.
    pub matcher: Matcher,
    /// From the label to the value.
    pub place: Place,
}

/// The modifiers `offset` and `@`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shift {
    /// How much earlier, in milliseconds; later when negative.
    pub offset: Option<Length>,
    /// A fixed time in place of the time of evaluation.
    pub at: Option<(At, Place)>,
}

/// The time of an `@` modifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Milliseconds since the epoch.
    Millis(i64),
    /// The first evaluation of a range of them.
    Start,
    /// The last one.
    End,
}

/// `inner[range:step]`, shifted.
#[derive(Clone, Debug)]
pub struct Subquery {
    /// What is evaluated at each step.
    pub inner: Expr,
    /// How far back.
    pub range: Length,
    /// How often; the default of the options if it is not said.
    pub step: Option<Length>,
    /// Where from the time of evaluation it looks.
    pub shift: Shift,
}

/// A function and its arguments.
#[derive(Clone, Debug)]
pub struct Call {
    /// Which function.
    pub function: Function,
    /// Where its name stands.
    pub name: Place,
    /// What it is given.
    pub args: Vec<Expr>,
}

/// How series become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregation {
    /// The sum.
    Sum,
    /// The mean.
    Avg,
    /// The smallest value.
    Min,
    /// The largest value.
    Max,
    /// How many series.
    Count,
    /// One.
    Group,
    /// The standard deviation of the population.
    Stddev,
    /// The variance of the population.
    Stdvar,
    /// The k largest series.
    Topk,
    /// The k smallest series.
    Bottomk,
    /// A quantile.
    Quantile,
    /// How many series have each value.
    CountValues,
}

impl Aggregation {
    /// Every aggregation.
    pub const ALL: [Self; 12] = [
        Self::Sum,
        Self::Avg,
        Self::Min,
        Self::Max,
        Self::Count,
        Self::Group,
        Self::Stddev,
        Self::Stdvar,
        Self::Topk,
        Self::Bottomk,
        Self::Quantile,
        Self::CountValues,
    ];

    /// Its name in a query.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Avg => "avg",
            Self::Min => "min",
            Self::Max => "max",
            Self::Count => "count",
            Self::Group => "group",
            Self::Stddev => "stddev",
            Self::Stdvar => "stdvar",
            Self::Topk => "topk",
            Self::Bottomk => "bottomk",
            Self::Quantile => "quantile",
            Self::CountValues => "count_values",
        }
    }

    /// Whether a parameter stands before the series.
    pub const fn has_parameter(self) -> bool {
        matches!(self, Self::Topk | Self::Bottomk | Self::Quantile | Self::CountValues)
    }
}

/// An aggregation, what it is over and which labels stay.
#[derive(Clone, Debug)]
pub struct Aggregate {
    /// How series become one.
    pub aggregation: Aggregation,
    /// Where its name stands.
    pub name: Place,
    /// Which labels stay.
    pub grouping: Grouping,
    /// The parameter of those that have one.
    pub parameter: Option<Expr>,
    /// The series.
    pub inner: Expr,
}

/// Which labels of an aggregation stay.
#[derive(Clone, Debug)]
pub enum Grouping {
    /// Only these; none if nothing is said.
    By(Vec<Name>),
    /// All but these and the metric's name.
    Without(Vec<Name>),
}

/// An operator and both its sides.
#[derive(Clone, Debug)]
pub struct Binary {
    /// The operator.
    pub operator: Operator,
    /// Where it stands.
    pub operator_place: Place,
    /// Whether a comparison gives 0 and 1 instead of filtering; where that is said.
    pub is_bool: Option<Place>,
    /// How series of the two sides find each other, if it is said.
    pub matching: Option<Matching>,
    /// What stands before the operator.
    pub left: Expr,
    /// What stands behind it.
    pub right: Expr,
}

/// `on` or `ignoring`, and a group.
#[derive(Clone, Debug)]
pub struct Matching {
    /// Whether only the labels count (`on`), or all but them (`ignoring`).
    pub is_on: bool,
    /// The labels.
    pub labels: Vec<Name>,
    /// From the keyword on.
    pub place: Place,
    /// Whether a side may have several series for one of the other.
    pub group: Option<Group>,
}

/// `group_left` or `group_right`.
#[derive(Clone, Debug)]
pub struct Group {
    /// The side with several series.
    pub many: Side,
    /// Labels that come from the side with one.
    pub include: Vec<Name>,
    /// From the keyword on.
    pub place: Place,
}

/// A side of an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Before it.
    Left,
    /// Behind it.
    Right,
}

/// An operator between two expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is its sign, see `Operator::sign`")]
pub enum Operator {
    Or,
    And,
    Unless,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Atan2,
    Pow,
}

impl Operator {
    /// Every operator, those that bind least first.
    pub const ALL: [Self; 16] = [
        Self::Or,
        Self::And,
        Self::Unless,
        Self::Equal,
        Self::NotEqual,
        Self::Less,
        Self::LessEqual,
        Self::Greater,
        Self::GreaterEqual,
        Self::Add,
        Self::Sub,
        Self::Mul,
        Self::Div,
        Self::Mod,
        Self::Atan2,
        Self::Pow,
    ];

    /// How it is written.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Or => "or",
            Self::And => "and",
            Self::Unless => "unless",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Mod => "%",
            Self::Atan2 => "atan2",
            Self::Pow => "^",
        }
    }

    /// How strongly it binds.
    pub(crate) const fn precedence(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And | Self::Unless => 2,
            Self::Equal
            | Self::NotEqual
            | Self::Less
            | Self::LessEqual
            | Self::Greater
            | Self::GreaterEqual => 3,
            Self::Add | Self::Sub => 4,
            Self::Mul | Self::Div | Self::Mod | Self::Atan2 => 5,
            Self::Pow => 6,
        }
    }

    /// Whether it compares.
    pub const fn is_comparison(self) -> bool {
        self.precedence() == 3
    }

    /// Whether it is about which series there are, not about their values.
    pub const fn is_set(self) -> bool {
        self.precedence() < 3
    }
}
