//! What is stored about a claim that is about people. A story, a note and a reason may tell of tutor and siswa; what
//! category it is, when and how it was decided, and the hashes of the evidence stay readable.

use engine::personal::{Part, Personal};

const TUTOR: &[&str] = &["tutor_id"];
const BOTH: &[&str] = &["siswa_id", "tutor_id"];

pub(super) fn declared() -> Vec<Personal> {
    let record = ["story", "comp_notes", "l1_reason", "appeal_reason", "l2_reason", "withdraw_reason"];
    let change = ["filed.story", "comp_notes", "reason"];
    let of_both = record
        .map(|path| (Part::Record, path))
        .into_iter()
        .chain([(Part::Command, "story"), (Part::Command, "comp_notes")])
        .chain(change.map(|path| (Part::Change, path)))
        .chain([(Part::Reason, "")]);
    let told = of_both.map(|(part, path)| Personal::new(part, path, BOTH));
    told.chain([Personal::new(Part::Facts, "tutor_name", TUTOR)]).collect()
}
