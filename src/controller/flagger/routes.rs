//! Where requests go.

/// Where requests go, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Routes {
    /// To the primary.
    pub primary: u32,
    /// To the canary.
    pub canary: u32,
    /// Whether the canary gets copies, whose answers nobody sees.
    pub is_mirrored: bool,
}

impl Routes {
    /// Everything to the primary.
    pub const PRIMARY: Self = Self { primary: 100, canary: 0, is_mirrored: false };

    /// Everything to the canary.
    pub const CANARY: Self = Self { primary: 0, canary: 100, is_mirrored: false };

    /// So much to the canary, which cannot be more than everything.
    pub const fn split(canary: u32) -> Self {
        let canary = if canary > 100 { 100 } else { canary };
        Self { primary: 100 - canary, canary, is_mirrored: false }
    }
}

impl Default for Routes {
    fn default() -> Self {
        Self::PRIMARY
    }
}
