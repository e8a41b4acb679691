//! The plan of operators: which series find each other.

use super::{Planner, limited, nameless};
use crate::ast::{Binary, Matching, Side};
use crate::eval::arithmetic::{Numbers, WithNumber};
use crate::eval::join::{Join, Pairs};
use crate::eval::set::Set;
use crate::eval::{Node, Op, Slot};
use crate::labels::NAME;
use crate::{Error, Labels, Place, Type};
use std::collections::BTreeMap;

/// Gives slots with the same labels the same number.
#[derive(Default)]
struct Numbering(BTreeMap<Labels, u32>);

impl Numbering {
    fn of(&mut self, slots: &[Slot], labels: impl Fn(&Labels) -> Labels) -> Vec<u32> {
        let mut number = |slot: &Slot| {
            let next = self.0.len() as u32;
            *self.0.entry(labels(&slot.labels)).or_insert(next)
        };
        slots.iter().map(&mut number).collect()
    }
}

fn is_named(matching: Option<&Matching>, label: &str) -> bool {
    matching.is_some_and(|it| it.labels.iter().any(|name| name.text == label))
}

/// The labels by which a series is found.
fn signature(matching: Option<&Matching>, labels: &Labels) -> Labels {
    if matching.is_some_and(|matching| matching.is_on) {
        return labels.filtered(|label| is_named(matching, label));
    }
    labels.filtered(|label| label != NAME && !is_named(matching, label))
}

impl Planner<'_> {
    pub(super) fn binary(&self, binary: &Binary, place: Place) -> Result<Node, Error> {
        let left = self.node(&binary.left)?;
        let right = self.node(&binary.right)?;
        let weight = left.weight.saturating_add(right.weight);
        let numbers = [&binary.left, &binary.right].map(|side| side.gives() == Type::Scalar);
        let (operator, is_bool) = (binary.operator, binary.is_bool.is_some());
        if numbers == [true, true] {
            let op = Op::Numbers(Numbers { operator, sides: Box::new([left, right]) });
            return Ok(Node::new(place, vec![nameless()], op, weight));
        }
        if numbers == [false, false] {
            let sides = Box::new([left, right]);
            if operator.is_set() {
                return set(binary, sides, place);
            }
            return self.join(binary, sides, place);
        }
        let is_number_left = numbers[0];
        let (series, number) = if is_number_left { (right, left) } else { (left, right) };
        let drops = !operator.is_comparison() || is_bool;
        let slot = |slot: &Slot| if drops { self.unnamed(slot) } else { slot.clone() };
        let slots = series.out.slots.iter().map(slot).collect();
        let (series, number) = (Box::new(series), Box::new(number));
        let op = Op::WithNumber(WithNumber { operator, is_bool, series, number, is_number_left });
        Ok(self.checked(Node::new(place, slots, op, weight)))
    }

    fn join(&self, binary: &Binary, sides: Box<[Node; 2]>, place: Place) -> Result<Node, Error> {
        let matching = binary.matching.as_ref();
        let group = matching.and_then(|matching| matching.group.as_ref());
        let many = group.map_or(Side::Left, |group| group.many);
        let mut numbering = Numbering::default();
        let signed = |labels: &Labels| signature(matching, labels);
        let (many_at, one_at) = if many == Side::Left { (0, 1) } else { (1, 0) };
        let many_groups = numbering.of(&sides[many_at].out.slots, signed);
        let one_groups = numbering.of(&sides[one_at].out.slots, signed);
        let groups = numbering.0.len();
        let mut members = vec![Vec::new(); groups];
        for (slot, &group) in (0..).zip(&one_groups) {
            members[group as usize].push(slot);
        }
        let (mut slots, mut pairs) = (Vec::new(), Vec::new());
        for (slot, &group) in sides[many_at].out.slots.iter().zip(&many_groups) {
            let ones = &members[group as usize];
            let result = self.pair(binary, slot, ones, &sides[one_at].out.slots, &mut slots);
            pairs.push(result);
            limited(slots.len(), place)?;
        }
        let weight = sides[0].weight.saturating_add(sides[1].weight);
        let op = Op::Join(Join {
            operator: binary.operator,
            is_bool: binary.is_bool.is_some(),
            many,
            is_grouped: group.is_some(),
            one: vec![0; groups],
            taken: vec![0; groups],
            many_groups,
            one_groups,
            pairs,
            sides,
            place,
        });
        Ok(Node::new(place, slots, op, weight).without_twins())
    }

    /// What a slot on the side of many becomes with each slot that it may find.
    fn pair(
        &self,
        binary: &Binary,
        slot: &Slot,
        ones: &[u32],
        others: &[Slot],
        slots: &mut Vec<Slot>,
    ) -> Pairs {
        let result = self.joined(binary, slot);
        let matching = binary.matching.as_ref();
        let include = matching.and_then(|it| it.group.as_ref()).map_or(&[][..], |it| &it.include);
        if include.is_empty() {
            slots.push(result);
            return Pairs::Same(slots.len() as u32 - 1);
        }
        let mut by_labels = BTreeMap::new();
        let pairs = ones.iter().map(|&one| {
            let mut result = result.clone();
            for label in include {
                result.labels.set(&label.text, others[one as usize].labels.get(&label.text));
            }
            let target = *by_labels.entry(result.labels.clone()).or_insert_with(|| {
                slots.push(result);
                slots.len() as u32 - 1
            });
            (one, target)
        });
        Pairs::By(pairs.collect())
    }

    /// What a slot on the side of many becomes, before labels of the other side are added.
    fn joined(&self, binary: &Binary, slot: &Slot) -> Slot {
        let drops = !binary.operator.is_comparison() || binary.is_bool.is_some();
        let mut result = if drops { self.unnamed(slot) } else { slot.clone() };
        let matching = binary.matching.as_ref();
        if matching.is_some_and(|matching| matching.group.is_some()) {
            return result;
        }
        let is_on = matching.is_some_and(|matching| matching.is_on);
        result.labels = result.labels.filtered(|label| is_named(matching, label) == is_on);
        result
    }
}

/// The plan of a set operator.
fn set(binary: &Binary, sides: Box<[Node; 2]>, place: Place) -> Result<Node, Error> {
    let matching = binary.matching.as_ref();
    let mut numbering = Numbering::default();
    let [left, right] = &*sides;
    let groups = [left, right]
        .map(|side| numbering.of(&side.out.slots, |labels| signature(matching, labels)));
    let mut slots = left.out.slots.clone();
    if binary.operator == crate::ast::Operator::Or {
        slots.extend_from_slice(&right.out.slots);
    }
    limited(slots.len(), place)?;
    let weight = left.weight.saturating_add(right.weight);
    let has = vec![false; numbering.0.len()];
    let op = Op::Set(Set { operator: binary.operator, sides, groups, has });
    Ok(Node::new(place, slots, op, weight))
}
