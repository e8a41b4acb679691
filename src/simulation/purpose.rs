//! Purposes of keyed draws; those of counts are in [`chance::ticks`].

pub(super) const NODE_SPEED: u16 = 17;
pub(super) const NODE_ERRORS: u16 = 18;
pub(super) const STARTUP: u16 = 19;
pub(super) const HEAVY_ERRORS: u16 = 20;
pub(super) const HEAVY_ARM: u16 = 21;
// 22 thins a class at a gate's limit.
pub(super) const RESTART: u16 = 23;
pub(super) const CRASHES: u16 = 24;
pub(super) const ACKNOWLEDGE: u16 = 25;
pub(super) const DIAGNOSE: u16 = 26;
pub(super) const DECIDE: u16 = 27;
pub(super) const JUDGE: u16 = 28;
pub(super) const ACT: u16 = 29;
pub(super) const APPROVE: u16 = 30;
pub(super) const FIX: u16 = 31;
pub(super) const SMOKE: u16 = 32;
pub(super) const CLOCK: u16 = 33;
pub(super) const RELIST: u16 = 34;
pub(super) const SYNC: u16 = 35;
pub(super) const PROBE: u16 = 36;
pub(super) const COPIES: u16 = 40;
pub(super) const NODE_WATCH: u16 = 41;
pub(super) const READINESS: u16 = 42;
pub(super) const SCRAPE: u16 = 37;
pub(super) const DEAL: u16 = 41;
pub(super) const EARLY: u16 = 42;
pub(super) const PHASE: u16 = 43;
pub(super) const LIVENESS: u16 = 44;
