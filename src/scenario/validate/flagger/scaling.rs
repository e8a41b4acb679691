//! The autoscalers beside a Canary: that of the Deployment, and the copy for the primary.

use super::super::{Pass, code, controller};
use crate::controller::flagger::Scaling;
use crate::controller::kubernetes::hpa::Autoscaler;
use crate::controller::{BoundsDoc, FlaggerDoc as ControllerDoc, HpaDoc};
use crate::document::{At, Problem};
use crate::scenario::document::ScenarioDoc;
use crate::strategy::{self, FlaggerDoc, TargetDoc};

/// A problem was reported.
pub(super) struct Refused;

/// What follows the load, if anything does.
pub(super) fn scaling(
    flagger: &ControllerDoc,
    (it, doc): (&FlaggerDoc, &ScenarioDoc),
    pass: &mut Pass<'_>,
) -> Result<Option<Box<Scaling>>, Refused> {
    match (&flagger.hpa.0, &flagger.primary) {
        (None, None) => Ok(None),
        (Some(hpa), bounds) => {
            let scaling = of(hpa, bounds.as_ref(), (it, doc), pass);
            scaling.map(|it| Some(Box::new(it))).ok_or(Refused)
        }
        (None, Some(bounds)) => {
            let title = "bounds of an autoscaler that is not there";
            let problem = Problem::error(code::CONTRADICTION, title)
                .at(bounds.place, "there is no `hpa`")
                .help("write for example: hpa: { min: 2, max: 10 }");
            pass.problem(problem);
            Err(Refused)
        }
    }
}

/// The autoscaler of a Deployment; nothing else is scaled.
fn of(
    hpa: &HpaDoc,
    bounds: Option<&At<BoundsDoc>>,
    (it, doc): (&FlaggerDoc, &ScenarioDoc),
    pass: &mut Pass<'_>,
) -> Option<Scaling> {
    let is_scaled = it.target == TargetDoc::Deployment;
    let help = "leave `hpa` out, or write: target: deployment";
    let what = ("only a Deployment has an autoscaler here", "what follows the load?", help);
    pass.require(is_scaled, code::CONTRADICTION, doc.controller.place, what);
    let strategy::Scaling { autoscaler, saturated } = controller::scaling(hpa, pass)?;
    let primary = match bounds {
        Some(bounds) => {
            let (min, max) = primary(bounds, (autoscaler.min, autoscaler.max), pass)?;
            Autoscaler { min, max, ..autoscaler.clone() }
        }
        None => autoscaler.clone(),
    };
    is_scaled.then_some(Scaling { autoscaler, primary, saturated })
}

/// The fewest and the most pods of the primary; what is not given is as for the canary.
fn primary(
    bounds: &At<BoundsDoc>,
    (least, most): (u32, u32),
    pass: &mut Pass<'_>,
) -> Option<(u32, u32)> {
    let value = |it: &Option<At<u32>>, other: u32| it.as_ref().map_or(other, |it| it.value);
    let (min, max) = (value(&bounds.value.min, least), value(&bounds.value.max, most));
    let fits = (1..=max).contains(&min);
    let label = format!("at least {min}, at most {max}");
    let (less, more) = (min.min(max).max(1), min.max(max).max(1));
    let help = format!("write for example: primary: {{ min: {less}, max: {more} }}");
    let what = ("the primary has no number of pods", label.as_str(), help.as_str());
    pass.require(fits, code::CONTRADICTION, bounds.place, what);
    fits.then_some((min, max))
}
