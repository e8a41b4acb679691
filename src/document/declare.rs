//! The macros that declare document types: one declaration is decoder, schema and print-out.

/// Declares a map with known fields.
///
/// A field is `key: Type`, or `key => name: Type` where the key is no Rust name. A default follows
/// as the text a person would write, and `assumed` with the reason if it is about the world; how
/// far it may be from the truth is said `from "low" to "high"`, in texts like the default.
/// Without a default a field is required, unless its type is an `Option`. Bounds follow the type:
/// `replicas: u32 ["1" to "1_000"] = "10"`, where either may be left out.
macro_rules! record {
    ($(#[doc = $doc:literal])* $vis:vis struct $Name:ident $(<$T:ident>)? { $($fields:tt)* }) => {
        $crate::document::record! {
            @fields [$($doc)*] [$vis] $Name [$($T)?] [] $($fields)*
        }
    };

    (@fields $docs:tt $vis:tt $Name:ident $of:tt [$($done:tt)*]
        $(#[doc = $doc:literal])* $key:ident : $type:ty
        $([$($low:literal)? to $($high:literal)?])?
        $(= $default:literal $(assumed $why:literal $(from $from:literal to $to:literal)?)?)?
        $(, $($rest:tt)*)?
    ) => {
        $crate::document::record! {
            @fields $docs $vis $Name $of
            [$($done)* {
                [$($doc)*] [stringify!($key)] $key [$type] [$($($low)?)?] [$($($high)?)?]
                [$($default)?] [$($($why $(, $from, $to)?)?)?]
            }]
            $($($rest)*)?
        }
    };

    (@fields $docs:tt $vis:tt $Name:ident $of:tt [$($done:tt)*]
        $(#[doc = $doc:literal])* $key:ident => $name:ident : $type:ty
        $([$($low:literal)? to $($high:literal)?])?
        $(= $default:literal $(assumed $why:literal $(from $from:literal to $to:literal)?)?)?
        $(, $($rest:tt)*)?
    ) => {
        $crate::document::record! {
            @fields $docs $vis $Name $of
            [$($done)* {
                [$($doc)*] [stringify!($key)] $name [$type] [$($($low)?)?] [$($($high)?)?]
                [$($default)?] [$($($why $(, $from, $to)?)?)?]
            }]
            $($($rest)*)?
        }
    };

    (@fields $docs:tt $vis:tt $Name:ident $of:tt [$($done:tt)*]
        $(#[doc = $doc:literal])* $key:literal => $name:ident : $type:ty
        $([$($low:literal)? to $($high:literal)?])?
        $(= $default:literal $(assumed $why:literal $(from $from:literal to $to:literal)?)?)?
        $(, $($rest:tt)*)?
    ) => {
        $crate::document::record! {
            @fields $docs $vis $Name $of
            [$($done)* {
                [$($doc)*] [$key] $name [$type] [$($($low)?)?] [$($($high)?)?]
                [$($default)?] [$($($why $(, $from, $to)?)?)?]
            }]
            $($($rest)*)?
        }
    };

    (@fields [$($doc:literal)*] [$vis:vis] $Name:ident [$($T:ident)?] [$({
        [$($field_doc:literal)*] [$key:expr] $name:ident [$type:ty]
        [$($low:literal)?] [$($high:literal)?] [$($default:literal)?] [$($assumed:tt)*]
    })*]) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq)]
        $vis struct $Name $(<$T>)? {
            $($(#[doc = $field_doc])* pub $name: $type,)*
        }

        impl $(<$T: $crate::document::Decode>)? $Name $(<$T>)? {
            const SHAPE: &'static $crate::document::RecordShape =
                &$crate::document::RecordShape {
                    name: stringify!($Name),
                    doc: concat!($($doc, "\n"),*),
                    of: $crate::document::declare::optional!(
                        $(<$T as $crate::document::Decode>::shape)?
                    ),
                    fields: &[$($crate::document::FieldShape {
                        key: $key,
                        doc: concat!($($field_doc, "\n"),*),
                        shape: <$type as $crate::document::Decode>::shape,
                        low: $crate::document::declare::optional!($($low)?),
                        high: $crate::document::declare::optional!($($high)?),
                        default: $crate::document::declare::optional!($($default)?),
                        assumed: $crate::document::declare::assumed!($($assumed)*),
                    }),*],
                };
        }

        impl $(<$T: $crate::document::Decode>)? $crate::document::Decode for $Name $(<$T>)? {
            fn shape() -> $crate::document::Shape {
                $crate::document::Shape::Record(Self::SHAPE)
            }

            fn decode(
                node: &$crate::document::Node,
                pass: &mut $crate::document::Pass<'_>,
            ) -> Option<Self> {
                #[allow(unused_variables, reason = "a record may have no fields")]
                let fields = $crate::document::record::Fields::open(Self::SHAPE, node, pass)?;
                $(let $name = fields.get::<$type>($key, pass);)*
                Some(Self { $($name: $name?),* })
            }
        }
    };
}

/// Declares alternatives: a map with exactly one of these keys, or a bare word.
///
/// A member is `key => Member(Type)`, or `key => Member` for a word that takes nothing. A bare word
/// is accepted for a record without required fields, too.
macro_rules! sum {
    ($(#[doc = $doc:literal])* $vis:vis enum $Name:ident $(<$T:ident>)? { $(
        $(#[doc = $member_doc:literal])* $($word:ident)? $($text:literal)?
        => $Member:ident $(($type:ty))?
    ),* $(,)? }) => {
        $(#[doc = $doc])*
        #[allow(clippy::large_enum_variant, reason = "a document is read once")]
        #[derive(Clone, Debug, PartialEq)]
        $vis enum $Name $(<$T>)? {
            $($(#[doc = $member_doc])* $Member $(($type))?,)*
        }
        $crate::document::sum! {
            @impl [$($doc)*] $Name [$($T)?]
            $(
                [$($member_doc)*] [$crate::document::declare::key!($($word)? $($text)?)]
                $Member [$($type)?];
            )*
        }
    };

    (@impl [$($doc:literal)*] $Name:ident [$($T:ident)?]
        $([$($member_doc:literal)*] [$key:expr] $Member:ident [$($type:ty)?];)*
    ) => {
        impl $(<$T: $crate::document::Decode>)? $Name $(<$T>)? {
            const SHAPE: &'static $crate::document::SumShape = &$crate::document::SumShape {
                name: stringify!($Name),
                doc: concat!($($doc, "\n"),*),
                of: $crate::document::declare::optional!(
                    $(<$T as $crate::document::Decode>::shape)?
                ),
                members: &[$($crate::document::MemberShape {
                    key: $key,
                    doc: concat!($($member_doc, "\n"),*),
                    payload: $crate::document::declare::optional!(
                        $(<$type as $crate::document::Decode>::shape)?
                    ),
                }),*],
            };
        }

        impl $(<$T: $crate::document::Decode>)? $crate::document::Decode for $Name $(<$T>)? {
            fn shape() -> $crate::document::Shape {
                $crate::document::Shape::Sum(Self::SHAPE)
            }

            fn decode(
                node: &$crate::document::Node,
                pass: &mut $crate::document::Pass<'_>,
            ) -> Option<Self> {
                let chosen = $crate::document::sum::Chosen::open(Self::SHAPE, node, pass)?;
                $(if chosen.key == $key {
                    return $crate::document::declare::member!(
                        chosen, pass, Self::$Member $(, $type)?
                    );
                })*
                None
            }
        }
    };
}

/// Declares a word out of a few.
macro_rules! word {
    ($(#[doc = $doc:literal])* $vis:vis enum $Name:ident { $(
        $(#[doc = $member_doc:literal])* $($word:ident)? $($text:literal)? => $Member:ident
    ),* $(,)? }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        $vis enum $Name {
            $($(#[doc = $member_doc])* $Member,)*
        }

        #[allow(dead_code, reason = "what a word offers is not needed of every one")]
        impl $Name {
            /// Every one of them, in the order of their declaration.
            $vis const ALL: &'static [Self] = &[$(Self::$Member),*];

            const SHAPE: &'static $crate::document::WordShape = &$crate::document::WordShape {
                name: stringify!($Name),
                doc: concat!($($doc, "\n"),*),
                words: &[$((
                    $crate::document::declare::key!($($word)? $($text)?),
                    concat!($($member_doc, "\n"),*),
                )),*],
            };

            /// The word as it is written.
            $vis const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$Member => $crate::document::declare::key!($($word)? $($text)?),)*
                }
            }
        }

        impl ::std::fmt::Display for $Name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl $crate::document::Decode for $Name {
            fn shape() -> $crate::document::Shape {
                $crate::document::Shape::Word(Self::SHAPE)
            }

            fn decode(
                node: &$crate::document::Node,
                pass: &mut $crate::document::Pass<'_>,
            ) -> Option<Self> {
                let position = $crate::document::sum::word(Self::SHAPE, node, pass)?;
                Self::ALL.get(position).copied()
            }
        }
    };
}

/// `Some` of what is there, `None` of nothing.
macro_rules! optional {
    () => {
        None
    };
    ($value:expr) => {
        Some($value)
    };
}

/// Why a default is assumed, and how far it may be from the truth.
macro_rules! assumed {
    () => {
        None
    };
    ($why:literal) => {
        Some($crate::document::Assumed { why: $why, range: None })
    };
    ($why:literal, $low:literal, $high:literal) => {
        Some($crate::document::Assumed {
            why: $why,
            range: Some(&$crate::document::Range { low: $low, high: $high }),
        })
    };
}

/// The text of a key that is a word or a literal.
macro_rules! key {
    ($key:ident) => {
        stringify!($key)
    };
    ($key:literal) => {
        $key
    };
}

/// Reads the payload of the chosen member.
macro_rules! member {
    ($chosen:ident, $pass:ident, $Member:expr, $type:ty) => {
        $chosen.payload::<$type>($pass).map($Member)
    };
    ($chosen:ident, $pass:ident, $Member:expr) => {
        $chosen.nothing($pass).map(|()| $Member)
    };
}

pub(crate) use {assumed, key, member, optional, record, sum, word};
