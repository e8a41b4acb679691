//! Series as `promtool test rules` writes them: `up{job="a"}` with `1x3 _ 0+10x5 stale`.

use crate::ast::{ExprKind, LabelMatcher};
use crate::labels::NAME;
use crate::matcher::MatchKind;
use crate::parse::parse;
use crate::{Error, Labels, OutOfOrder, Place, STALE, SeriesId, Store, StoredSamples};

/// The most values of one series.
const VALUES_MAX: usize = 1_000_000;

/// The labels of a series: `up{job="a"}`.
pub fn read_series(text: &str) -> Result<Labels, Error> {
    let expr = parse(text)?;
    let ExprKind::Selector(selector) = &expr.kind else {
        return Err(Error::new(expr.place, "a series such as `up{job=\"a\"}` is expected"));
    };
    if selector.shift.at.is_some() || selector.shift.offset.is_some() {
        return Err(Error::new(expr.place, "a series has no `offset` and no `@`"));
    }
    let is_equal = |matcher: &&LabelMatcher| matcher.matcher.kind() == MatchKind::Equal;
    if let Some(bad) = selector.matchers.iter().find(|matcher| !is_equal(matcher)) {
        return Err(Error::new(bad.place, "the labels of a series are set by `=`"));
    }
    let mut labels = Labels::default();
    if let Some(metric) = &selector.metric {
        labels.set(NAME, &metric.text);
    }
    for matcher in &selector.matchers {
        labels.set(&matcher.label.text, matcher.matcher.value());
    }
    Ok(labels)
}

/// Every value of a series, in the order of its samples; `None` is no sample, [`STALE`] the end.
///
/// `_` is no sample and `_x3` are three; `7` is a value, `7x3` are four of it, and `7+2x3` are
/// four that grow by two.
pub fn read_values(text: &str) -> Result<Vec<Option<f64>>, Error> {
    let mut values = Vec::new();
    for item in items(text) {
        let spelt = item.of(text);
        let bad = || {
            let message = format!("`{spelt}` is neither `_`, `stale`, a number nor `1+2x3`");
            let error = Error::new(item, message);
            let is_native = spelt.starts_with("{{");
            if is_native { error.hint("native histograms are not supported") } else { error }
        };
        let Item { first, step, times } = Item::read(spelt).ok_or_else(bad)?;
        let count = times.map_or(1, |times| times + usize::from(first.is_some()));
        if values.len().saturating_add(count) > VALUES_MAX {
            let message = format!("a series has at most {VALUES_MAX} values");
            return Err(Error::new(item, message));
        }
        let mut value = first;
        for _ in 0..count {
            values.push(value);
            // Added again and again, as Prometheus does, not multiplied.
            value = value.map(|value| if step == 0.0 { value } else { value + step });
        }
    }
    Ok(values)
}

/// The places of the words of a text.
fn items(text: &str) -> impl Iterator<Item = Place> {
    let words = text.split_ascii_whitespace();
    words.map(|word| {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        Place::new(start, start + word.len())
    })
}

/// A value, how it grows, and how often it is repeated.
struct Item {
    first: Option<f64>,
    step: f64,
    times: Option<usize>,
}

impl Item {
    fn read(text: &str) -> Option<Self> {
        let (text, times) = match text.rsplit_once('x') {
            Some((text, times)) if times.bytes().all(|byte| byte.is_ascii_digit()) => {
                (text, Some(times.parse().ok()?))
            }
            _ => (text, None),
        };
        if text == "_" {
            return Some(Self { first: None, step: 0.0, times });
        }
        if text == "stale" {
            return Some(Self { first: Some(f64::from_bits(STALE)), step: 0.0, times });
        }
        let split = second_sign(text);
        let step = if split < text.len() { signed(&text[split..])? } else { 0.0 };
        if split < text.len() && times.is_none() {
            return None;
        }
        Some(Self { first: Some(signed(&text[..split])?), step, times })
    }
}

/// Where the sign of the step is: the first one that neither begins the text nor an exponent.
fn second_sign(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_sign = |&at: &usize| {
        let in_exponent = matches!(bytes[at - 1], b'e' | b'E') && at > 1;
        matches!(bytes[at], b'+' | b'-') && !in_exponent
    };
    (1..bytes.len()).find(is_sign).unwrap_or(bytes.len())
}

fn signed(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let value = match digits.to_ascii_lowercase().as_str() {
        "inf" => f64::INFINITY,
        "nan" => f64::NAN,
        decimal => {
            let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | '+' | '-');
            decimal
                .parse()
                .ok()
                .filter(|value: &f64| decimal.chars().all(is_part) && value.is_finite())?
        }
    };
    Some(if text.starts_with('-') { -value } else { value })
}

/// Values in the shortest notation that reads back as exactly them.
pub fn write_values(values: &[Option<f64>]) -> String {
    let mut items = Vec::new();
    let mut rest = values;
    while let Some((&first, others)) = rest.split_first() {
        let step = match (first, others.first()) {
            (Some(a), Some(&Some(b))) if is_number(a) && is_number(b) => b - a,
            _ => 0.0,
        };
        let mut expected = first;
        let grows = |value: &&Option<f64>| {
            expected = expected.map(|value| if step == 0.0 { value } else { value + step });
            value.map(bits) == expected.map(bits)
        };
        let more = others.iter().take_while(grows).count();
        // Two values that differ are shorter on their own.
        let more = if more == 1 && step != 0.0 { 0 } else { more };
        items.push(item(first, step, more));
        rest = &others[more..];
    }
    items.join(" ")
}

fn item(first: Option<f64>, step: f64, more: usize) -> String {
    let Some(value) = first else {
        return if more == 0 { "_".to_owned() } else { format!("_x{}", more + 1) };
    };
    match (more, step) {
        (0, _) => number(value),
        (_, 0.0) => format!("{}x{more}", number(value)),
        _ if step > 0.0 => format!("{}+{}x{more}", number(value), number(step)),
        _ => format!("{}-{}x{more}", number(value), number(-step)),
    }
}

fn is_number(value: f64) -> bool {
    value.is_finite()
}

/// The bits of a value, the same for every not-a-number but the one that marks an end.
fn bits(value: f64) -> u64 {
    let is_other_nan = value.is_nan() && value.to_bits() != STALE;
    if is_other_nan { f64::NAN.to_bits() } else { value.to_bits() }
}

fn number(value: f64) -> String {
    match value {
        _ if value.to_bits() == STALE => "stale".to_owned(),
        _ if value.is_nan() => "NaN".to_owned(),
        f64::INFINITY => "Inf".to_owned(),
        f64::NEG_INFINITY => "-Inf".to_owned(),
        _ if value != 0.0 && !(1e-6..1e21).contains(&value.abs()) => format!("{value:e}"),
        _ => format!("{value}"),
    }
}

/// Adds a series to a store, its samples `interval` milliseconds apart from time 0.
pub fn load(
    store: &mut Store,
    labels: Labels,
    values: &[Option<f64>],
    interval: i64,
) -> Result<(), OutOfOrder> {
    let id = store.series(labels);
    for (at, value) in (0..).map(|index: i64| index * interval).zip(values) {
        if let Some(value) = value {
            store.push(id, at, *value)?;
        }
    }
    Ok(())
}

/// The samples of a series on a grid of `interval` milliseconds from time 0: for each instant the
/// sample that is there. Nothing, if a sample is not on the grid.
pub fn on_grid(samples: &StoredSamples, interval: i64) -> Option<Vec<Option<f64>>> {
    let last = samples.times().last().max(samples.ends().last()).copied().unwrap_or(-1);
    let count = usize::try_from(last.div_euclid(interval) + 1).ok().filter(|&n| n <= VALUES_MAX)?;
    let mut values = vec![None; count];
    let ends = samples.ends().iter().map(|&at| (at, f64::from_bits(STALE)));
    let all = samples.times().iter().copied().zip(samples.values().iter().copied()).chain(ends);
    for (at, value) in all {
        let is_on_grid = at >= 0 && at % interval == 0;
        values[usize::try_from(at / interval).ok().filter(|_| is_on_grid)?] = Some(value);
    }
    Some(values)
}

/// A series of a store as a test of rules has it: `series` and `values`, on a grid of `interval`
/// milliseconds. Nothing, if a sample is not on the grid.
pub fn write_series(store: &Store, id: SeriesId, interval: i64) -> Option<(String, String)> {
    let values = on_grid(store.samples(id), interval)?;
    Some((store.labels(id).to_string(), write_values(&values)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_expand_as_promtool_expands_them() {
        let values = |text| read_values(text).expect("values");
        assert_eq!(
            values("1x2 _ 0+10x2"),
            [Some(1.0), Some(1.0), Some(1.0), None, Some(0.0), Some(10.0), Some(20.0)]
        );
        assert_eq!(
            values("_x2 -1-1x1 0x1"),
            [None, None, Some(-1.0), Some(-2.0), Some(0.0), Some(0.0)]
        );
        assert_eq!(
            values("1e-3+1e3x1 -Inf"),
            [Some(0.001), Some(1000.001), Some(f64::NEG_INFINITY)]
        );
        assert_eq!(values("stale")[0].map(f64::to_bits), Some(STALE));
        assert!(values("NaN")[0].is_some_and(f64::is_nan));
        for bad in ["x", "1+2", "1x", "1x2x3", "{{schema:1}}", "1x99999999", "--1", "1+x2", "1x-1"]
        {
            assert!(read_values(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let stale = f64::from_bits(STALE);
        let values = [
            vec![Some(1.0); 4],
            vec![None, None, Some(0.1), Some(0.2), Some(0.30000000000000004), Some(7.0)],
            vec![Some(3.0), Some(1.0), Some(-1.0), Some(stale), None, Some(1e300), Some(2e-9)],
            vec![Some(f64::NAN), Some(f64::NAN), Some(f64::INFINITY), Some(-0.0)],
            vec![],
        ];
        for values in values {
            let text = write_values(&values);
            let read = read_values(&text).expect("values");
            let both =
                [&read, &values].map(|it| it.iter().map(|it| it.map(bits)).collect::<Vec<_>>());
            assert_eq!(both[0], both[1], "{text}");
        }
        assert_eq!(write_values(&[Some(0.0), Some(10.0), Some(20.0)]), "0+10x2");
        assert_eq!(write_values(&[None, None, Some(1.0), Some(1.0)]), "_x2 1x1");
    }

    #[test]
    fn a_store_takes_and_gives_them() {
        let mut store = Store::new();
        let labels = read_series(r#"up{job="a"}"#).expect("a series");
        let values = read_values("1 _ stale 2").expect("values");
        load(&mut store, labels, &values, 15_000).expect("in order");
        let id = store.ids().next().expect("a series");
        let grid = on_grid(store.samples(id), 15_000).expect("a grid");
        assert_eq!(write_values(&grid), "1 _ stale 2");
        let written = (r#"up{job="a"}"#.to_owned(), "1 _ stale 2".to_owned());
        assert_eq!(write_series(&store, id, 15_000), Some(written));
        assert_eq!(on_grid(store.samples(id), 10_000), None);
        for bad in ["up{a!=\"b\"}", "up offset 5m", "1", "up["] {
            assert!(read_series(bad).is_err(), "{bad}");
        }
    }
}
