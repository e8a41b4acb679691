//! The house rules that are not the compiler's, checked by reading the files.

mod arrows;
mod family;
mod page;
mod paper;
mod source;

/// Fails with one line per complaint.
#[track_caller]
fn nothing(complaints: impl IntoIterator<Item = String>) {
    let complaints: Vec<_> = complaints.into_iter().collect();
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}
