//! What a scenario says of its traffic.

use clockwork::Span;

use crate::document::{At, Maybe, Varying, record, sum, word};
use crate::units::{Count, Rate, Share, Spread, TimeOfDay};

record! {
    /// The load.
    pub struct TrafficDoc {
        /// Mean rate over the day; `replicas x perPod x utilisation` when it is not given.
        rate: Option<At<Varying<Rate>>>,
        /// How the rate changes over the day.
        shape: ShapeDoc = "constant",
        /// Time of day at which rollouts start; any time, drawn per world, when not given.
        startAt => start_at: Option<TimeOfDay>,
        /// Slow random change of the rate about its shape.
        modulation: At<Maybe<WanderDoc>> = "{}"
            assumed "a large aggregate of users"
            from "{ sd: 2%, correlation: 5m }" to "{ sd: 22%, correlation: 5m }",
        /// Random arrivals, or exactly the mean in each tick.
        arrivals: At<ArrivalsDoc> = "poisson",
        /// Who sends the requests.
        users: UsersDoc = "{}",
    }
}

sum! {
    /// How the rate changes over the day.
    pub enum ShapeDoc {
        /// The same at every hour.
        constant => Constant,
        /// A cosine over the day.
        diurnal => Diurnal(DiurnalDoc),
    }
}

record! {
    /// A cosine over the day.
    pub struct DiurnalDoc {
        /// Time of day of the highest rate.
        peak: TimeOfDay = "\"14:00\"" assumed "early afternoon" from "\"11:00\"" to "\"20:00\"",
        /// Lowest rate / highest rate.
        trough: Share = "33%" assumed "a peak of three times the trough" from "20%" to "60%",
    }
}

record! {
    /// A stationary random path.
    pub struct WanderDoc {
        /// Standard deviation of the logarithm.
        sd: Share = "5%",
        /// Time after which the correlation is 1/e.
        correlation: Span = "5m",
    }
}

word! {
    /// How many arrive in a tick.
    pub enum ArrivalsDoc {
        /// A Poisson count.
        poisson => Poisson,
        /// Exactly the mean, which must be a whole number.
        even => Even,
    }
}

record! {
    /// Who sends the requests.
    pub struct UsersDoc {
        /// How many there are.
        population: Count ["1" to "1_000_000_000_000"] = "1_000_000"
            assumed "a large consumer service" from "100_000" to "10_000_000",
        /// How unequal they are.
        activity: ActivityDoc = "{ zipf: 0.9 }",
        /// Whether a user stays on the version met first.
        sticky: bool = "false",
        /// Standard deviation of the logarithm of a heavy user's own error rate.
        errors: Spread = "0.5" assumed "heavy users differ by half" from "0.2" to "1",
    }
}

sum! {
    /// How unequal users are.
    pub enum ActivityDoc {
        /// The k-th user sends in proportion to `k^-s`.
        zipf => Zipf(Spread),
    }
}
