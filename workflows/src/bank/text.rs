//! What a bank wrote about a transfer, searched for codes and names.

use std::collections::HashSet;

/// Shorter pieces of names stand in any text.
const SHORTEST: usize = 3;

/// What a bank wrote, as words and as one run of letters and digits.
pub(super) struct Text {
    words: HashSet<String>,
    run: String,
}

impl Text {
    pub fn of(text: &str) -> Self {
        let words = words(text).collect();
        Self { words, run: run(text) }
    }

    pub fn holds_code(&self, code: &str) -> bool {
        let code = run(code);
        code.len() >= 6 && self.run.contains(&code)
    }

    /// Every word of a name that is long enough stands in it; a bank cuts long names off.
    pub fn holds_name(&self, name: &str) -> bool {
        let parts: Vec<String> = words(name).filter(|word| word.len() >= SHORTEST).collect();
        let stands = |part: &String| self.words.contains(part) || self.words.iter().any(|word| word.len() > SHORTEST && part.starts_with(word.as_str()));
        !parts.is_empty() && parts.iter().all(stands)
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect::<Vec<_>>().into_iter()
}

fn run(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_found_in_what_a_bank_wrote() {
        let text = Text::of("TRSF E-BANKING CR 0308/FTSCY/WS95031 TAG 2026 07 00042 RINA AMEL");
        assert!(text.holds_code("TAG-2026-07-00042") && !text.holds_code("TAG-2026-07-00041"));
        assert!(text.holds_name("Rina Amelia"), "cut off by the bank");
        assert!(!text.holds_name("Rina Lestari") && !text.holds_name("Li") && !text.holds_name("—"));
    }
}
