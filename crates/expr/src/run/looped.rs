//! Loops over elements.

use super::{Evaluated, Frame, Run, Stop, add, at, wrong};
use crate::builtin::Loop;
use crate::code::{Code, LoopCode};
use crate::item::{Item, List, Map};
use crate::kind::{Keys, Storage};
use crate::library;
use crate::problem::Span;

/// A loop that is being evaluated.
struct Round<'r, 'f, 'a> {
    list: List<'a>,
    code: &'a LoopCode,
    frame: Option<&'f Frame<'f, 'a>>,
    run: &'r Run<'a>,
    span: Span,
}

impl<'a> Run<'a> {
    pub(super) fn looped(
        &self,
        code: &'a LoopCode,
        frame: Option<&Frame<'_, 'a>>,
        span: Span,
    ) -> Evaluated<'a> {
        let list = match self.eval(&code.over, frame)? {
            Item::List(list) => list,
            Item::Text(text) => at(span, List::bytes(&text, &self.budget))?,
            Item::Map(map) if map.len() == 0 => List::Ints { first: 0, length: 0 },
            other => {
                let message = format!("`{}` takes an array, not {other}", code.looped.name());
                return wrong(code.over.span, message);
            }
        };
        let round = Round { list, code, frame, run: self, span };
        match code.looped {
            Loop::All => round.decide(false),
            Loop::None => round.none(),
            Loop::Any => round.decide(true),
            Loop::One => Ok(Item::Bool(round.count()? == 1)),
            Loop::Count => Ok(Item::Int(round.count()? as i64)),
            Loop::Filter => round.filter(),
            Loop::Map => round.map(),
            Loop::Sum => round.sum(),
            Loop::Find | Loop::FindLast => match round.position(code.looped == Loop::FindLast)? {
                Some(index) => Ok(round.list.get(index).unwrap_or(Item::Nil)),
                None if code.must_find => wrong(span, "there is no element that fits"),
                None => Ok(Item::Nil),
            },
            Loop::FindIndex | Loop::FindLastIndex => {
                let found = round.position(code.looped == Loop::FindLastIndex)?;
                Ok(found.map_or(Item::Nil, |index| Item::Int(index as i64)))
            }
            Loop::GroupBy => round.groups(),
            Loop::SortBy => round.sorted(),
            Loop::Reduce => round.reduce(),
        }
    }
}

impl<'a> Round<'_, '_, 'a> {
    /// What the expression of the loop gives for an element; without one, the element itself.
    fn value(&self, index: usize, gathered: Item<'a>) -> Evaluated<'a> {
        at(self.span, self.run.budget.steps(1))?;
        let item = self.list.get(index).unwrap_or(Item::Nil);
        match &self.code.body {
            None => Ok(item),
            Some(body) => {
                let frame = Frame { outer: self.frame, item, index, gathered };
                self.run.eval(body, Some(&frame))
            }
        }
    }

    fn holds(&self, index: usize) -> Result<bool, Stop> {
        match self.value(index, Item::Nil)? {
            Item::Bool(it) => Ok(it),
            other => {
                let span = self.code.body.as_ref().map_or(self.span, |body: &Code| body.span);
                wrong(span, format!("true or false is wanted, and this is {other}"))
            }
        }
    }

    /// The first answer that is `sought` decides; without one it is the other.
    fn decide(&self, sought: bool) -> Evaluated<'a> {
        for index in 0..self.list.len() {
            if self.holds(index)? == sought {
                return Ok(Item::Bool(sought));
            }
        }
        Ok(Item::Bool(!sought))
    }

    fn none(&self) -> Evaluated<'a> {
        let any = self.decide(true)?;
        Ok(Item::Bool(matches!(any, Item::Bool(false))))
    }

    fn count(&self) -> Result<usize, Stop> {
        let mut count = 0;
        for index in 0..self.list.len() {
            count += usize::from(self.holds(index)?);
        }
        Ok(count)
    }

    fn position(&self, is_from_end: bool) -> Result<Option<usize>, Stop> {
        let length = self.list.len();
        for step in 0..length {
            let index = if is_from_end { length - 1 - step } else { step };
            if self.holds(index)? {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    fn filter(&self) -> Evaluated<'a> {
        let mut items = Vec::new();
        for index in 0..self.list.len() {
            if self.holds(index)? {
                items.extend(self.list.get(index));
            }
        }
        self.make(items)
    }

    fn map(&self) -> Evaluated<'a> {
        let indices = 0..self.list.len();
        let items: Result<Vec<_>, _> = indices.map(|it| self.value(it, Item::Nil)).collect();
        self.make(items?)
    }

    fn make(&self, items: Vec<Item<'a>>) -> Evaluated<'a> {
        at(self.span, List::make(Storage::Anything, items, &self.run.budget)).map(Item::List)
    }

    /// The sum begins with the integer 0, which is what it is of nothing.
    fn sum(&self) -> Evaluated<'a> {
        let mut sum = Item::Int(0);
        for index in 0..self.list.len() {
            let value = self.value(index, Item::Nil)?;
            sum = at(self.span, add(&value, &sum, &self.run.budget))?;
        }
        Ok(sum)
    }

    fn reduce(&self) -> Evaluated<'a> {
        let (mut gathered, begin) = match &self.code.third {
            Some(third) => (self.run.eval(third, self.frame)?, 0),
            None => match self.list.get(0) {
                Some(first) => (first, 1),
                None => return wrong(self.span, "`reduce` of nothing needs what to begin with"),
            },
        };
        for index in begin..self.list.len() {
            gathered = self.value(index, gathered)?;
        }
        Ok(gathered)
    }

    fn groups(&self) -> Evaluated<'a> {
        let budget = &self.run.budget;
        let mut groups: Vec<(Item<'a>, Vec<Item<'a>>)> = Vec::new();
        for index in 0..self.list.len() {
            let key = self.value(index, Item::Nil)?;
            if matches!(key, Item::List(_) | Item::Map(_)) {
                return wrong(self.span, format!("{key} cannot be what groups have in common"));
            }
            at(self.span, budget.steps(groups.len()))?;
            let item = self.list.get(index).unwrap_or(Item::Nil);
            match groups.iter_mut().find(|(other, _)| library::is_same_key(other, &key)) {
                Some((_, items)) => items.push(item),
                None => groups.push((key, vec![item])),
            }
        }
        let mut pairs = Vec::with_capacity(groups.len());
        for (key, items) in groups {
            pairs.push((key, self.make(items)?));
        }
        at(self.span, Map::keyed(Keys::Groups, pairs, budget)).map(Item::Map)
    }

    fn sorted(&self) -> Evaluated<'a> {
        let is_descending = match &self.code.third {
            Some(third) => {
                let order = self.run.eval(third, self.frame)?;
                at(self.span, library::is_descending(&order))?
            }
            None => false,
        };
        let mut pairs = Vec::with_capacity(self.list.len());
        for index in 0..self.list.len() {
            let key = self.value(index, Item::Nil)?;
            pairs.push((key, self.list.get(index).unwrap_or(Item::Nil)));
        }
        let sorted = library::sorted(pairs, is_descending, &self.run.budget);
        let items = at(self.span, sorted)?.into_iter().map(|(_, item)| item).collect();
        self.make(items)
    }
}
