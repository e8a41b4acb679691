//! A scenario from a text alone: for tests, examples and embedding.

use super::{Scenario, ScenarioDoc, validate};
use crate::document::{self, Decode, Look, Problems, SourceKind, Sources};

impl Scenario {
    /// Reads a scenario that stands in one text, without `base:`.
    ///
    /// # Errors
    /// Every problem of the text, rendered as the command line would.
    ///
    /// # Example: a canary with one gate
    /// ```
    /// let scenario = coalmine::scenario::Scenario::read(
    ///     "traffic: { rate: 500/s }
    /// strategy: { canary: { steps: [ { setWeight: 5% }, { pause: 10m } ] } }
    /// gates: { errors: { metric: { error-rate: {} }, over: 1% } }",
    /// )?;
    /// assert_eq!(scenario.fleet.replicas, 10);
    /// # Ok::<(), String>(())
    /// ```
    pub fn read(text: &str) -> Result<Self, String> {
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let name = "scenario";
        let shape = ScenarioDoc::shape();
        let kind = SourceKind::File;
        let tree =
            document::yaml::parse_one(&mut sources, kind, name, text.as_bytes(), &mut problems);
        let doc = tree.and_then(|tree| {
            let tree = document::complete(shape, tree);
            document::decode::<ScenarioDoc>(&tree, &mut problems)
        });
        let scenario = doc
            .filter(|_| !problems.has_errors())
            .and_then(|doc| validate(&doc, name, &mut problems));
        scenario.ok_or_else(|| problems.render(&sources, Look::Plain))
    }
}
