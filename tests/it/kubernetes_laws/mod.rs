//! Laws of pods and autoscaling that hold whatever the numbers are.

mod probes;
