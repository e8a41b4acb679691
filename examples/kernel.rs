//! The smallest program that simulates: a scenario in, a digest of its worlds out.
//!
//! Nothing of the command line is linked, so its imports are those of the simulation: a test looks
//! through them for mathematics of the platform, which would differ from machine to machine.

use std::io::Write;

use clockwork::Digest;
use coalmine::scenario::Scenario;
use coalmine::simulation::{Engine, Unrecorded};

/// A scenario with everything that varies.
const TEXT: &str = "
traffic: { rate: 300/s, shape: { diurnal: {} }, users: { sticky: true } }
fleet: { replicas: 12 }
releases:
  good: { weight: 40% }
  spike:
    weight: 30%
    faults:
      - error-spike:
          add: { loguniform: { from: 0.1%, to: 20% } }
          onset: { after: { exponential: { mean: 25m } }, ramp: 2m }
  slow:
    weight: 30%
    faults:
      - latency-regression:
          factor: { lognormal: { median: 1.4x, p95: 2.5x } }
          onset: { requests: 3000 }
strategy:
  canary:
    steps: [{ setWeight: 5% }, { pause: 10m }, { setWeight: 50% }, { pause: 10m }]
gates:
  errors: { metric: { error-rate: {} }, over: { baseline: +0.4% }, window: 5m, failureLimit: 2 }
  p99: { metric: { latency: { quantile: p99 } }, over: 400ms, window: 5m, failureLimit: 2 }
  apdex: { metric: { apdex: {} }, under: 80%, window: 5m, failureLimit: 2 }
";

fn main() -> std::io::Result<()> {
    let scenario = Scenario::read(TEXT).map_err(std::io::Error::other)?;
    let mut engine = Engine::new(&scenario, Unrecorded);
    let mut digest = Digest::new();
    for index in 0..1_000 {
        // The measures are whole numbers and words.
        digest.bytes(format!("{:?}", engine.simulate(0, index)).as_bytes());
    }
    writeln!(std::io::stdout(), "{digest}")
}
