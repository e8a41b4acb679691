//! Integer time, an agenda of events in a total order, and a trace digest.
