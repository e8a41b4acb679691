//! Which metrics are measured and never acted upon.

use expr::Pattern;

/// The names that the rules of `dryRun` match, in the order of the metrics. A rule is a regular
/// expression that fits anywhere in a name; one that fits none is an error, and so is `*`.
///
/// Source: `GetDryRunMetrics`.
pub fn dry_run<'n>(rules: &[&str], names: &[&'n str]) -> Result<Vec<&'n str>, String> {
    let mut is_dry = vec![false; names.len()];
    for (index, rule) in rules.iter().enumerate() {
        let pattern = Pattern::parse(rule).ok();
        let fits = |name: &str| pattern.as_ref().is_some_and(|pattern| pattern.is_match(name));
        let mut fits_any = false;
        for (name, is_dry) in names.iter().zip(&mut is_dry) {
            if fits(name) {
                fits_any = true;
                *is_dry = true;
            }
        }
        if !fits_any {
            return Err(format!("dryRun[{index}]: Rule didn't match any metric name(s)"));
        }
    }
    let named = names.iter().zip(is_dry).filter(|(_, is_dry)| *is_dry);
    Ok(named.map(|(name, _)| *name).collect())
}
