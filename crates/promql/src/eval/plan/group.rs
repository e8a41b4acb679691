//! The plan of aggregations.

use super::{Planner, limited};
use crate::ast::{Aggregate, Aggregation, ExprKind, Grouping, Name};
use crate::eval::aggregate;
use crate::eval::count_values::{CountValues, written};
use crate::eval::rank::Rank;
use crate::eval::{Node, Op, Slot};
use crate::labels::NAME;
use crate::{Error, Labels, Place};
use std::collections::{BTreeMap, BTreeSet};

/// Slots that belong together: the group of each, and the labels of each group.
struct Groups {
    of: Vec<u32>,
    slots: Vec<Slot>,
}

impl Groups {
    /// Puts slots with the same labels into one group, in the order in which they appear.
    fn new(slots: &[Slot], labels: impl Fn(&Labels) -> Labels) -> Self {
        let (mut of, mut groups, mut index) = (Vec::new(), Vec::<Slot>::new(), BTreeMap::new());
        for slot in slots {
            let labels = labels(&slot.labels);
            let next = groups.len();
            let group = *index.entry(labels).or_insert_with_key(|labels| {
                groups.push(Slot { labels: labels.clone(), drops_name: false });
                next
            });
            groups[group].drops_name |= slot.drops_name;
            of.push(group as u32);
        }
        Self { of, slots: groups }
    }

    fn members(&self) -> Vec<Vec<u32>> {
        let mut members = vec![Vec::new(); self.slots.len()];
        for (slot, &group) in (0..).zip(&self.of) {
            members[group as usize].push(slot);
        }
        members
    }
}

/// The labels of the group to which a series belongs.
fn grouped(grouping: &Grouping, labels: &Labels) -> Labels {
    let is_named = |names: &[Name], label: &str| names.iter().any(|name| name.text == label);
    match grouping {
        Grouping::By(names) => labels.filtered(|label| is_named(names, label)),
        Grouping::Without(names) => {
            labels.filtered(|label| label != NAME && !is_named(names, label))
        }
    }
}

impl Planner<'_> {
    pub(super) fn aggregate(&self, aggregate: &Aggregate, place: Place) -> Result<Node, Error> {
        let inner = self.node(&aggregate.inner)?;
        if aggregate.aggregation == Aggregation::CountValues {
            return self.count_values(aggregate, inner, place);
        }
        let groups = Groups::new(&inner.out.slots, |labels| grouped(&aggregate.grouping, labels));
        let aggregation = aggregate.aggregation;
        let Some(parameter) = &aggregate.parameter else {
            let (weight, state) =
                (inner.weight, vec![aggregate::State::default(); groups.slots.len()]);
            let inner = Box::new(inner);
            let op = aggregate::Aggregate { aggregation, inner, groups: groups.of, state };
            return Ok(Node::new(place, groups.slots, Op::Aggregate(op), weight));
        };
        let members = groups.members();
        let slots = match aggregation {
            Aggregation::Quantile => groups.slots,
            _ => inner.out.slots.clone(),
        };
        let parameter_place = parameter.place;
        let parameter = Box::new(self.node(parameter)?);
        let weight = inner.weight + parameter.weight;
        let most = members.iter().map(Vec::len).max().unwrap_or(0);
        let op = Op::Rank(Rank {
            aggregation,
            parameter,
            place: parameter_place,
            inner: Box::new(inner),
            groups: members,
            ranked: Vec::with_capacity(most),
            values: Vec::with_capacity(most),
        });
        let mut node = Node::new(place, slots, op, weight);
        node.out.order.reserve(node.out.len());
        Ok(node)
    }

    fn count_values(
        &self,
        aggregate: &Aggregate,
        inner: Node,
        place: Place,
    ) -> Result<Node, Error> {
        let label = match aggregate.parameter.as_ref().map(|it| &it.bare().kind) {
            Some(ExprKind::Text(label)) => label.as_str(),
            _ => unreachable!("types are checked: a text"),
        };
        // The label is written before series are grouped, so what it was does not count.
        let without_label = |labels: &Labels| labels.filtered(|it| it != label);
        let groups = Groups::new(&inner.out.slots, |labels| {
            grouped(&aggregate.grouping, &without_label(labels))
        });
        let is_hidden = matches!(&aggregate.grouping, Grouping::Without(names)
            if names.iter().any(|name| name.text == label));
        let key = aggregate.name.start;
        let (mut slots, mut known) = (Vec::new(), BTreeMap::new());
        let none = BTreeSet::new();
        for (group_labels, bits) in self.known.get(&key).unwrap_or(&none) {
            let found = groups.slots.iter().position(|slot| slot.labels == *group_labels);
            let Some(group) = found else { continue };
            let before = known.range((group as u32, 0)..=(group as u32, u64::MAX)).next();
            if let Some(&slot) = before.map(|it| it.1).filter(|_| is_hidden) {
                known.insert((group as u32, *bits), slot);
                continue;
            }
            let Slot { mut labels, drops_name } = groups.slots[group].clone();
            if !is_hidden {
                labels.set(label, &written(*bits));
            }
            known.insert((group as u32, *bits), slots.len() as u32);
            slots.push(Slot { labels, drops_name });
        }
        limited(slots.len(), place)?;
        let weight = inner.weight;
        let names = groups.slots.into_iter().map(|slot| slot.labels).collect();
        let inner = Box::new(inner);
        let op = Op::CountValues(CountValues { inner, groups: groups.of, names, known, key });
        Ok(Node::new(place, slots, op, weight))
    }
}
