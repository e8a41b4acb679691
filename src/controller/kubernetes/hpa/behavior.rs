//! How fast an autoscaler follows: `spec.behavior`.

use clockwork::Span;

/// Both directions.
#[derive(Clone, Debug, PartialEq)]
pub struct Behavior {
    /// `scaleUp`.
    pub up: Rules,
    /// `scaleDown`.
    pub down: Rules,
}

/// One direction.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// `stabilizationWindowSeconds`: for how long an earlier recommendation holds the replicas
    /// back. Without it, and only downwards, the controller's own flag decides.
    pub stabilization: Option<Span>,
    /// `selectPolicy`: which policy counts where there are several.
    pub select: Select,
    /// How much in which time.
    pub policies: Vec<Policy>,
    /// `tolerance`: how far usage may be from the target; without it, the controller's flag.
    pub tolerance: Option<f64>,
}

/// Which policy counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Select {
    /// The one that allows the largest change.
    Max,
    /// The one that allows the smallest.
    Min,
    /// None: there is no scaling in this direction.
    Disabled,
}

/// How much in which time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How much.
    pub size: Size,
    /// `periodSeconds`.
    pub period: Span,
}

/// The size of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// So many pods.
    Pods(u32),
    /// Such a share of the replicas at the start of the period, in per cent.
    Percent(u32),
}

impl Rules {
    /// Upwards when nothing is said: twice as many or four more in 15 s, at once.
    pub fn up() -> Self {
        let period = Span::from_secs(15);
        let sizes = [Size::Pods(4), Size::Percent(100)];
        Self {
            stabilization: Some(Span::ZERO),
            select: Select::Max,
            policies: sizes.map(|size| Policy { size, period }).to_vec(),
            tolerance: None,
        }
    }

    /// Downwards when nothing is said: any number of pods in 15 s, after five minutes.
    pub fn down() -> Self {
        let policy = Policy { size: Size::Percent(100), period: Span::from_secs(15) };
        let policies = vec![policy];
        Self { stabilization: None, select: Select::Max, policies, tolerance: None }
    }

    /// The longest period of its policies: older changes do not matter.
    pub fn longest(&self) -> Span {
        self.policies.iter().map(|policy| policy.period).max().unwrap_or_default()
    }
}

impl Default for Behavior {
    /// `behavior: {}`.
    fn default() -> Self {
        Self { up: Rules::up(), down: Rules::down() }
    }
}
