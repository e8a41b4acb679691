//! Counts on a grid of ticks, drawn only where somebody looks, equal whoever looks.
//!
//! A *stream* is a Poisson process seen at whole ticks. A *tile* is an aligned run of
//! `[start, start + 2^k)` ticks, `k <= 8`, during which the means are known in advance. Its total
//! is one Poisson quantile; a half of any of its nodes is one binomial quantile. Every node draws
//! from its own keyed uniform, so a count is the same in whatever order the counts are read.
//!
//! When the means change at a tick, the tile is cut there: the ticks before stand, the rest is
//! forgotten unseen, and new tiles are opened. A tick in which the means change inside is a tile
//! of its own, with the mean that came about.

mod known;

use known::Known;

use crate::{Keyed, binomial, hypergeometric, poisson};

/// The largest tile has two to this power of ticks.
pub const LEVEL_MAX: u32 = 8;

const ROOT: u16 = 1;
const SPLIT: u16 = 2;
const UNKNOWN: u64 = u64::MAX;

/// Nodes of all levels of two neighbouring runs of 256 ticks; older ones are drawn again when
/// they are needed.
const NODES: usize = 4 << LEVEL_MAX;

/// How many arrive in a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Arrivals {
    /// Every stream is an independent Poisson count.
    #[default]
    Poisson,
    /// The streams of a group share exactly the sum of their means, which must be a whole
    /// number at every tick and constant in a tile: a multinomial count.
    Even,
}

/// The means per tick of all streams from `start` until the next piece of the tile.
#[derive(Clone, Copy, Debug)]
pub struct Piece<const S: usize, N> {
    /// The first tick.
    pub start: u32,
    /// Mean count per tick, by stream.
    pub rate: [f64; S],
    /// What the owner wants to know of these ticks later.
    pub note: N,
    /// Mean count from the start of the tile to `start`, by stream.
    before: [f64; S],
}

impl<const S: usize, N> Piece<S, N> {
    /// A piece that begins at tick `start`.
    pub fn new(start: u32, rate: [f64; S], note: N) -> Self {
        Self { start, rate, note, before: [0.0; S] }
    }
}

#[derive(Clone, Copy, Debug)]
struct Tile {
    start: u32,
    level: u32,
    /// The first tick that does not stand.
    cut: u32,
    /// Where its pieces are.
    first: u32,
    pieces: u32,
    serial: u32,
    /// One bit for each stream with a mean.
    alive: u32,
}

impl Tile {
    fn end(&self) -> u32 {
        self.start + (1 << self.level)
    }
}

/// The counts of `S` streams in groups of `G`; pieces carry a note of type `N`.
#[derive(Clone, Debug)]
pub struct Ticks<const S: usize, const G: usize, N> {
    keyed: Keyed,
    arrivals: Arrivals,
    tiles: Vec<Tile>,
    totals: Vec<[u64; S]>,
    pieces: Vec<Piece<S, N>>,
    /// How many of them belong to tiles.
    placed: usize,
    known: Vec<[Known; NODES]>,
    serial: u32,
}

impl<const S: usize, const G: usize, N: Copy> Ticks<S, G, N> {
    /// An empty grid; nothing is allocated later as long as `tiles` and `pieces` suffice.
    pub fn with_capacity(arrivals: Arrivals, tiles: usize, pieces: usize) -> Self {
        Self {
            keyed: Keyed::new(0, 0),
            arrivals,
            tiles: Vec::with_capacity(tiles),
            totals: Vec::with_capacity(tiles),
            pieces: Vec::with_capacity(pieces),
            placed: 0,
            known: vec![[Known::default(); NODES]; S],
            serial: 0,
        }
    }

    /// Forgets everything and draws from `keyed` from now on.
    pub fn restart(&mut self, keyed: Keyed) {
        self.keyed = keyed;
        self.tiles.clear();
        self.totals.clear();
        self.pieces.clear();
        self.placed = 0;
        if self.serial > Known::SERIAL_MAX / 2 {
            self.serial = 0;
            self.known.fill([Known::default(); NODES]);
        }
    }

    /// The first tick that no tile covers.
    pub fn end(&self) -> u32 {
        self.tiles.last().map_or(0, |tile| tile.cut)
    }

    /// The end of the tile that would be opened now, if none reaches beyond `border` - unless it
    /// would be empty.
    pub fn next_end(&self, border: u32) -> u32 {
        let start = self.end();
        start + (1 << level_at(start, border))
    }

    /// Opens the tile at [`Ticks::end`] with the means that hold if nothing changes before
    /// `border`, which must not depend on counts that are not read yet.
    ///
    /// # Panics
    /// If there is no piece, or the first one does not begin where the tile does.
    pub fn open(&mut self, border: u32, pieces: impl IntoIterator<Item = Piece<S, N>>) {
        pieces.into_iter().for_each(|piece| self.add(piece));
        self.open_added(border);
    }

    /// One more piece of the tile that is opened next.
    pub fn add(&mut self, piece: Piece<S, N>) {
        self.pieces.push(piece);
    }

    /// Opens the tile at [`Ticks::end`] with the pieces that were added, as [`Ticks::open`].
    ///
    /// # Panics
    /// If there is none, or the first one does not begin where the tile does.
    pub fn open_added(&mut self, border: u32) {
        let start = self.end();
        let first = self.placed;
        accumulate(&mut self.pieces[first..]);
        assert!(self.pieces.get(first).is_some_and(|p| p.start == start), "pieces tile the ticks");
        self.push(start, level_at(start, border), first as u32, (self.pieces.len() - first) as u32);
    }

    /// Opens the next tile with the one piece of the tile before, whose means still hold.
    pub fn open_again(&mut self, border: u32) {
        let start = self.end();
        let first = self.tiles.last().expect("there is a tile before").first;
        self.push(start, level_at(start, border), first, 1);
    }

    /// Opens a tile of one tick with the mean that came about in it.
    pub fn open_tick(&mut self, piece: Piece<S, N>) {
        let start = self.end();
        self.pieces.push(piece);
        self.push(start, 0, (self.pieces.len() - 1) as u32, 1);
    }

    fn push(&mut self, start: u32, level: u32, first: u32, pieces: u32) {
        self.serial += 1;
        self.placed = self.pieces.len();
        let mut alive = 0;
        for piece in &self.pieces[first as usize..(first + pieces) as usize] {
            for (stream, rate) in piece.rate.iter().enumerate() {
                alive |= u32::from(*rate > 0.0) << stream;
            }
        }
        self.totals.push([UNKNOWN; S]);
        self.tiles.push(Tile {
            start,
            level,
            cut: start + (1 << level),
            first,
            pieces,
            serial: self.serial,
            alive,
        });
    }

    /// Forgets every tick from `tick` on.
    pub fn cut(&mut self, tick: u32) {
        while self.tiles.last().is_some_and(|tile| tile.start >= tick) {
            self.tiles.pop();
            self.totals.pop();
        }
        self.placed = self.tiles.last().map_or(0, |tile| (tile.first + tile.pieces) as usize);
        self.pieces.truncate(self.placed);
        if let Some(tile) = self.tiles.last_mut() {
            tile.cut = tile.cut.min(tick);
        }
    }

    /// How many of `stream` there are in the ticks `from..to`, all of which must be open.
    #[inline]
    pub fn sum(&mut self, stream: usize, from: u32, to: u32) -> u64 {
        let mut index = self.tile_at(from);
        let Some(tile) = self.tiles.get(index) else { return 0 };
        if to <= tile.cut {
            return self.within(stream, index, from, to);
        }
        let mut total = 0;
        while let Some(&Tile { start, cut, .. }) = self.tiles.get(index) {
            if start >= to {
                break;
            }
            total += self.within(stream, index, from.max(start), to.min(cut));
            index += 1;
        }
        total
    }

    /// Calls `visit` with the count of `stream` in every stretch of constant means in
    /// `from..to`, and the means of that stretch.
    pub fn visit_pieces(
        &mut self,
        stream: usize,
        from: u32,
        to: u32,
        mut visit: impl FnMut(u64, &Piece<S, N>),
    ) {
        for index in self.tile_at(from)..self.tiles.len() {
            let tile = self.tiles[index];
            for place in tile.first..tile.first + tile.pieces {
                let (a, b) = self.stretch(tile, place, from, to);
                if a < b {
                    let count = self.within(stream, index, a, b);
                    visit(count, &self.pieces[place as usize]);
                }
            }
        }
    }

    /// Calls `visit` with the length of every stretch of constant means in `from..to`, and these
    /// means; draws nothing.
    pub fn visit_means(&self, from: u32, to: u32, mut visit: impl FnMut(u32, &Piece<S, N>)) {
        for &tile in &self.tiles[self.tile_at(from).min(self.tiles.len())..] {
            for place in tile.first..tile.first + tile.pieces {
                let (a, b) = self.stretch(tile, place, from, to);
                if a < b {
                    visit(b - a, &self.pieces[place as usize]);
                }
            }
        }
    }

    /// The ticks of `from..to` in which the means of a piece of a tile hold.
    fn stretch(&self, tile: Tile, place: u32, from: u32, to: u32) -> (u32, u32) {
        let begin = if tile.pieces == 1 { tile.start } else { self.piece_start(place) };
        let last = place + 1 == tile.first + tile.pieces;
        let end = if last { tile.end() } else { self.piece_start(place + 1) };
        (from.max(tile.start).max(begin), to.min(tile.cut).min(end))
    }

    /// The note and the means of tick `tick`, which must be open.
    pub fn piece(&self, tick: u32) -> &Piece<S, N> {
        let tile = &self.tiles[self.tile_at(tick)];
        &self.pieces[self.place(tile, tick)]
    }

    fn piece_start(&self, place: u32) -> u32 {
        self.pieces[place as usize].start
    }

    /// The index of the tile that holds `tick`; looks from the end, where readers are.
    #[inline]
    fn tile_at(&self, tick: u32) -> usize {
        let mut index = self.tiles.len();
        while index > 0 && self.tiles[index - 1].start > tick {
            index -= 1;
        }
        index.saturating_sub(1)
    }

    /// The count of the ticks `from..to` of a tile: the largest nodes that make them up.
    #[inline]
    fn within(&mut self, stream: usize, index: usize, mut from: u32, to: u32) -> u64 {
        let Tile { start, level, serial, alive, .. } = self.tiles[index];
        if alive >> stream & 1 == 0 {
            return 0;
        }
        let mut count = 0;
        while from < to {
            let fits = (to - from).ilog2().min((from - start).trailing_zeros()).min(level);
            count += if fits == level {
                self.total(stream, index)
            } else {
                match self.known[stream][slot(from, fits)].of(serial) {
                    Some(count) => count,
                    None => self.reveal(stream, index, from, fits),
                }
            };
            from += 1 << fits;
        }
        count
    }

    /// The count of a node that nobody has asked for yet: from the smallest known node above it,
    /// halves are drawn down to it.
    fn reveal(&mut self, stream: usize, index: usize, start: u32, level: u32) -> u64 {
        let Tile { level: top, serial, .. } = self.tiles[index];
        let mut above = level + 1;
        let mut count = loop {
            if above == top {
                break self.total(stream, index);
            }
            match self.known[stream][slot(start >> above << above, above)].of(serial) {
                Some(count) => break count,
                None => above += 1,
            }
        };
        while above > level {
            let begin = start >> above << above;
            let left = self.left(stream, index, begin, above, count);
            above -= 1;
            let middle = begin + (1 << above);
            self.known[stream][slot(begin, above)] = Known::new(serial, left);
            self.known[stream][slot(middle, above)] = Known::new(serial, count - left);
            count = if start >= middle { count - left } else { left };
        }
        count
    }

    /// The total of a tile, drawn once.
    #[inline]
    fn total(&mut self, stream: usize, index: usize) -> u64 {
        let known = self.totals[index][stream];
        if known != UNKNOWN {
            return known;
        }
        let tile = self.tiles[index];
        let drawn = match self.arrivals {
            Arrivals::Poisson => {
                let mean = self.mean(&tile, stream, tile.start, tile.end());
                poisson_total(mean, || self.root(stream, &tile))
            }
            Arrivals::Even => self.even_total(stream, index),
        };
        self.totals[index][stream] = drawn;
        drawn
    }

    fn root(&self, stream: usize, tile: &Tile) -> f64 {
        self.keyed.uniform(stream as u32, node(tile.start, tile.level), ROOT)
    }

    /// Draws the count of the left half of a node that holds `count`.
    fn left(&mut self, stream: usize, index: usize, start: u32, level: u32, count: u64) -> u64 {
        if count == 0 {
            return 0;
        }
        match self.arrivals {
            Arrivals::Poisson => {
                let half = self.half(index, stream, start, level);
                let u = self.keyed.uniform(stream as u32, node(start, level), SPLIT);
                binomial::quantile(count, half, u)
            }
            Arrivals::Even => self.even_left(stream, index, start, level, count),
        }
    }

    /// The share of a node's mean that lies in its left half.
    #[inline]
    fn half(&self, index: usize, stream: usize, start: u32, level: u32) -> f64 {
        let tile = &self.tiles[index];
        if tile.pieces == 1 {
            return 0.5;
        }
        let (middle, end) = (start + (1 << (level - 1)), start + (1 << level));
        let begin = self.mean_before(tile, stream, start);
        let left = self.mean_before(tile, stream, middle) - begin;
        let all = self.mean_before(tile, stream, end) - begin;
        if all > 0.0 { (left / all).clamp(0.0, 1.0) } else { 0.5 }
    }

    fn mean(&self, tile: &Tile, stream: usize, from: u32, to: u32) -> f64 {
        if tile.pieces == 1 {
            return self.pieces[tile.first as usize].rate[stream] * f64::from(to - from);
        }
        self.mean_before(tile, stream, to) - self.mean_before(tile, stream, from)
    }

    fn mean_before(&self, tile: &Tile, stream: usize, tick: u32) -> f64 {
        let piece = &self.pieces[self.place(tile, tick)];
        piece.before[stream] + piece.rate[stream] * f64::from(tick - piece.start)
    }

    #[inline]
    fn place(&self, tile: &Tile, tick: u32) -> usize {
        let first = tile.first as usize;
        if tile.pieces == 1 {
            return first;
        }
        let pieces = &self.pieces[first..first + tile.pieces as usize];
        first + pieces.partition_point(|piece| piece.start <= tick) - 1
    }

    /// What is served of a group in a tick of a tile, exactly.
    fn served_in(&self, tile: &Tile, group: usize) -> u64 {
        let rates = &self.pieces[tile.first as usize].rate[group * G..(group + 1) * G];
        (rates.iter().sum::<f64>() + 0.5) as u64
    }

    /// Even arrivals: how many of a group there are in the ticks `from..to`, and the fewest in
    /// one of them.
    pub fn served(&self, group: usize, from: u32, to: u32) -> (u64, u64) {
        let (mut all, mut least) = (0, u64::MAX);
        for tile in &self.tiles[self.tile_at(from)..] {
            let (low, high) = (from.max(tile.start), to.min(tile.cut));
            if low >= high {
                break;
            }
            let each = self.served_in(tile, group);
            all += each * u64::from(high - low);
            least = least.min(each);
        }
        (all, if least == u64::MAX { 0 } else { least })
    }

    /// Of what the streams before it in the group leave of the served, a binomial part; the last
    /// stream with a mean takes the rest.
    fn even_total(&mut self, stream: usize, index: usize) -> u64 {
        let tile = self.tiles[index];
        let (group, first) = (stream / G, stream / G * G);
        if tile.alive >> stream & 1 == 0 {
            return 0;
        }
        let mut rest = self.served_in(&tile, group) << tile.level;
        for earlier in first..stream {
            rest -= self.total(earlier, index);
        }
        let rates = &self.pieces[tile.first as usize].rate;
        let behind: f64 = rates[stream + 1..first + G].iter().sum();
        let here = rates[stream];
        if behind == 0.0 {
            return rest;
        }
        let u = self.root(stream, &tile);
        binomial::quantile(rest, here / (here + behind), u)
    }

    fn even_left(&mut self, stream: usize, index: usize, start: u32, level: u32, n: u64) -> u64 {
        let tile = self.tiles[index];
        let (group, first) = (stream / G, stream / G * G);
        let mut all = self.served_in(&tile, group) << level;
        let mut half = all / 2;
        for earlier in first..stream {
            all -= self.within(earlier, index, start, start + (1 << level));
            half -= self.within(earlier, index, start, start + (1 << (level - 1)));
        }
        let u = self.keyed.uniform(stream as u32, node(start, level), SPLIT);
        hypergeometric::quantile(all, n, half, u)
    }
}

fn poisson_total(mean: f64, u: impl FnOnce() -> f64) -> u64 {
    if mean > 0.0 { poisson::quantile(mean, u()) } else { 0 }
}

fn accumulate<const S: usize, N>(pieces: &mut [Piece<S, N>]) {
    for index in 1..pieces.len() {
        let (done, rest) = pieces.split_at_mut(index);
        let (last, piece) = (&done[index - 1], &mut rest[0]);
        let ticks = f64::from(piece.start - last.start);
        for stream in 0..S {
            piece.before[stream] = last.before[stream] + last.rate[stream] * ticks;
        }
    }
}

fn level_at(start: u32, border: u32) -> u32 {
    let room = border.saturating_sub(start).max(1).ilog2();
    start.trailing_zeros().min(LEVEL_MAX).min(room)
}

/// The address of a node for draws.
fn node(start: u32, level: u32) -> u32 {
    start << 4 | level
}

/// Where the count of a node is kept: as in a heap of the two runs that its ticks are in.
#[inline]
fn slot(start: u32, level: u32) -> usize {
    const RUNS: usize = NODES / 2;
    (RUNS >> level) + ((start as usize % RUNS) >> level)
}
