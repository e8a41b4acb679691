//! The twins of Argo Rollouts and Flagger against answers of the real controllers.

mod analysis;
mod cases;
mod flagger;
mod flagger_checks;
mod left_out;
mod lifecycle;
mod replicas;
mod running;
mod versions;
