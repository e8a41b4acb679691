//! Random series in promtool's notation.

use crate::random::{BUCKETS, COUNTERS, GAUGES, Random};

/// A series and its values.
pub(crate) type Series = (String, String);

/// A few series of each metric, with gaps, resets, ends and values that are no numbers.
pub(crate) fn series(random: &mut Random) -> Vec<Series> {
    let mut all = Vec::new();
    for metric in COUNTERS.into_iter().chain(GAUGES) {
        for pod in ["a", "b", "c"] {
            for code in ["200", "500"] {
                if random.chance(60) {
                    let name = format!("{metric}{{pod=\"{pod}\",code=\"{code}\"}}");
                    let is_counter = COUNTERS.contains(&metric);
                    all.push((name, values(random, is_counter)));
                }
            }
        }
    }
    for pod in ["a", "b"] {
        let mut count = 0;
        for bound in ["0.1", "0.25", "0.5", "1", "2.5", "+Inf"] {
            count += random.below(20);
            let name = format!("{BUCKETS}{{pod=\"{pod}\",le=\"{bound}\"}}");
            all.push((name, format!("{}+{count}x80", count * 3)));
        }
    }
    all
}

/// Values of about eighty samples.
fn values(random: &mut Random, is_counter: bool) -> String {
    let mut items = Vec::new();
    let mut left = 80_usize;
    while left > 0 {
        let times = (1 + random.below(40)).min(left);
        left -= times;
        let first = random.below(1000);
        let step = ["0.1", "1", "2.5", "7", "30"][random.below(5)];
        items.push(match random.below(20) {
            0 => format!("_x{times}"),
            1 => "stale".to_owned(),
            2 if !is_counter => "NaN".to_owned(),
            3 => format!("{first}x{times}"),
            4 if !is_counter => format!("{first}-{step}x{times}"),
            5 => format!("{first}.25"),
            _ => format!("{first}+{step}x{times}"),
        });
    }
    items.join(" ")
}
