//! Weights that are other than they read.

use crate::controller::argo::approximate;
use crate::lint::argo::{Rollout, StepKind};
use crate::lint::change::Change;
use crate::lint::finding::{Finding, Level, Rule};
use crate::lint::number::percent;
use crate::lint::objects::{Files, text, whole};

pub(crate) const RULE: Rule = Rule {
    id: "weight-by-pods",
    level: Level::Warning,
    title: "without traffic routing a weight is a share of pods, and this one is another",
    why: "Without trafficRouting the weight of a canary is its share of the pods: Argo takes the \
          number of pods that comes nearest and never none \
          (approximateWeightedCanaryStableReplicaCounts in argo-rollouts), so that 5 % of 4 pods is \
          1 of 4.",
    bad: "\
kind: Rollout
metadata: {name: r}
spec:
  replicas: 4
  strategy:
    canary:
      maxSurge: 0
      steps:
      - setWeight: 5
      - pause: {duration: 10m}
",
    good: "\
kind: Rollout
metadata: {name: r}
spec:
  replicas: 20
  strategy:
    canary:
      maxSurge: 0
      steps:
      - setWeight: 5
      - pause: {duration: 10m}
",
    check: |files| files.rollouts.iter().filter_map(|it| by_pods(files, it)).collect(),
};

/// All the rest at once.
pub(crate) const JUMP: Rule = Rule {
    id: "last-step-jumps",
    level: Level::Note,
    title: "behind the last weight all the rest follows at once",
    why: "After the last step the new version gets everything: requests that no step has shown it \
          meet it all at once, and the analysis in the background ends with the promotion.",
    bad: "\
kind: Rollout
metadata: {name: r}
spec:
  replicas: 10
  strategy:
    canary:
      steps:
      - setWeight: 10
      - pause: {duration: 10m}
",
    good: "\
kind: Rollout
metadata: {name: r}
spec:
  replicas: 10
  strategy:
    canary:
      steps:
      - setWeight: 10
      - pause: {duration: 10m}
      - setWeight: 50
      - pause: {duration: 10m}
",
    check: |files| files.rollouts.iter().filter_map(jump).collect(),
};

/// A step that changes nothing.
pub(crate) const TAIL: Rule = Rule {
    id: "weight-100-tail",
    level: Level::Note,
    title: "a last step with weight 100 and nothing behind it is not watched",
    why: "setWeight: 100 as the last step is what happens after the last step anyway. With a pause \
          or an analysis behind it the new version would be judged with all requests while the \
          old pods are still there (with trafficRouting; without, they are gone).",
    bad: "\
kind: Rollout
metadata: {name: r}
spec:
  replicas: 10
  strategy:
    canary:
      steps:
      - setWeight: 50
      - pause: {duration: 10m}
      - setWeight: 100
",
    good: "\
kind: Rollout
metadata: {name: r}
spec:
  replicas: 10
  strategy:
    canary:
      steps:
      - setWeight: 50
      - pause: {duration: 10m}
      - setWeight: 100
      - pause: {duration: 10m}
",
    check: |files| files.rollouts.iter().filter_map(tail).collect(),
};

/// How far a share of pods may be from its weight.
const FACTOR: f64 = 1.5;

fn by_pods(files: &Files<'_>, rollout: &Rollout<'_>) -> Option<Finding> {
    let canary = rollout.canary?;
    if rollout.is_routed() {
        return None;
    }
    // What nobody writes is mostly written elsewhere.
    let written = || rollout.spec.get("replicas").and_then(|_| rollout.replicas());
    let replicas = least(files, rollout).or_else(written).filter(|it| *it > 0)?;
    let surge = surge(text(canary, "maxSurge"), replicas);
    let wrong = |weight: u32| {
        if weight == 0 || weight >= 100 {
            return None;
        }
        let (new, stable) = approximate(replicas, weight, surge, 100);
        let share = f64::from(new) / f64::from(new.saturating_add(stable).max(1));
        let wanted = f64::from(weight) / 100.0;
        let is_off = share > wanted * FACTOR || share * FACTOR < wanted;
        is_off.then_some((share, new, new.saturating_add(stable)))
    };
    let first =
        rollout.weights().find_map(|(_, weight, node)| Some((weight, node, wrong(weight)?)));
    let (weight, node, (share, new, all)) = first?;
    let others = rollout.weights().filter(|(_, it, _)| *it != weight);
    let others: Vec<_> = others
        .filter_map(|(_, it, _)| Some(format!("{it} % is {}", percent(wrong(it)?.0))))
        .collect();
    let more = if others.is_empty() { String::new() } else { format!("; {}", others.join(", ")) };
    let number = format!(
        "{weight} % of {replicas} pod{} is {new} of {all} = {}{more}",
        if replicas == 1 { "" } else { "s" },
        percent(share)
    );
    let needed = 100_u32.div_ceil(weight);
    let fix = if needed <= 100 && share > f64::from(weight) / 100.0 {
        format!(
            "write replicas: {needed} or more, setWeight: {:.0}, or add trafficRouting",
            share * 100.0
        )
    } else {
        "add trafficRouting, or choose weights that are whole pods".to_owned()
    };
    let title = format!("the weight is a share of pods: {weight} % is {}", percent(share));
    let place = node.get("setWeight")?.place;
    let finding = Finding::new(place, title, "not this share of requests", number, fix);
    Some(finding.by(Change::Scalar(place, format!("{:.0}", share * 100.0))))
}

/// The least number of pods that an autoscaler of the rollout keeps.
fn least(files: &Files<'_>, rollout: &Rollout<'_>) -> Option<u32> {
    let scalers = files.objects.iter().filter(|it| it.kind == "HorizontalPodAutoscaler");
    let specs = scalers.filter_map(|it| it.node.get("spec"));
    let mut own = specs.filter(|spec| {
        let target = spec.get("scaleTargetRef");
        let is = |key: &str, name: &str| target.and_then(|it| text(it, key)) == Some(name);
        is("kind", "Rollout") && is("name", rollout.object.name)
    });
    u32::try_from(whole(own.next()?, "minReplicas").unwrap_or(1)).ok()
}

/// Pods that may be above, rounded up; a quarter if nothing is said.
fn surge(written: Option<&str>, replicas: u32) -> u32 {
    let written = written.unwrap_or("25%");
    match written.strip_suffix('%').map(str::parse::<u32>) {
        Some(Ok(percent)) => {
            let pods = u64::from(replicas) * u64::from(percent.min(1000));
            u32::try_from(pods.div_ceil(100)).unwrap_or(u32::MAX)
        }
        _ => written.parse().unwrap_or(0),
    }
}

fn jump(rollout: &Rollout<'_>) -> Option<Finding> {
    let (_, weight, node) = rollout.weights().last()?;
    // A person who looks may know better.
    let is_manual = rollout.steps.iter().any(|it| it.kind == StepKind::Pause(None));
    if weight >= 50 || weight == 0 || is_manual {
        return None;
    }
    let rest = 100 - weight;
    let factor = 100.0 / f64::from(weight);
    let number = format!(
        "from {weight} % to 100 %: {rest} % of the requests and {factor:.1} times the load at once"
    );
    let steps = ["{setWeight: 50}", "{pause: {duration: 10m}}"];
    let fix = format!("add steps: - {}\n- {}", steps[0], steps[1]);
    let title = format!("behind {weight} % the other {rest} % follow at once");
    let finding = Finding::new(node.get("setWeight")?.place, title, "the last weight", number, fix);
    Some(finding.by(behind(rollout, &steps)?))
}

fn tail(rollout: &Rollout<'_>) -> Option<Finding> {
    let last = rollout.steps.last()?;
    if last.kind != StepKind::Weight(100) || rollout.steps.len() < 2 {
        return None;
    }
    let before = rollout.weights().filter(|(_, weight, _)| *weight < 100).last();
    let before = before.map_or(0, |(_, weight, _)| weight);
    let number = format!(
        "{} % of the requests meet the new version for 0 s before it is final",
        100 - before
    );
    let pause = "{pause: {duration: 10m}}";
    let fix = format!("remove the step, or add behind it: - {pause}");
    let title = "the last step sets weight 100, and nothing judges it";
    let place = last.node.get("setWeight")?.place;
    let finding = Finding::new(place, title, "the same without it", number, fix);
    Some(finding.by(behind(rollout, &[pause])?))
}

/// Steps behind the last one.
fn behind(rollout: &Rollout<'_>, steps: &[&str]) -> Option<Change> {
    let items = steps.iter().map(|step| (*step).to_owned()).collect();
    Some(Change::Items(rollout.steps.last()?.node.place, items))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::tests::linted;

    #[test]
    fn five_percent_of_four_pods_is_a_quarter() {
        let (_, printed) = linted(RULE.bad);
        assert!(printed.contains("5 % of 4 pods is 1 of 4 = 25 %"), "{printed}");
        assert!(printed.contains("a.yaml:9:20"), "{printed}");
        assert_eq!((surge(None, 4), surge(Some("1"), 4), surge(Some("30%"), 10)), (1, 1, 3));
    }
}
