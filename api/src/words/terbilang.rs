//! An amount in Indonesian words, as it stands under the sum of a Tagihan or a slip: whoever alters a digit has to alter the words.

const UNITS: [&str; 12] = ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas"];
/// Each a thousand times the one before; beyond the last everything is told in trillions.
const GROUPS: [(u64, &str); 4] = [(1_000_000_000_000, "triliun"), (1_000_000_000, "miliar"), (1_000_000, "juta"), (1_000, "ribu")];

/// `Seratus lima puluh ribu rupiah`
pub fn rupiah(rp: i64) -> String {
    let words = format!("{}{} rupiah", if rp < 0 { "minus " } else { "" }, number(rp.unsigned_abs()));
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `seratus lima puluh ribu`
fn number(number: u64) -> String {
    if number == 0 {
        return UNITS[0].into();
    }
    let mut words = vec![];
    say(number, &mut words);
    words.join(" ")
}

fn say(number: u64, words: &mut Vec<&'static str>) {
    if let Some((size, name)) = GROUPS.iter().find(|(size, _)| number >= *size) {
        // One thousand has a word of its own, one million has not.
        if number / size == 1 && *name == "ribu" {
            words.push("seribu");
        } else {
            say(number / size, words);
            words.push(name);
        }
        return say(number % size, words);
    }
    match number {
        0 => {}
        1..=11 => words.extend(usize::try_from(number).ok().and_then(|number| UNITS.get(number))),
        12..=19 => follow(number - 10, "belas", 0, words),
        20..=99 => follow(number / 10, "puluh", number % 10, words),
        100..=199 => {
            words.push("seratus");
            say(number - 100, words);
        }
        _ => follow(number / 100, "ratus", number % 100, words),
    }
}

fn follow(count: u64, name: &'static str, rest: u64, words: &mut Vec<&'static str>) {
    say(count, words);
    words.push(name);
    say(rest, words);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_as_people_say_them() {
        for (said, words) in [
            (0, "nol"),
            (1, "satu"),
            (9, "sembilan"),
            (10, "sepuluh"),
            (11, "sebelas"),
            (12, "dua belas"),
            (19, "sembilan belas"),
            (20, "dua puluh"),
            (21, "dua puluh satu"),
            (90, "sembilan puluh"),
            (99, "sembilan puluh sembilan"),
            (100, "seratus"),
            (101, "seratus satu"),
            (110, "seratus sepuluh"),
            (111, "seratus sebelas"),
            (119, "seratus sembilan belas"),
            (199, "seratus sembilan puluh sembilan"),
            (200, "dua ratus"),
            (999, "sembilan ratus sembilan puluh sembilan"),
            (1_000, "seribu"),
            (1_001, "seribu satu"),
            (1_100, "seribu seratus"),
            (1_999, "seribu sembilan ratus sembilan puluh sembilan"),
            (2_000, "dua ribu"),
            (10_000, "sepuluh ribu"),
            (11_000, "sebelas ribu"),
            (11_011, "sebelas ribu sebelas"),
            (22_500, "dua puluh dua ribu lima ratus"),
            (100_000, "seratus ribu"),
            (101_000, "seratus satu ribu"),
            (111_111, "seratus sebelas ribu seratus sebelas"),
            (150_000, "seratus lima puluh ribu"),
            (1_000_000, "satu juta"),
            (1_001_000, "satu juta seribu"),
            (1_000_001, "satu juta satu"),
            (11_000_000, "sebelas juta"),
            (100_000_000, "seratus juta"),
            (1_000_000_000, "satu miliar"),
            (1_001_001_001, "satu miliar satu juta seribu satu"),
            (
                999_999_999_999,
                "sembilan ratus sembilan puluh sembilan miliar sembilan ratus sembilan puluh sembilan juta \
                 sembilan ratus sembilan puluh sembilan ribu sembilan ratus sembilan puluh sembilan",
            ),
            (1_000_000_000_000, "satu triliun"),
            (1_000_000_000_000_000, "seribu triliun"),
        ] {
            assert_eq!(number(said), words, "{said}");
        }
    }

    #[test]
    fn an_amount_begins_with_a_capital_and_says_its_sign() {
        assert_eq!(rupiah(150_000), "Seratus lima puluh ribu rupiah");
        assert_eq!(rupiah(0), "Nol rupiah");
        assert_eq!(rupiah(-11), "Minus sebelas rupiah");
        assert!(rupiah(i64::MIN).starts_with("Minus sembilan juta dua ratus dua puluh tiga ribu tiga ratus tujuh puluh dua triliun"));
    }
}
