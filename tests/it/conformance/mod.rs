//! Cases with known answers from elsewhere: `COALMINE_CONFORMANCE` names their folder.

mod kubernetes_pods;
