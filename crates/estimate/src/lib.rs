//! Samples to intervals, quantiles, paired differences and stopping rules.
