//! How a release is analysed and reaches its users.

/// How requests are routed, as far as strategies depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Provider {
    /// By weights, headers and mirrors.
    #[default]
    Mesh,
    /// Not at all: one Service, whose pods are exchanged.
    Kubernetes,
}

/// How a release reaches its users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// By weights.
    Canary,
    /// All at once, after so many ticks.
    BlueGreen,
    /// To those who match, for so many ticks.
    AbTesting,
}

/// The `analysis` of a canary, as far as the scheduler depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the manifest")]
pub struct Analysis {
    /// How requests are routed.
    pub provider: Provider,
    /// Failed checks that roll back; 0 is 1.
    pub threshold: u32,
    /// The last weight; 0 is all.
    pub max_weight: u32,
    /// By how much the weight grows in a tick.
    pub step_weight: u32,
    /// The weights one after the other, if they are given so.
    pub step_weights: Vec<u32>,
    /// By how much requests go back to the primary in a tick of the promotion; 0 is at once.
    pub step_weight_promotion: u32,
    /// How many ticks are analysed without weights; 0 if there are weights.
    pub iterations: u32,
    /// Whether only some users are routed to the canary.
    pub has_match: bool,
    /// Whether a canary gets copies before it gets requests.
    pub is_mirrored: bool,
    /// Whether releases are promoted without an analysis.
    pub is_skipped: bool,
    /// Whether nothing is done at all.
    pub is_suspended: bool,
}

/// Ticks of analysis where one Service leaves no other strategy.
const KUBERNETES_ITERATIONS: u32 = 10;

impl Default for Analysis {
    fn default() -> Self {
        Self {
            provider: Provider::Mesh,
            threshold: 1,
            max_weight: 0,
            step_weight: 0,
            step_weights: Vec::new(),
            step_weight_promotion: 0,
            iterations: 0,
            has_match: false,
            is_mirrored: false,
            is_skipped: false,
            is_suspended: false,
        }
    }
}

impl Analysis {
    /// How a release reaches its users. Source: `DeploymentStrategy`.
    pub const fn strategy(&self) -> Strategy {
        match (self.iterations(), self.has_match && matches!(self.provider, Provider::Mesh)) {
            (0, _) => Strategy::Canary,
            (_, true) => Strategy::AbTesting,
            (_, false) => Strategy::BlueGreen,
        }
    }

    /// How many ticks are analysed without weights.
    pub const fn iterations(&self) -> u32 {
        match (self.provider, self.iterations) {
            (Provider::Kubernetes, 0) => KUBERNETES_ITERATIONS,
            (_, iterations) => iterations,
        }
    }

    /// Failed checks that roll back.
    pub fn threshold(&self) -> u32 {
        self.threshold.max(1)
    }

    /// The weight behind which a canary is promoted. Source: `maxWeight`.
    pub fn max_weight(&self) -> u32 {
        match self.step_weights.last() {
            Some(last) => (*last).min(100),
            None if self.max_weight == 0 => 100,
            None => self.max_weight,
        }
    }

    /// By how much a weight grows in the next tick; a weight that does not grow is stuck, and so is
    /// the release. Source: `nextStepWeight`.
    pub fn next_step(&self, weight: u32) -> u32 {
        if self.step_weight > 0 || self.step_weights.is_empty() {
            return self.step_weight;
        }
        let step = match weight {
            100 => 1,
            0 => self.step_weights[0],
            _ => {
                let at = self.step_weights.iter().position(|step| *step == weight);
                let next = at.and_then(|at| self.step_weights.get(at + 1)).copied().unwrap_or(100);
                next.saturating_sub(weight)
            }
        };
        step.min(100_u32.saturating_sub(weight).max(1))
    }
}
