//! The engine against the model, simulated the slow way.

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
    agree(&scenarios::late_pods(), 40_000, 100_000);
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
