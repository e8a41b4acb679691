//! How many worlds are tried again under other assumptions.

use std::str::FromStr;

use super::Unlooked;

/// How many worlds are tried again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Effort {
    /// A quarter of the replications that were made, first a few for every assumption, then more
    /// for those that matter.
    #[default]
    Auto,
    /// None.
    Off,
    /// So many for each end of each range.
    Worlds(u64),
}

/// How many worlds are tried again at each end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// At every end.
    pub coarse: u64,
    /// At the ends of the assumptions that are looked at closely, and in other forms.
    pub fine: u64,
    /// Assumptions that are looked at closely; nothing when all of them are.
    pub close: Option<usize>,
    /// Worlds in all, at most.
    pub most: u64,
}

/// The main run is this many times as large as what is done on top of it.
const PART: u64 = 4;

/// Fewer worlds than this at an end say nothing.
const LEAST: u64 = 8;

/// More worlds than this at an end are not needed to find out which assumptions matter, and to
/// know those.
const ENOUGH: [u64; 2] = [64, 2048];

/// So many assumptions are looked at closely.
const CLOSE: u64 = 6;

impl Plan {
    /// For this effort, so many ends of ranges and other forms, and `n` worlds that were made, of
    /// so many kinds of releases.
    pub(super) fn of(
        effort: Effort,
        (ends, forms): (u64, u64),
        (n, kinds): (u64, u64),
    ) -> Result<Self, Unlooked> {
        let ends = ends + forms;
        match effort {
            Effort::Off => Err(Unlooked::Off),
            Effort::Worlds(worlds) => {
                let worlds = worlds.clamp(1, n.max(1));
                let most = worlds.saturating_mul(2 * ends + 32);
                Ok(Self { coarse: worlds, fine: worlds, close: None, most })
            }
            Effort::Auto => {
                let most = n / PART;
                let coarse = (most / (2 * ends.max(1))).min(ENOUGH[0]).min(n);
                // Every kind has a say.
                let least = LEAST.max(kinds);
                if coarse < least {
                    return Err(Unlooked::TooFew(2 * PART * least * ends));
                }
                // Two thirds for the ends, the rest to narrow down what reverses a conclusion.
                let more = (most - ends * coarse) * 2 / 3 / (2 * CLOSE + forms);
                let fine = (coarse + more).min(ENOUGH[1]).min(n);
                Ok(Self { coarse, fine, close: Some(CLOSE as usize), most })
            }
        }
    }
}

impl FromStr for Effort {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self::Auto),
            "off" => Ok(Self::Off),
            _ => match text.parse() {
                Ok(worlds) if worlds > 0 => Ok(Self::Worlds(worlds)),
                _ => Err("write auto, off, or a whole number of worlds".to_owned()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_stays_within_a_quarter_or_says_how_many_worlds_it_takes() {
        for (ends, forms, kinds) in [(1, 0, 1), (20, 3, 3), (80, 7, 9)] {
            for n in [100, 5_000, 10_000, 1_000_000] {
                match Plan::of(Effort::Auto, (ends, forms), (n, kinds)) {
                    Ok(plan) => {
                        let close = (2 * CLOSE + forms) * (plan.fine - plan.coarse);
                        assert!((ends + forms) * plan.coarse + close <= n / PART);
                    }
                    Err(Unlooked::TooFew(needed)) => {
                        let enough = Plan::of(Effort::Auto, (ends, forms), (needed, kinds));
                        assert!(needed > n && enough.is_ok());
                    }
                    Err(other) => panic!("{other:?}"),
                }
            }
        }
    }
}
