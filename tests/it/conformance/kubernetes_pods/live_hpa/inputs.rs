//! What a recording was made with.

use clockwork::{Instant, Span};
use coalmine::controller::kubernetes::WallClock;
use coalmine::controller::kubernetes::hpa::{
    Autoscaler, Behavior, Metric, Policy, Resource, ResourceTarget, Rules, Select, Settings, Size,
};
use serde_json::Value;

/// The inputs that matter to the autoscaler.
pub(crate) struct Inputs {
    pub(crate) autoscaler: Autoscaler,
    pub(crate) settings: Settings,
    /// What a pod requests, thousandths of a core.
    pub(crate) request: i64,
    /// From the creation of a pod until it runs.
    pub(crate) run: Span,
    /// Over which time usage is measured.
    pub(crate) window: Span,
    /// What a pod that is not ready uses; nothing is measured where it is `null`.
    unready: Option<i64>,
    /// What all pods that are ready use together, in thousandths of a core, from when on.
    load: Vec<(Span, i64)>,
    clock: WallClock,
}

fn seconds(value: &Value) -> Span {
    Span::from_secs_f64(value.as_f64().unwrap_or_else(|| panic!("{value} is not a time")))
}

fn count(value: &Value) -> u32 {
    let count = value.as_u64().unwrap_or_else(|| panic!("{value} is not a count"));
    u32::try_from(count).expect("a small count")
}

impl Inputs {
    pub(crate) fn new(row: &Value) -> Self {
        let (inputs, hpa) = (&row["inputs"], &row["inputs"]["hpa"]);
        let target = ResourceTarget::Utilization(count(&hpa["target"]));
        let behavior = hpa.get("behavior").map(|behavior| Behavior {
            up: rules(&behavior["scaleUp"], Rules::up()),
            down: rules(&behavior["scaleDown"], Rules::down()),
        });
        let autoscaler = Autoscaler {
            min: count(&hpa["min"]),
            max: count(&hpa["max"]),
            metrics: vec![Metric::Resource { resource: Resource::Cpu, container: None, target }],
            behavior,
        };
        let settings = Settings {
            sync: seconds(&hpa["sync_period_s"]),
            tolerance: hpa["tolerance"].as_f64().expect("a tolerance"),
            cpu_initialization: seconds(&hpa["cpu_initialization_period_s"]),
            initial_readiness: seconds(&hpa["initial_readiness_delay_s"]),
            ..Settings::default()
        };
        let load = hpa["load"].as_array().expect("a load");
        let step = |it: &Value| (seconds(&it[0]), it[1].as_i64().expect("a load"));
        Self {
            autoscaler,
            settings,
            request: hpa["request_m"].as_i64().expect("a request"),
            run: seconds(&inputs["run"]),
            window: seconds(&hpa["metrics_window_s"]),
            unready: hpa["unready_m"].as_i64(),
            load: load.iter().map(step).collect(),
            clock: WallClock::starting_at(seconds(&row["t0_phase"])),
        }
    }

    /// The beginning of the whole second of the wall clock.
    pub(crate) fn whole_second(&self, at: Instant) -> Instant {
        self.clock.beginning(self.clock.second(at))
    }

    /// What each of so many ready pods uses so long after the start, and what an unready one does.
    pub(crate) fn usage(&self, since: Span, ready: i64) -> (i64, Option<i64>) {
        let load = self.load.iter().rfind(|(from, _)| *from <= since).map_or(0, |(_, load)| *load);
        (load / ready.max(1), self.unready)
    }
}

/// What is said of a direction replaces its default.
fn rules(given: &Value, default: Rules) -> Rules {
    let policy = |it: &Value| Policy {
        size: match it["type"].as_str() {
            Some("Pods") => Size::Pods(count(&it["value"])),
            Some("Percent") => Size::Percent(count(&it["value"])),
            other => panic!("{other:?} is not a type of policy"),
        },
        period: seconds(&it["periodSeconds"]),
    };
    let select = match given["selectPolicy"].as_str() {
        None => default.select,
        Some("Max") => Select::Max,
        Some("Min") => Select::Min,
        Some("Disabled") => Select::Disabled,
        Some(other) => panic!("`{other}` selects no policy"),
    };
    let policies = given["policies"].as_array();
    Rules {
        stabilization: given
            .get("stabilizationWindowSeconds")
            .map(seconds)
            .or(default.stabilization),
        select,
        policies: policies.map_or(default.policies, |list| list.iter().map(policy).collect()),
        tolerance: default.tolerance,
    }
}
