//! The engine against the model, simulated the slow way.
//!
//! `world`, `request`, `simulator`, `rollout` and `watch` define the model: every request arrives,
//! lands on a pod and is answered or fails, one after the other, with ordinary random numbers. They
//! share with the engine what a scenario says, and what a gate says of a window that was counted;
//! no draw, no count, no loop and no score. `compare` holds both against one another over the
//! `scenarios`, `stopping` looks at the one trick that could fail by parts in a thousand.
//!
//! With 20,000 worlds of the model and 50,000 of the engine a test of means finds, nine times in
//! ten, a bias of 0.052 standard deviations of a world: 2.6 points of a rate near one half, 1 point
//! of one near 4 %. A failure lists what each test would have found.

mod compare;
mod dice;
mod request;
mod rollout;
mod scenarios;
mod simulator;
mod stopping;
mod watch;
mod world;

use compare::agree;

#[test]
fn a_plain_canary() {
    agree(&scenarios::plain(), 20_000, 50_000);
}

#[test]
fn a_slower_release_under_limits_inside_of_classes() {
    agree(&scenarios::slower_release(), 20_000, 50_000);
}

#[test]
fn a_slower_tail_until_all_gates_have_tripped() {
    agree(&scenarios::slower_tail(), 20_000, 50_000);
}

#[test]
fn faults_that_come_late_and_grow() {
    agree(&scenarios::late_and_growing(), 20_000, 50_000);
}

#[test]
fn a_fault_that_waits_for_requests() {
    agree(&scenarios::after_requests(), 20_000, 50_000);
}

#[test]
fn few_users_who_stay_where_they_are() {
    agree(&scenarios::few_sticky_users(), 20_000, 50_000);
}

#[test]
fn many_users_some_of_whom_are_hit() {
    agree(&scenarios::many_sticky_users(), 20_000, 50_000);
}

#[test]
fn a_rollout_by_pods_that_start_slowly_and_cold() {
    agree(&scenarios::by_pods(), 20_000, 50_000);
}

#[test]
fn pods_that_come_late_beside_users_who_differ() {
    agree(&scenarios::late_pods(), 30_000, 60_000);
}

#[test]
fn load_errors_nodes_and_users_that_vary() {
    agree(&scenarios::noisy(), 20_000, 50_000);
}

#[test]
fn gates_that_compare_and_a_router_that_takes_its_time() {
    agree(&scenarios::relative(), 20_000, 50_000);
}

#[test]
fn a_day_that_overloads_the_fleet() {
    agree(&scenarios::overloaded_noon(), 20_000, 50_000);
}

#[test]
fn gates_that_pause_pass_and_roll_back() {
    agree(&scenarios::many_voices(), 20_000, 50_000);
}

#[test]
fn even_arrivals() {
    agree(&scenarios::even(), 20_000, 50_000);
}
