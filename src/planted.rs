//! Bugs that are planted on purpose, so that a test can show that it would find them.
//!
//! Without the feature `planted` there are none: [`is`] is `false` at compile time and every hook
//! disappears. With it a test plants one bug for its own thread; nobody else has it.

/// Declares the bugs and the list of all of them.
macro_rules! bugs {
    ($($(#[doc = $doc:literal])* $name:ident => $text:literal,)*) => {
        /// A mistake that could be made at the place where its hook is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Bug {
            $($(#[doc = $doc])* $name,)*
        }

        impl Bug {
            /// Every bug.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

bugs! {
    /// Requests that stopping pods lose are booked to the release.
    RollbackCountsAsHarm => "rollback-counts-as-harm",
    /// A window leaves its first tick out.
    WindowHalfOpen => "window-half-open",
    /// Every request comes from another user.
    UsersAreRequests => "users-are-requests",
    /// What is below a bound is too much.
    BoundUpsideDown => "bound-upside-down",
    /// A gate trips at the failure that it should still forgive.
    FailureLimitOffByOne => "failure-limit-off-by-one",
    /// A pass resets the failures of a limit that should add them up.
    FailureLimitForgives => "failure-limit-forgives",
    /// The share that fails is taken for the share that does not.
    SeverityUpsideDown => "severity-upside-down",
    /// No share of failures is taken for less than one in a thousand.
    SeverityHasAFloor => "severity-has-a-floor",
    /// A reading cuts the counts that it looks at.
    ReaderChangesACount => "reader-changes-a-count",
    /// Failures of all gates are booked to the first one.
    GatesShareACounter => "gates-share-a-counter",
    /// The weights of the replication before are kept.
    WorldsRemember => "worlds-remember",
    /// The load is that of a day that begins with the rollout.
    DayBeginsAtTheStart => "day-begins-at-the-start",
    /// The first reading is a minute after the first traffic, whatever was ordered.
    FirstReadingAfterAMinute => "first-reading-after-a-minute",
    /// Gates are sorted by their names.
    NamesDecideTheOrder => "names-decide-the-order",
    /// A share is compared as if there were a hundred requests.
    BoundOfAHundredRequests => "bound-of-a-hundred-requests",
    /// A switch takes its time once for every pod.
    SwitchGoesPodByPod => "switch-goes-pod-by-pod",
    /// A surge in per cent is rounded down.
    SurgeRoundedDown => "surge-rounded-down",
    /// What may be missing is rounded up.
    UnavailableRoundedUp => "unavailable-rounded-up",
    /// A weight is rounded down to whole pods.
    WeightRoundedDown => "weight-rounded-down",
    /// The switch of two fleets takes no time.
    SwitchTakesNoTime => "switch-takes-no-time",
    /// Every step makes the gates forget.
    StepsRestartGates => "steps-restart-gates",
    /// The new fleet is tested when it has the traffic already.
    TestAfterTheSwitch => "test-after-the-switch",
    /// The delay before the first reading is kept before every reading.
    DelayBetweenReadings => "delay-between-readings",
    /// The bake is counted from the start of the rollout.
    BakeFromTheStart => "bake-from-the-start",
    /// A metric of one version reads the other one.
    BaselineAndReleaseSwapped => "baseline-and-release-swapped",
    /// A comparison forgets the failures of the running version.
    BaselineNeverFails => "baseline-never-fails",
    /// Two fleets side by side cost as much as the larger one.
    CostForgetsOverlap => "cost-forgets-overlap",
    /// An order of a person is carried out as soon as it is made.
    ActsAtOnce => "acts-at-once",
    /// The order is taken for the moment in which somebody knew.
    DetectionCountedFromOrder => "detection-counted-from-order",
    /// The running version gets every request as well.
    TrafficIsMirrored => "traffic-is-mirrored",
    /// A tick in which something changes counts in full under both regimes.
    ChangedTickCountsTwice => "changed-tick-counts-twice",
    /// A fault lets at least one request in a hundred live.
    NoFaultIsTotal => "no-fault-is-total",
    /// A leak has the whole memory to fill.
    HeapStartsEmpty => "heap-starts-empty",
    /// A restarted pod has leaked already.
    LeakSurvivesRestart => "leak-survives-restart",
    /// A leak of nothing leaks a little.
    NothingLeaksALittle => "nothing-leaks-a-little",
    /// A reading without enough samples fails.
    TooFewSamplesFail => "too-few-samples-fail",
    /// The cooldown runs from the order and not from the end.
    CooldownFromTheOrder => "cooldown-from-the-order",
    /// A bake is cut to the time that is watched.
    BakeWithinTheWatch => "bake-within-the-watch",
    /// The seed of a world is mixed with the policy.
    WorldsDependOnThePolicy => "worlds-depend-on-the-policy",
    /// Every step meets users anew who stay where they are.
    ArmsAreNotNested => "arms-are-not-nested",
    /// People know what is true.
    PeopleSeeTheTruth => "people-see-the-truth",
    /// A pod that ends has no place on its node any more.
    EndingPodsTakeNoPlace => "ending-pods-take-no-place",
    /// Pods are placed on a node that is drained.
    CordonedNodesTakePods => "cordoned-nodes-take-pods",
    /// The pods of a lost node are never given up.
    LostPodsAreKept => "lost-pods-are-kept",
    /// Every eviction is allowed that would be if it were the only one.
    EvictionsAreNotCounted => "evictions-are-not-counted",
    /// A drain takes a refusal for an answer.
    DrainAsksOnce => "drain-asks-once",
    /// A drain asks again at once.
    DrainDoesNotWait => "drain-does-not-wait",
    /// Every pod is replaced, whatever the partition.
    PartitionIsForgotten => "partition-is-forgotten",
    /// A pod that was deleted comes back as it was, where its successor has the release.
    DeletedPodsComeBack => "deleted-pods-come-back",
    /// Pods of the running version are not asked whether they are alive.
    OldPodsAreNotAsked => "old-pods-are-not-asked",
    /// A way back that has no place for its pods is never over.
    NoPlaceForTheWayBack => "no-place-for-the-way-back",
    /// A place that a pod leaves is free for new pods, and not for those that wait.
    WaitingPodsAreForgotten => "waiting-pods-are-forgotten",
}

#[cfg(feature = "planted")]
thread_local! {
    static PLANTED: std::cell::Cell<Option<Bug>> = const { std::cell::Cell::new(None) };
}

/// Plants a bug for this thread, or takes it away.
#[cfg(feature = "planted")]
pub fn plant(bug: Option<Bug>) {
    PLANTED.set(bug);
}

/// Whether a bug is planted.
#[cfg(feature = "planted")]
pub fn is(bug: Bug) -> bool {
    PLANTED.get() == Some(bug)
}

/// Whether a bug is planted: never.
#[cfg(not(feature = "planted"))]
pub const fn is(_: Bug) -> bool {
    false
}
