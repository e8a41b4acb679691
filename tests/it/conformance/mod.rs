//! Cases with known answers from elsewhere: `COALMINE_CONFORMANCE` names their folder.

pub(crate) mod kubernetes_pods;
