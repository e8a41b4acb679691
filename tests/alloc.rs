//! Simulating allocates nothing once the buffers of an engine have grown.

#![expect(unsafe_code, reason = "an allocator that counts is an allocator")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::path::Path;

use coalmine::scenario::Scenario;
use coalmine::simulation::{Engine, Unrecorded};
use expr::{Condition, Value};

thread_local! {
    /// How often this thread has asked for memory.
    static ASKED: Cell<u64> = const { Cell::new(0) };
}

/// The allocator of the system, and a count for every thread.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call is passed on to the allocator of the system as it came; counting touches a
// thread-local number that needs neither memory nor a destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ASKED.set(ASKED.get() + 1);
        // SAFETY: the caller keeps the contract of this function, which is that of the system's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as above, and `memory` came from the system's allocator.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ASKED.set(ASKED.get() + 1);
        // SAFETY: as above, and `memory` came from the system's allocator.
        unsafe { System.realloc(memory, layout, size) }
    }
}

/// Buffers grow to the largest world so far; these many have seen large ones.
const WARM_UP: u64 = 1_000;
const COUNTED: u64 = 2_000;

#[test]
fn the_count_sees_an_allocation() {
    let before = ASKED.get();
    let kept = std::hint::black_box(vec![1_u8; 100]);
    assert_eq!(ASKED.get() - before, 1);
    drop(kept);
}

#[test]
fn conditions_on_numbers_allocate_nothing() {
    let vector = Value::Floats(vec![0.97, 0.5]);
    let cases = [
        ("result[0] >= 0.95 && !isNaN(result[0])", &vector),
        ("len(result) == 0 || all(result, # >= 0.95)", &vector),
        ("let rate = result[1]; rate > 0.1 && max(result) < 1 && mean(result) > 0.1", &vector),
        ("0.2 in result || result[0:1][0] > 0.5 ? sum(result) > 1 : false", &vector),
        ("default(result, 0) < 0.05 || asFloat(result) in 0..10", &Value::Float(0.97)),
    ];
    for (text, value) in cases {
        let condition = Condition::parse(text).expect("a condition");
        let before = ASKED.get();
        let holds = std::hint::black_box(condition.holds(std::hint::black_box(value)));
        let asked = ASKED.get() - before;
        assert!(holds.is_ok(), "{text}: {holds:?}");
        assert_eq!(asked, 0, "{text}");
    }
}

#[test]
fn replications_of_the_pinned_scenarios_allocate_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/bench");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    let mut complaints = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a text");
        if text.contains("kind: Compare") {
            continue;
        }
        let scenario = Scenario::read(&text).unwrap_or_else(|problems| panic!("{problems}"));
        let mut engine = Engine::new(&scenario, Unrecorded);
        for index in 0..WARM_UP {
            std::hint::black_box(engine.simulate(0, index));
        }
        let before = ASKED.get();
        for index in WARM_UP..WARM_UP + COUNTED {
            std::hint::black_box(engine.simulate(0, index));
        }
        let asked = ASKED.get() - before;
        if asked > 0 {
            complaints.push(format!("{}: {asked} in {COUNTED} replications", scenario.name));
        }
    }
    assert!(complaints.is_empty(), "memory was asked for: {}", complaints.join(", "));
}
