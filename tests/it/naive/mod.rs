//! The engine against the model, simulated the slow way.
//!
//! `world`, `request`, `serving`, `pods`, `plan`, `rollout`, `watch` and `simulator` define the
//! model: every request arrives, lands on a pod and is answered or fails, one after the other, with
//! ordinary random numbers. They share with the engine what a scenario says, what a fault does to a
//! request, and what a gate says of a window that was counted; no draw, no count, no loop, no
//! controller and no score. `compare` holds both against one another over the `scenarios` and
//! `rollouts`, `stopping` looks at the one trick that could fail by parts in a thousand.
//!
//! With 20,000 worlds of the model and 50,000 of the engine a test of means finds, nine times in
//! ten, a bias of 0.053 standard deviations of a world: 2.6 points of a rate near one half, 1 point
//! of one near 4 %. A failure lists what each test would have found.

mod compare;
mod dice;
mod plan;
mod pods;
mod request;
mod rollout;
mod rollouts;
mod scenarios;
mod serving;
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

#[test]
fn a_rolling_update_whose_pods_take_their_time() {
    agree(&rollouts::rolling(), 20_000, 50_000);
}

#[test]
fn a_rolling_update_that_the_controllers_of_kubernetes_carry_out() {
    agree(&rollouts::rolling_on_the_twin(), 20_000, 50_000);
}

#[test]
fn a_rolling_update_that_lacks_pods_and_loses_requests() {
    agree(&rollouts::rolling_without_surge(), 20_000, 50_000);
}

#[test]
fn all_pods_go_before_the_new_ones_come() {
    agree(&rollouts::recreate(), 20_000, 50_000);
}

#[test]
fn equal_steps_for_users_who_stay() {
    agree(&rollouts::linear(), 20_000, 50_000);
}

#[test]
fn a_switch_of_two_fleets_with_a_test_before_it() {
    agree(&rollouts::blue_green(), 20_000, 50_000);
}

#[test]
fn a_switch_that_sessions_hold_back() {
    agree(&rollouts::sessions(), 20_000, 50_000);
}

#[test]
fn a_leak_over_time_until_pods_are_killed_again_and_again() {
    agree(&rollouts::leak_over_time(), 20_000, 50_000);
}

#[test]
fn a_leak_by_requests_that_makes_pods_slow() {
    agree(&rollouts::leak_by_requests(), 20_000, 50_000);
}

#[test]
fn a_pool_that_runs_dry_and_pods_that_are_restarted() {
    agree(&rollouts::dry_pool(), 20_000, 50_000);
}

#[test]
fn pods_that_crash_when_they_start() {
    agree(&rollouts::crashing_starts(), 20_000, 50_000);
}

#[test]
fn pods_that_never_start() {
    agree(&rollouts::no_start(), 20_000, 50_000);
}

#[test]
fn pods_that_carry_less_and_whose_caches_are_cold() {
    agree(&rollouts::less_capacity(), 20_000, 50_000);
}

#[test]
fn the_same_release_is_tried_again_and_another_is_mended() {
    agree(&rollouts::retry(), 20_000, 50_000);
    agree(&rollouts::mended(), 20_000, 50_000);
}

#[test]
fn faults_of_the_day_and_of_the_load() {
    agree(&rollouts::by_the_clock(), 20_000, 50_000);
}
