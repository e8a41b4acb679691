//! Many replications of a scenario, and what they come to.

mod replicate;
mod auto;
mod measure;
mod amount;
mod catalog;
mod strata;
mod finding;
mod severity;
mod summary;
mod diagnosis;
mod contrast;
mod compare;
mod expectation;
mod claim;
pub mod robust;
pub mod reference;

pub use amount::Amount;
pub use auto::{FIRST_BORDER, LAST_BORDER, Precision, replicate_until_known};
pub use catalog::{MEASURES, NOT_MODELLED, find};
pub use claim::{Verdict, of_a_case};
pub use compare::{Comparison, Lead, Turn, Variant};
pub use contrast::{Comparative, Contrast};
pub use diagnosis::{Diagnosis, FalseRollback, LOOKED_AT_MAX, Missed};
pub use expectation::{CODES, Expectation, Side, Standing, expectations};
pub use finding::{CONFIDENCE, Finding};
pub use measure::{Event, How, Measure, Unit, Want, Worlds};
pub use replicate::{Alone, CHUNK, Onlooker, Sample, Workers, replicate, replicate_all};
pub use severity::{Bin, Curve};
pub use summary::{Decisions, Kind, Summary, Tally};
