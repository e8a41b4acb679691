//! Foreign manifests on the way in.

use clockwork::Span;

use crate::document::{Node, Problems, Sources};
use crate::import::{self, Loss, Options};

/// What a scenario document was made of.
#[derive(Clone, Debug)]
pub(super) struct Foreign {
    /// The scenario document.
    pub(super) document: Node,
    /// What was left out, each with its place and what that means.
    pub(super) losses: Vec<String>,
    /// What the files do not say.
    pub(super) assumptions: Vec<String>,
}

/// Whether a document is one of somebody else's.
pub(super) fn is_foreign(tree: &Node) -> bool {
    import::is_foreign(tree)
}

/// Makes a scenario document of all foreign documents together.
pub(super) fn import(
    trees: &[Node],
    resume_after: Option<Span>,
    sources: &Sources,
    problems: &mut Problems,
) -> Option<Foreign> {
    let default = Options::DEFAULT;
    let options = Options { resume_after: resume_after.unwrap_or(default.resume_after) };
    let imported = import::import(trees, options, problems)?;
    let loss = |loss: &Loss| format!("{}: {}: {}", sources.position(loss.place), loss.what, loss.why);
    let assumption = |it: &import::Assumption| {
        let change = it.change.as_ref().map(|flag| format!(" ({flag} changes it)"));
        format!("{}: {}{}", sources.position(it.place), it.text, change.unwrap_or_default())
    };
    Some(Foreign {
        losses: imported.losses.iter().map(loss).collect(),
        assumptions: imported.assumptions.iter().map(assumption).collect(),
        document: imported.document,
    })
}
