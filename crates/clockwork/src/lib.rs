//! Integer time, an agenda of events in a total order, and a trace digest.
//!
//! Everything here is exact: time is whole microseconds, two events never compare equal by
//! accident, and a digest is the same number on every machine.
//!
//! ```
//! use clockwork::{Agenda, Instant, Span};
//!
//! let mut agenda = Agenda::<usize>::with_slots(2);
//! agenda.schedule(1, Instant::ZERO + Span::from_secs(90));
//! agenda.schedule(0, Instant::ZERO + Span::from_secs(90));
//! let horizon = Instant::ZERO + "1h".parse()?;
//! let (now, slot) = agenda.next_before(horizon).expect("two are pending");
//! assert_eq!((now.to_string(), slot), ("1m30s".to_owned(), 0));
//! # Ok::<(), clockwork::SpanError>(())
//! ```

mod span;
mod instant;
mod agenda;
mod digest;
mod trace;

pub use agenda::{Agenda, Slot};
pub use digest::Digest;
pub use instant::Instant;
pub use span::{Span, SpanError};
pub use trace::{Divergence, Entry, Trace, first_divergence};
