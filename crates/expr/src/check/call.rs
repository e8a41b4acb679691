//! Arguments of functions: how many, and of which types.

use super::{Checker, mismatch};
use crate::argument::Parameter;
use crate::builtin::Ambient;
use crate::code::{Code, Op};
use crate::kind::Kind;
use crate::operator::Binary;
use crate::problem::{Problem, Span};
use crate::tree::{Form, Node};

impl Checker {
    pub(super) fn ambient(
        &mut self,
        ambient: Ambient,
        arguments: &[Node],
        span: Span,
    ) -> Result<(Op, Kind), Problem> {
        let (parameters, kind): (&[Parameter], Kind) = match ambient {
            Ambient::AsInt => (&[Parameter::Anything], Kind::Wide),
            Ambient::AsFloat => (&[Parameter::Anything], Kind::Float),
            Ambient::IsNan | Ambient::IsInf => (&[Parameter::Float], Kind::Bool),
            Ambient::IsNil => (&[Parameter::Anything], Kind::Bool),
            Ambient::Default => (&[Parameter::Anything, Parameter::Anything], Kind::Anything),
        };
        let codes = self.typed(ambient.name(), &[parameters], arguments, span)?;
        Ok((Op::Ambient(ambient, codes), kind))
    }

    /// The codes of arguments that fit one of the lists of parameters.
    pub(super) fn typed(
        &mut self,
        name: &str,
        overloads: &[&[Parameter]],
        arguments: &[Node],
        span: Span,
    ) -> Result<Vec<Code>, Problem> {
        let mut codes = Vec::with_capacity(arguments.len());
        let mut kinds = Vec::with_capacity(arguments.len());
        for node in arguments {
            let (code, kind) = self.argument(node, codes.len())?;
            codes.push(code);
            kinds.push(kind);
        }
        let mut fitting = overloads.iter().filter(|it| it.len() == arguments.len()).peekable();
        let Some(first) = fitting.peek().copied() else {
            let counts: Vec<_> = overloads.iter().map(|it| it.len().to_string()).collect();
            let wanted = counts.join(" or ");
            let message =
                format!("`{name}` takes {wanted} arguments, and these are {}", arguments.len());
            return Err(mismatch(span, message));
        };
        let fits = |parameters: &[Parameter]| {
            parameters.iter().zip(&kinds).all(|(parameter, kind)| parameter.takes(kind))
        };
        if let Some(parameters) = fitting.find(|parameters| fits(parameters)) {
            for (index, parameter) in parameters.iter().enumerate() {
                if *parameter == Parameter::Float && kinds[index].is_integer() {
                    codes[index] = self.visit(&with_floats(&arguments[index]))?.0;
                }
            }
            return Ok(codes);
        }
        let pairs = first.iter().zip(&kinds);
        let wrong = pairs.into_iter().position(|(parameter, kind)| !parameter.takes(kind));
        let at = wrong.unwrap_or(0);
        let message = format!("`{name}` takes {}, and this is {}", first[at], kinds[at]);
        Err(mismatch(arguments[at].span, message))
    }
}

/// Literal integers where a float is wanted are floats, also in sums and products.
fn with_floats(node: &Node) -> Node {
    let form = match &node.form {
        Form::Int(it) => Form::Float(*it as f64),
        Form::Unary(unary, operand) => Form::Unary(*unary, Box::new(with_floats(operand))),
        Form::Binary(binary @ (Binary::Add | Binary::Subtract | Binary::Multiply), left, right) => {
            Form::Binary(*binary, Box::new(with_floats(left)), Box::new(with_floats(right)))
        }
        _ => return node.clone(),
    };
    Node::new(form, node.span)
}
