//! Functions of the language: what they take and what they give.

use super::{Checker, mismatch, unsupported};
use crate::argument::Parameter;
use crate::builtin::Builtin;
use crate::code::{Code, Op};
use crate::kind::{Keys, Kind, Storage};
use crate::problem::{Problem, Span};
use crate::tree::Node;

const ANY: Parameter = Parameter::Anything;
const INT: Parameter = Parameter::Int;
const TEXT: Parameter = Parameter::Text;
const LIST: Parameter = Parameter::List(Storage::Anything);
const INTS: Parameter = Parameter::List(Storage::Ints);
const FLOATS: Parameter = Parameter::List(Storage::Floats);
const TEXTS: Parameter = Parameter::List(Storage::Texts);

/// Several lists of parameters, of which one must fit.
type Overloads = &'static [&'static [Parameter]];

impl Checker {
    pub(super) fn builtin(
        &mut self,
        builtin: Builtin,
        arguments: &[Node],
        span: Span,
    ) -> Result<(Op, Kind), Problem> {
        if let Some((overloads, kind)) = signature(builtin) {
            let codes = self.typed(builtin.name(), overloads, arguments, span)?;
            return Ok((Op::Builtin(builtin, codes), kind));
        }
        let mut codes: Vec<Code> = Vec::with_capacity(arguments.len());
        let mut kinds = Vec::with_capacity(arguments.len());
        for node in arguments {
            let (code, kind) = self.argument(node, codes.len())?;
            codes.push(code);
            kinds.push(kind);
        }
        let (least, most) = match builtin {
            Builtin::Max | Builtin::Min | Builtin::Mean | Builtin::Median | Builtin::Concat => {
                (1, usize::MAX)
            }
            Builtin::Get | Builtin::Take => (2, 2),
            Builtin::Now | Builtin::Date | Builtin::Duration | Builtin::Timezone => {
                return Err(unsupported(span, "what reads a clock or a calendar"));
            }
            _ => (1, 1),
        };
        let (name, count) = (builtin.name(), arguments.len());
        if count < least || count > most {
            let wanted = if most == least { "" } else { "at least " };
            let message =
                format!("`{name}` takes {wanted}{least} arguments, and these are {count}");
            return Err(mismatch(span, message));
        }
        let refusal = |at: usize| {
            mismatch(arguments[at].span, format!("`{name}` does not take {}", kinds[at]))
        };
        let kind = kind_of(builtin, &kinds).map_err(refusal)?;
        Ok((self.found_by(builtin, codes)?, kind))
    }
}

/// Functions with lists of parameters, and the type of their result.
fn signature(builtin: Builtin) -> Option<(Overloads, Kind)> {
    Some(match builtin {
        Builtin::Type | Builtin::String | Builtin::ToJson => (&[&[ANY]], Kind::Text),
        Builtin::Trim | Builtin::TrimPrefix | Builtin::TrimSuffix => {
            (&[&[TEXT, TEXT], &[TEXT]], Kind::Text)
        }
        Builtin::Upper | Builtin::Lower | Builtin::ToBase64 | Builtin::FromBase64 => {
            (&[&[TEXT]], Kind::Text)
        }
        Builtin::Split | Builtin::SplitAfter => {
            (&[&[TEXT, TEXT], &[TEXT, TEXT, INT]], Kind::List(Storage::Texts, Box::new(Kind::Text)))
        }
        Builtin::Replace => (&[&[TEXT, TEXT, TEXT, INT], &[TEXT, TEXT, TEXT]], Kind::Text),
        Builtin::Repeat => (&[&[TEXT, INT]], Kind::Text),
        Builtin::Join => (&[&[TEXTS, TEXT], &[LIST, TEXT], &[LIST], &[TEXTS]], Kind::Text),
        Builtin::IndexOf | Builtin::LastIndexOf => (&[&[TEXT, TEXT]], Kind::Int),
        Builtin::HasPrefix | Builtin::HasSuffix => (&[&[TEXT, TEXT]], Kind::Bool),
        Builtin::FromJson => (&[&[TEXT]], Kind::Anything),
        Builtin::Sort => (
            &[
                &[LIST, TEXT],
                &[INTS, TEXT],
                &[FLOATS, TEXT],
                &[TEXTS, TEXT],
                &[LIST],
                &[FLOATS],
                &[TEXTS],
                &[INTS],
            ],
            Kind::any_list(),
        ),
        Builtin::BitNot => (&[&[INT]], Kind::Int),
        Builtin::BitAnd
        | Builtin::BitOr
        | Builtin::BitXor
        | Builtin::BitNand
        | Builtin::BitShl
        | Builtin::BitShr
        | Builtin::BitUshr => (&[&[INT, INT]], Kind::Int),
        _ => return None,
    })
}

/// The type of the result of the other functions, or the argument that does not fit.
fn kind_of(builtin: Builtin, kinds: &[Kind]) -> Result<Kind, usize> {
    let first = &kinds[0];
    let is_list = first.is_list() || first.is_unknown();
    let is_map = matches!(first, Kind::Map(..)) || first.is_unknown();
    let is_number = first.is_number() || first.is_unknown();
    let given = |fits: bool, kind: Kind| if fits { Ok(kind) } else { Err(0) };
    match builtin {
        Builtin::Len => given(is_list || is_map || first.is_text(), Kind::Int),
        Builtin::Abs => given(is_number, first.clone()),
        Builtin::Ceil | Builtin::Floor | Builtin::Round => given(is_number, Kind::Float),
        Builtin::Int => given(is_number || first.is_text(), Kind::Int),
        Builtin::Float => given(is_number || first.is_text(), Kind::Float),
        Builtin::Max | Builtin::Min | Builtin::Mean | Builtin::Median => aggregate(kinds),
        Builtin::First | Builtin::Last => given(is_list, first.bare().element()),
        Builtin::Get => got(first, &kinds[1]),
        Builtin::Take => {
            let fits = matches!(kinds[1], Kind::Int | Kind::Wide) || kinds[1].is_unknown();
            if fits { given(is_list, first.bare()) } else { Err(1) }
        }
        Builtin::Keys | Builtin::Values | Builtin::ToPairs => given(is_map, Kind::any_list()),
        Builtin::FromPairs => given(is_list, Kind::Map(Keys::Anything, Box::new(Kind::Anything))),
        Builtin::Concat => {
            let wrong = kinds.iter().position(|kind| !kind.is_list() && !kind.is_unknown());
            wrong.map_or(Ok(Kind::any_list()), Err)
        }
        _ => given(is_list, Kind::any_list()),
    }
}

/// The original looks no further than the first argument that may have elements.
fn aggregate(kinds: &[Kind]) -> Result<Kind, usize> {
    for (at, kind) in kinds.iter().enumerate() {
        if kind.is_list() || kind.is_unknown() {
            return Ok(Kind::Anything);
        }
        if !kind.is_number() {
            return Err(at);
        }
    }
    Ok(kinds[0].clone())
}

fn got(base: &Kind, key: &Kind) -> Result<Kind, usize> {
    match base {
        _ if base.is_unknown() => Ok(Kind::Unknown),
        Kind::List(_, of) => {
            if key.is_integer() || key.is_unknown() {
                Ok((**of).clone())
            } else {
                Err(1)
            }
        }
        Kind::Map(keys, of) => {
            let is_key = *keys != Keys::Texts || key.is_text() || key.is_unknown();
            if is_key { Ok((**of).clone()) } else { Err(1) }
        }
        _ => Err(0),
    }
}
