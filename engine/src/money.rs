//! Whole rupiah in a signed 64-bit integer (SPEC MON-1). Never a float.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Neg;

/// An amount of whole rupiah.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rupiah(pub i64);

impl Rupiah {
    pub const ZERO: Self = Self(0);

    /// The sum, or `None` past the range of a 64-bit integer.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }
}

impl Neg for Rupiah {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl fmt::Display for Rupiah {
    /// `Rp10.000`, `-Rp22.500`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.unsigned_abs().to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3);
        for (position, digit) in digits.chars().enumerate() {
            if position > 0 && (digits.len() - position).is_multiple_of(3) {
                text.push('.');
            }
            text.push(digit);
        }
        write!(f, "{}Rp{text}", if self.0 < 0 { "-" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rupiah_are_written_with_dots_and_no_space() {
        for (amount, text) in [(0, "Rp0"), (999, "Rp999"), (10_000, "Rp10.000"), (-22_500, "-Rp22.500"), (1_234_567, "Rp1.234.567")] {
            assert_eq!(Rupiah(amount).to_string(), text);
        }
    }
}
