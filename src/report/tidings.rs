//! What pods and people did, in words and as data.

use serde_json::{Value, json};

use super::page::Ink;
use crate::people::Judgement;
use crate::simulation::{By, Cause, Happening};

/// In words, with a sign and how it is meant.
pub(super) fn told(happening: &Happening) -> (Ink, &'static str, String) {
    match happening {
        Happening::RollbackOrdered { by: By::Person } => {
            (Ink::Bad, "↩", "a person orders the old version back".to_owned())
        }
        Happening::RollbackOrdered { .. } => {
            (Ink::Bad, "↩", "the old version is wanted back: the change is abandoned".to_owned())
        }
        Happening::Autoscaled { from, to } => {
            (Ink::Strong, "⇅", format!("the autoscaler wants {to} pods instead of {from}"))
        }
        Happening::Told { order } => (Ink::Strong, "☎", format!("kubectl {order}")),
        Happening::Answered { text } => (Ink::Plain, "⎈", text.clone()),
        Happening::Delivery(saying) => (Ink::Faint, "⎈", saying.to_string()),
        Happening::Measured { answer, opinion, .. } => {
            (Ink::Plain, "◆", format!("{answer}  {}", opinion.word))
        }
        Happening::Deployment(action) => (Ink::Faint, "⎈", action.to_string()),
        Happening::Scaled { desired: [old, new] } => {
            (Ink::Faint, "⇅", format!("wanted: {old} old, {new} new"))
        }
        Happening::PodsReady { version, pods } => {
            let which = ["old", "new"][*version];
            (Ink::Faint, "+", format!("{} ready", counted(*pods, which)))
        }
        Happening::PodsEager { version, pods } => {
            let which = ["old", "new"][*version];
            (Ink::Bad, "✖", format!("{} ready and cannot serve yet", counted(*pods, which)))
        }
        Happening::PodsFail { pods } => (Ink::Bad, "✖", format!("{} at the start", crash(*pods))),
        Happening::PodsKilled { version, pods } => {
            let which = ["old", "new"][*version];
            (Ink::Bad, "✖", format!("{} killed and restarted", counted(*pods, which)))
        }
        Happening::PodsStalled { pods } => {
            (Ink::Bad, "✖", format!("{} without a free connection", counted(*pods, "new")))
        }
        Happening::PodsUnready { version, pods } => {
            let which = ["old", "new"][*version];
            (Ink::Bad, "✖", format!("{} not ready any more", counted(*pods, which)))
        }
        Happening::PodsBack { version, pods } => {
            let which = ["old", "new"][*version];
            (Ink::Plain, "+", format!("{} back", counted(*pods, which)))
        }
        Happening::OldRetired => (Ink::Faint, "−", "the old fleet is stopped".to_owned()),
        Happening::Checked { failed, of } => {
            (Ink::Plain, "?", format!("{failed} of {of} test requests failed"))
        }
        Happening::Rests => {
            (Ink::Care, "॥", "no pod is replaced before somebody deletes it".to_owned())
        }
        Happening::Stuck => (Ink::Bad, "॥", "no progress before the deadline".to_owned()),
        Happening::TriedAgain { attempt } => {
            (Ink::Strong, "↻", format!("attempt {} begins", attempt + 1))
        }
        Happening::AlertFires => (Ink::Bad, "!", "the alert fires".to_owned()),
        Happening::AlertOver => (Ink::Good, "!", "the alert is over".to_owned()),
        Happening::Paged { cause: Cause::Alert } => {
            (Ink::Care, "☎", "somebody is paged".to_owned())
        }
        Happening::Paged { cause: Cause::Hold } => {
            (Ink::Care, "☎", "somebody is told that the rollout waits".to_owned())
        }
        Happening::Judged { judgement: Judgement::RollBack } => {
            (Ink::Strong, "☎", "they blame the release and decide to go back".to_owned())
        }
        Happening::Judged { judgement: Judgement::Continue } => {
            (Ink::Strong, "☎", "they do not blame the release and go on".to_owned())
        }
        Happening::Resumed => (Ink::Strong, "▶", "the rollout goes on".to_owned()),
        Happening::Asked => (Ink::Care, "☎", "somebody is asked for approval".to_owned()),
        Happening::Approved { approved: true } => (Ink::Good, "✔", "somebody approves".to_owned()),
        Happening::Approved { approved: false } => (Ink::Bad, "✖", "somebody refuses".to_owned()),
        Happening::Stage { .. }
        | Happening::Settled { .. }
        | Happening::FaultBegan { .. }
        | Happening::Reading(_)
        | Happening::Tripped { .. }
        | Happening::Held { .. }
        | Happening::Baking
        | Happening::Ended { .. }
        | Happening::Watched => (Ink::Plain, "", String::new()),
    }
}

fn counted(pods: u32, which: &str) -> String {
    let verb = if pods == 1 { "pod is" } else { "pods are" };
    format!("{pods} {which} {verb}")
}

fn crash(pods: u32) -> String {
    if pods == 1 { "1 new pod crashes".to_owned() } else { format!("{pods} new pods crash") }
}

/// As data, without the time.
pub(super) fn data(happening: &Happening) -> Value {
    match happening {
        Happening::RollbackOrdered { by } => {
            let by = if *by == By::Person { "person" } else { "test" };
            json!({ "event": "rollback", "by": by })
        }
        Happening::Autoscaled { from, to } => {
            json!({ "event": "autoscaled", "from": from, "to": to })
        }
        Happening::Told { order } => {
            json!({ "event": "told", "kubectl": order.to_string() })
        }
        Happening::Answered { text } => json!({ "event": "answered", "text": text }),
        Happening::Delivery(saying) => {
            json!({ "event": "controller", "says": saying.to_string() })
        }
        Happening::Measured { source, answer, opinion } => json!({
            "event": "measured",
            "source": source,
            "answer": answer.to_string(),
            "verdict": opinion.word,
            "problem": opinion.problem,
        }),
        Happening::Deployment(action) => {
            json!({ "event": "deployment", "says": action.to_string() })
        }
        Happening::Scaled { desired: [old, new] } => {
            json!({ "event": "scaled", "podsOld": old, "podsNew": new })
        }
        Happening::PodsReady { version, pods } => {
            let which = ["old", "new"][*version];
            json!({ "event": "ready", "version": which, "pods": pods })
        }
        Happening::PodsEager { version, pods } => {
            let which = ["old", "new"][*version];
            json!({ "event": "eager", "version": which, "pods": pods })
        }
        Happening::PodsFail { pods } => json!({ "event": "crashed", "pods": pods }),
        Happening::PodsKilled { version, pods } => {
            let which = ["old", "new"][*version];
            json!({ "event": "killed", "version": which, "pods": pods })
        }
        Happening::PodsStalled { pods } => json!({ "event": "stalled", "pods": pods }),
        Happening::PodsUnready { version, pods } => {
            let which = ["old", "new"][*version];
            json!({ "event": "unready", "version": which, "pods": pods })
        }
        Happening::PodsBack { version, pods } => {
            let which = ["old", "new"][*version];
            json!({ "event": "back", "version": which, "pods": pods })
        }
        Happening::OldRetired => json!({ "event": "old-retired" }),
        Happening::Checked { failed, of } => {
            json!({ "event": "checked", "failed": failed, "requests": of })
        }
        Happening::Rests => json!({ "event": "rests" }),
        Happening::Stuck => json!({ "event": "stuck" }),
        Happening::TriedAgain { attempt } => {
            json!({ "event": "attempt", "attempt": attempt + 1 })
        }
        Happening::AlertFires => json!({ "event": "alert", "firing": true }),
        Happening::AlertOver => json!({ "event": "alert", "firing": false }),
        Happening::Paged { cause } => {
            let cause = if *cause == Cause::Alert { "alert" } else { "hold" };
            json!({ "event": "paged", "cause": cause })
        }
        Happening::Judged { judgement } => {
            let decides = if *judgement == Judgement::RollBack { "rollback" } else { "continue" };
            json!({ "event": "judged", "decides": decides })
        }
        Happening::Resumed => json!({ "event": "resumed" }),
        Happening::Asked => json!({ "event": "asked" }),
        Happening::Approved { approved } => {
            json!({ "event": "approved", "approved": approved })
        }
        Happening::Stage { .. }
        | Happening::Settled { .. }
        | Happening::FaultBegan { .. }
        | Happening::Reading(_)
        | Happening::Tripped { .. }
        | Happening::Held { .. }
        | Happening::Baking
        | Happening::Ended { .. }
        | Happening::Watched => json!({}),
    }
}
