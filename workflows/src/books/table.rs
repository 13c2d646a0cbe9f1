//! The chart of accounts and the table of entries as the README shows them.

use super::account::{Account, Described, Holder};
use super::kind::{KINDS, Kind, Move, Way};

/// Both tables in Markdown.
pub fn markdown() -> String {
    let mut text = String::from("| Account | Name | Class | One for each |\n|---|---|---|---|\n");
    for Described { code, name, class, holder } in Account::all().map(Account::described) {
        let holder = match holder {
            Holder::Company => "",
            Holder::Siswa => "siswa",
            Holder::Tutor => "tutor",
        };
        text.push_str(&format!("| {code} | {name} | {} | {holder} |\n", class.as_str().to_lowercase()));
    }
    text.push_str("\n| Entry | When | Debit ← credit | Document | Source |\n|---|---|---|---|---|\n");
    for Kind { name, event, document, source, moves } in KINDS {
        let moves: Vec<String> = moves.iter().map(arrow).collect();
        text.push_str(&format!("| `{name}` | {event} | {} | {document} | {source} |\n", moves.join(" · ")));
    }
    text
}

fn arrow(moved: &Move) -> String {
    let arrow = match moved.way {
        Way::Forward => "←",
        Way::Either => "↔",
    };
    format!("{} {arrow} {}", moved.debit.code(), moved.credit.code())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_shows_the_tables_as_they_are() {
        let readme = include_str!("../../README.md");
        assert!(readme.contains(&markdown()), "put this under \"The books\":\n\n{}", markdown());
    }
}
