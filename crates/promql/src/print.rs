//! A query as Prometheus prints it.

use crate::ast::{
    Aggregate, At, Binary, Call, Expr, ExprKind, Grouping, Length, Name, Selector, Shift, Side,
};
use crate::duration;
use std::fmt::{self, Display, Formatter, Write};

/// A text in quotes, with escapes that [`crate::Query`] reads.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for letter in self.0.chars() {
            match letter {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                control if control.is_control() => {
                    write!(f, "\\U{:08x}", u32::from(control))?;
                }
                other => f.write_char(other)?,
            }
        }
        f.write_char('"')
    }
}

/// A number as it is written: never with an exponent.
pub(crate) struct Number(pub(crate) f64);

impl Display for Number {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            value if value.is_nan() => f.write_str("NaN"),
            f64::INFINITY => f.write_str("Inf"),
            f64::NEG_INFINITY => f.write_str("-Inf"),
            value => write!(f, "{value}"),
        }
    }
}

/// Whether a text may stand as a label without quotes.
pub(crate) fn is_label(text: &str) -> bool {
    let is_start = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    text.bytes().next().is_some_and(is_start)
        && text.bytes().all(|byte| is_start(byte) || byte.is_ascii_digit())
}

/// Whether a text may stand as a metric without quotes.
pub(crate) fn is_metric(text: &str) -> bool {
    let first = text.bytes().next();
    first.is_some_and(|byte| !byte.is_ascii_digit()) && is_label(&text.replace(':', "_"))
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Number(value) => Number(*value).fmt(f),
            ExprKind::Text(text) => Quoted(text).fmt(f),
            ExprKind::Selector(selector) => {
                series(f, selector)?;
                shift(f, selector.shift)
            }
            ExprKind::Range(selector, range) => {
                series(f, selector)?;
                write!(f, "[{}]", written(range))?;
                shift(f, selector.shift)
            }
            ExprKind::Subquery(subquery) => {
                let step = subquery.step.as_ref().map(written).unwrap_or_default();
                write!(f, "{}[{}:{step}]", subquery.inner, written(&subquery.range))?;
                shift(f, subquery.shift)
            }
            ExprKind::Call(call) => call.fmt(f),
            ExprKind::Aggregate(aggregate) => aggregate.fmt(f),
            ExprKind::Sign(is_minus, inner) => {
                write!(f, "{}{inner}", if *is_minus { '-' } else { '+' })
            }
            ExprKind::Binary(binary) => binary.fmt(f),
            ExprKind::Paren(inner) => write!(f, "({inner})"),
        }
    }
}

impl Display for Call {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.function.name())?;
        for (index, arg) in self.args.iter().enumerate() {
            write!(f, "{}{arg}", if index > 0 { ", " } else { "" })?;
        }
        f.write_char(')')
    }
}

impl Display for Aggregate {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.aggregation.name())?;
        match &self.grouping {
            Grouping::By(labels) if labels.is_empty() => {}
            Grouping::By(labels) => write!(f, " by {} ", Labels(labels))?,
            Grouping::Without(labels) => write!(f, " without {} ", Labels(labels))?,
        }
        match &self.parameter {
            Some(parameter) => write!(f, "({parameter}, {})", self.inner),
            None => write!(f, "({})", self.inner),
        }
    }
}

impl Display for Binary {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.left, self.operator.sign())?;
        if self.is_bool.is_some() {
            f.write_str(" bool")?;
        }
        if let Some(matching) = &self.matching {
            let word = if matching.is_on { "on" } else { "ignoring" };
            write!(f, " {word} {}", Labels(&matching.labels))?;
            if let Some(group) = &matching.group {
                let side = if group.many == Side::Left { "left" } else { "right" };
                write!(f, " group_{side} {}", Labels(&group.include))?;
            }
        }
        write!(f, " {}", self.right)
    }
}

/// A list of labels in parentheses.
struct Labels<'a>(&'a [Name]);

impl Display for Labels<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('(')?;
        for (index, label) in self.0.iter().enumerate() {
            f.write_str(if index > 0 { ", " } else { "" })?;
            label_or_text(f, &label.text)?;
        }
        f.write_char(')')
    }
}

fn label_or_text(f: &mut Formatter<'_>, label: &str) -> fmt::Result {
    if is_label(label) { f.write_str(label) } else { Quoted(label).fmt(f) }
}

fn series(f: &mut Formatter<'_>, selector: &Selector) -> fmt::Result {
    let metric = selector.metric.as_ref().map(|name| name.text.as_str());
    let bare = metric.filter(|name| is_metric(name) && !crate::parse::is_reserved(name));
    f.write_str(bare.unwrap_or_default())?;
    let quoted = metric.filter(|_| bare.is_none());
    if quoted.is_none() && selector.matchers.is_empty() {
        return Ok(());
    }
    f.write_char('{')?;
    if let Some(name) = quoted {
        Quoted(name).fmt(f)?;
    }
    for (index, matcher) in selector.matchers.iter().enumerate() {
        f.write_str(if index > 0 || quoted.is_some() { "," } else { "" })?;
        label_or_text(f, &matcher.label.text)?;
        matcher.matcher.fmt(f)?;
    }
    f.write_char('}')
}

fn shift(f: &mut Formatter<'_>, shift: Shift) -> fmt::Result {
    match shift.at {
        Some((At::Millis(millis), _)) => {
            let sign = if millis < 0 { "-" } else { "" };
            let (seconds, rest) = (millis.unsigned_abs() / 1000, millis.unsigned_abs() % 1000);
            write!(f, " @ {sign}{seconds}.{rest:03}")?;
        }
        Some((At::Start, _)) => f.write_str(" @ start()")?,
        Some((At::End, _)) => f.write_str(" @ end()")?,
        None => {}
    }
    match &shift.offset {
        Some(offset) => write!(f, " offset {}", written(offset)),
        None => Ok(()),
    }
}

fn written(length: &Length) -> String {
    duration::write(length.millis)
}
