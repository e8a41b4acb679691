//! The codes of the problems a foreign file can have.

use crate::document::Code;

pub(super) const NOTHING: &str = "E0301";
pub(super) const SEVERAL: &str = "E0302";
pub(super) const UNSUPPORTED: &str = "E0303";
/// The controller of the file would reject it.
pub const REJECTED: &str = "E0304";
pub(super) const MIXED: &str = "E0305";
pub(super) const UNMEASURED: &str = "E0306";
pub(super) const NOWHERE: &str = "E0307";

/// Every code of this module, in order.
pub const CODES: &[Code] = &[
    Code { code: NOTHING, meaning: "no document of the files can be imported" },
    Code { code: SEVERAL, meaning: "more than one document could be imported" },
    Code { code: UNSUPPORTED, meaning: "a foreign strategy cannot be simulated yet" },
    Code { code: REJECTED, meaning: "the controller of the file would reject it" },
    Code { code: MIXED, meaning: "a file has manifests and a scenario" },
    Code { code: UNMEASURED, meaning: "nothing here can measure a foreign metric" },
    Code { code: NOWHERE, meaning: "nothing here exports a metric that a foreign query asks for" },
];
