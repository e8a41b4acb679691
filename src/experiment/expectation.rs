//! `expect:`: what is wanted of the measures, and how they stand to it.

use super::catalog::{MEASURES, find};
use super::finding::Finding;
use super::measure::{Measure, Unit};
use super::summary::Summary;
use crate::document::{Code, Key, Node, Problem, Problems, Value, closest, quoted};
use crate::units::{Count, Money, Quantity, Share, Span, Spread};

const MEASURE: &str = "E0120";
const WANTED: &str = "E0121";

/// The codes of what can be wrong with expectations, in order.
pub const CODES: &[Code] = &[
    Code { code: MEASURE, meaning: "something is expected of a measure that does not exist" },
    Code { code: WANTED, meaning: "what is wanted of a measure is not written as a bound" },
];

/// One thing that is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// Of which measure.
    pub measure: &'static Measure,
    /// On which side of the bound.
    pub side: Side,
    /// The bound in the measure's unit.
    pub bound: f64,
    /// The bound as it was written.
    pub text: String,
}

/// On which side of its bound a measure is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
}

/// How a measure stands to what is wanted of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The whole interval is on the wanted side.
    Held,
    /// The whole interval is on the other side.
    Violated,
    /// The interval has the bound inside, or there is nothing to judge.
    Undecided,
}

impl Side {
    /// Its sign.
    pub fn sign(self) -> &'static str {
        match self {
            Self::AtMost => "<=",
            Self::AtLeast => ">=",
        }
    }
}

impl Standing {
    /// Its word in data.
    pub fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Violated => "violated",
            Self::Undecided => "undecided",
        }
    }
}

impl Expectation {
    /// How a finding stands to it.
    pub fn judge(&self, finding: &Finding) -> Standing {
        let Some(estimate) = finding.estimate else { return Standing::Undecided };
        let (low, high) = (estimate.interval.low, estimate.interval.high);
        let (held, violated) = match self.side {
            Side::AtMost => (high <= self.bound, low > self.bound),
            Side::AtLeast => (low >= self.bound, high < self.bound),
        };
        match (held, violated) {
            (true, _) => Standing::Held,
            (_, true) => Standing::Violated,
            _ => Standing::Undecided,
        }
    }

    /// How a summary stands to it.
    pub fn standing(&self, summary: &Summary) -> Standing {
        summary.finding(self.measure).map_or(Standing::Undecided, |finding| self.judge(finding))
    }
}

/// The expectations that an `expect:` map says.
pub fn expectations(node: &Node, problems: &mut Problems) -> Vec<Expectation> {
    let Value::Map(map) = &node.value else {
        let problem = Problem::error(MEASURE, "expected a map of measures")
            .at(node.place, "`expect` is a map");
        problems.push(problem.help(EXAMPLE));
        return Vec::new();
    };
    let mut wanted = Vec::new();
    for entry in map.entries() {
        wanted.extend(expectation(&entry.key, &entry.node, problems));
    }
    wanted
}

const EXAMPLE: &str = "write for example: expect: { false-rollback: <= 1% }";

fn expectation(key: &Key, node: &Node, problems: &mut Problems) -> Option<Expectation> {
    let Some(measure) = find(&key.text) else {
        problems.push(unknown(key));
        return None;
    };
    match bound(measure, node) {
        Ok(expectation) => Some(expectation),
        Err(label) => {
            problems.push(unreadable(measure, node, label));
            None
        }
    }
}

/// Reads `<= 1%`, or says why it cannot be read.
fn bound(measure: &'static Measure, node: &Node) -> Result<Expectation, &'static str> {
    let text = node.as_text().ok_or("one comparison")?.trim();
    let signs = [Side::AtMost, Side::AtLeast];
    let read = signs.into_iter().find_map(|it| Some((it, text.strip_prefix(it.sign())?.trim())));
    let (side, bound) = read.ok_or("it begins with `<=` or `>=`")?;
    let number = match measure.how.unit() {
        Unit::Share => Share::parse(bound).map(Share::as_f64),
        Unit::Time => <Span as Quantity>::parse(bound).map(Span::as_secs_f64),
        Unit::Money => Money::parse(bound).map(Money::as_f64),
        // Means of what is counted lie between whole numbers.
        Unit::Requests | Unit::Users | Unit::Count | Unit::PodHours => Count::parse(bound)
            .map(Count::as_f64)
            .or_else(|refusal| Spread::parse(bound).map(Spread::as_f64).map_err(|_| refusal)),
    };
    let number = number.map_err(|_| "this bound cannot be read")?;
    Ok(Expectation { measure, side, bound: number, text: bound.to_owned() })
}

fn unknown(key: &Key) -> Problem {
    let names = MEASURES.iter().map(|measure| measure.name);
    let listed = "`coalmine schema result` lists the measures, such as false-rollback, caught, \
                  blast-radius.users.mean, mttr.mean and cost.mean";
    let help = match closest(&key.text, names) {
        Some(meant) => format!("did you mean `{meant}`? {listed}"),
        None => listed.to_owned(),
    };
    let title = format!("there is no measure {}", quoted(&key.text));
    Problem::error(MEASURE, title).at(key.place, "not a measure").help(help)
}

fn unreadable(measure: &Measure, node: &Node, label: &str) -> Problem {
    let bound = match measure.how.unit() {
        Unit::Share => Share::EXAMPLE,
        Unit::Time => <Span as Quantity>::EXAMPLE,
        Unit::Money => Money::EXAMPLE,
        Unit::Requests | Unit::Users | Unit::Count | Unit::PodHours => Count::EXAMPLE,
    };
    let title = format!("expected what is wanted of `{}`", measure.name);
    let help = format!("write for example: {}: <= {bound}", measure.name);
    Problem::error(WANTED, title).at(node.place, label).help(help)
}

#[cfg(test)]
mod tests {
    use estimate::{Estimate, Interval};

    use super::*;
    use crate::document::{SourceKind, Sources, yaml};

    fn read(text: &str) -> (Vec<Expectation>, String) {
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let kind = SourceKind::File;
        let node = yaml::parse_one(&mut sources, kind, "e.yaml", text.as_bytes(), &mut problems);
        let wanted = node.map(|node| expectations(&node, &mut problems)).unwrap_or_default();
        (wanted, problems.render(&sources, crate::document::Look::Plain))
    }

    #[test]
    fn bounds_have_the_unit_of_their_measure() {
        let (wanted, problems) = read("false-rollback: <= 1%\ndetect.p95: '<= 10m'\n");
        assert_eq!(problems, "");
        assert_eq!(wanted.len(), 2);
        assert!((wanted[0].bound - 0.01).abs() < 1e-15);
        assert!((wanted[1].bound - 600.0).abs() < 1e-9);
    }

    #[test]
    fn a_mean_of_counts_may_lie_between_whole_numbers() {
        let (wanted, problems) = read("attempts.mean: <= 1.5\nmet.users.mean: <= 2_000\n");
        assert_eq!(problems, "");
        assert!((wanted[0].bound - 1.5).abs() < 1e-15);
        assert!((wanted[1].bound - 2000.0).abs() < 1e-9);
        assert!(read("attempts.mean: <= 1.5x").1.contains("cannot be read"));
    }

    #[test]
    fn a_misspelt_measure_is_an_error_with_a_suggestion() {
        let (_, problems) = read("false-rolback: <= 1%\ncaught: 90%\n");
        assert!(problems.contains("did you mean `false-rollback`?"), "{problems}");
        assert!(problems.contains("it begins with `<=` or `>=`"), "{problems}");
    }

    #[test]
    fn an_interval_across_the_bound_is_undecided() {
        let (wanted, _) = read("false-rollback: <= 1%");
        let judge = |low, high| {
            let interval = Interval { low, high };
            let value = f64::midpoint(low, high);
            let estimate = Estimate { value, interval, confidence: 0.95, n: 100 };
            let measure = wanted[0].measure;
            wanted[0].judge(&Finding { measure, events: None, beyond: 0, estimate: Some(estimate) })
        };
        assert_eq!(judge(0.0, 0.01), Standing::Held);
        assert_eq!(judge(0.005, 0.015), Standing::Undecided);
        assert_eq!(judge(0.011, 0.015), Standing::Violated);
    }
}
