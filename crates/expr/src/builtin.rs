//! The functions of the language and of the environment.

macro_rules! builtins {
    ($(#[$meta:meta])* enum $type:ident { $($variant:ident = $name:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $type { $($variant,)* }

        impl $type {
            /// The function with this name.
            pub(crate) fn named(name: &str) -> Option<$type> {
                Some(match name { $($name => $type::$variant,)* _ => return None })
            }

            pub(crate) fn name(self) -> &'static str {
                match self { $($type::$variant => $name,)* }
            }
        }
    };
}

builtins! {
    /// Functions that evaluate an expression for every element.
    enum Loop {
        All = "all",
        None = "none",
        Any = "any",
        One = "one",
        Filter = "filter",
        Map = "map",
        Count = "count",
        Sum = "sum",
        Find = "find",
        FindIndex = "findIndex",
        FindLast = "findLast",
        FindLastIndex = "findLastIndex",
        GroupBy = "groupBy",
        SortBy = "sortBy",
        Reduce = "reduce",
    }
}

builtins! {
    /// Functions of values.
    enum Builtin {
        Len = "len",
        Type = "type",
        Abs = "abs",
        Ceil = "ceil",
        Floor = "floor",
        Round = "round",
        Int = "int",
        Float = "float",
        String = "string",
        Trim = "trim",
        TrimPrefix = "trimPrefix",
        TrimSuffix = "trimSuffix",
        Upper = "upper",
        Lower = "lower",
        Split = "split",
        SplitAfter = "splitAfter",
        Replace = "replace",
        Repeat = "repeat",
        Join = "join",
        IndexOf = "indexOf",
        LastIndexOf = "lastIndexOf",
        HasPrefix = "hasPrefix",
        HasSuffix = "hasSuffix",
        Max = "max",
        Min = "min",
        Mean = "mean",
        Median = "median",
        ToJson = "toJSON",
        FromJson = "fromJSON",
        ToBase64 = "toBase64",
        FromBase64 = "fromBase64",
        First = "first",
        Last = "last",
        Get = "get",
        Take = "take",
        Keys = "keys",
        Values = "values",
        ToPairs = "toPairs",
        FromPairs = "fromPairs",
        Reverse = "reverse",
        Uniq = "uniq",
        Concat = "concat",
        Flatten = "flatten",
        Sort = "sort",
        BitAnd = "bitand",
        BitOr = "bitor",
        BitXor = "bitxor",
        BitNand = "bitnand",
        BitShl = "bitshl",
        BitShr = "bitshr",
        BitUshr = "bitushr",
        BitNot = "bitnot",
        Now = "now",
        Duration = "duration",
        Date = "date",
        Timezone = "timezone",
    }
}

builtins! {
    /// What the environment adds to `result`.
    enum Ambient {
        AsInt = "asInt",
        AsFloat = "asFloat",
        IsNan = "isNaN",
        IsInf = "isInf",
        IsNil = "isNil",
        Default = "default",
    }
}

/// The one variable of the environment.
pub(crate) const RESULT: &str = "result";

impl Loop {
    /// Whether it may do without its expression.
    pub(crate) fn is_optional(self) -> bool {
        matches!(self, Loop::Count | Loop::Sum)
    }

    /// Whether a third argument may follow: an order, or what to begin with.
    pub(crate) fn has_third(self) -> bool {
        matches!(self, Loop::SortBy | Loop::Reduce)
    }
}

/// Every name that a variable of an expression cannot have.
pub(crate) fn is_taken(name: &str) -> bool {
    name == RESULT
        || Ambient::named(name).is_some()
        || Builtin::named(name).is_some()
        || Loop::named(name).is_some()
}
