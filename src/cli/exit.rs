//! How a command ends.

use std::io;

/// What the exit code means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Exit {
    /// All is well.
    Good,
    /// An interval has the bound inside.
    Undecided,
    /// There are warnings, and they are denied.
    Denied,
    /// Something that was wanted is not so.
    Failed,
    /// Nothing ran.
    Nothing,
    /// Somebody stopped it.
    Interrupted,
    /// The input is wrong.
    Wrong,
    /// Could not read or write.
    Io,
    /// A bug of ours.
    Bug,
}

impl Exit {
    /// The number that a shell sees.
    pub(super) const fn code(self) -> u8 {
        match self {
            Self::Good => 0,
            Self::Failed => 1,
            Self::Wrong => 2,
            Self::Undecided => 3,
            Self::Nothing => 4,
            Self::Denied => 5,
            Self::Bug => 70,
            Self::Io => 74,
            Self::Interrupted => 130,
        }
    }
}

/// Why a command could not do what it was asked for.
#[derive(Debug)]
pub(super) enum Failure {
    /// The input is wrong; the text says where and what to do.
    Problems(String),
    /// The flags contradict each other: what is wrong, and what to do.
    Usage(String, String),
    /// Could not read or write.
    Io(String, io::Error),
    /// There was nothing to run.
    Nothing(String, String),
    /// Nobody reads the output any more.
    Closed,
}

impl Failure {
    /// How the command ends.
    pub(super) const fn exit(&self) -> Exit {
        match self {
            Self::Problems(_) | Self::Usage(..) => Exit::Wrong,
            Self::Io(..) => Exit::Io,
            Self::Nothing(..) => Exit::Nothing,
            Self::Closed => Exit::Good,
        }
    }

    /// What is said of it.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Problems(text) => text.clone(),
            Self::Usage(what, help) | Self::Nothing(what, help) => {
                format!("error: {what}\n  = help: {help}\n")
            }
            Self::Io(what, error) => format!("error: {what}: {}\n", reason(error)),
            Self::Closed => String::new(),
        }
    }
}

/// Why the system refused, in words.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    }
}
