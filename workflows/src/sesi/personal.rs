//! What is stored about a sesi that is about people, and about whom. Amounts, dates, codes and ids stay readable.
//!
//! A place is where the siswa lives or learns; what was taught says how a child learns. Free texts may name both.

use engine::personal::{Part, Personal};

const SISWA: &[&str] = &["siswa_id"];
const TUTOR: &[&str] = &["tutor_id"];
const FIRST: &[&str] = &["substituted_from_id"];
/// Free texts may also be about whoever was to teach before.
const BOTH: &[&str] = &["siswa_id", "tutor_id", "substituted_from_id"];
const APPROVER: &[&str] = &["approved_by"];

pub(super) fn declared() -> Vec<Personal> {
    let record = [
        ("place_address", SISWA),
        ("place_lat", SISWA),
        ("place_long", SISWA),
        ("materi", SISWA),
        ("closing_reason", BOTH),
        ("outside_slots_reason", BOTH),
        ("approved_by_name", APPROVER),
    ];
    let command = [
        ("place", SISWA),
        ("outside_slots_reason", BOTH),
        ("topic", SISWA),
        ("sub_topic", SISWA),
        ("pages", SISWA),
        ("homework", SISWA),
        ("next_target", SISWA),
    ];
    let facts = [
        ("booking.siswa_name", SISWA),
        ("booking.siswa_address", SISWA),
        ("booking.siswa_place", SISWA),
        ("booking.tutor_name", TUTOR),
        ("first_tutor", FIRST),
        ("market.overlaps.*.label", BOTH),
    ];
    let change = [
        ("booked.place_address", SISWA),
        ("booked.place_lat", SISWA),
        ("booked.place_long", SISWA),
        ("frozen.outside_slots_reason", BOTH),
        ("frozen.approved_by_name", APPROVER),
        ("substitution.outside_slots_reason", BOTH),
        ("report.topic", SISWA),
        ("report.sub_topic", SISWA),
        ("report.pages", SISWA),
        ("report.homework", SISWA),
        ("report.next_target", SISWA),
        ("reason", BOTH),
    ];
    let parts = [(Part::Record, record.as_slice()), (Part::Command, &command), (Part::Facts, &facts), (Part::Change, &change), (Part::Reason, &[("", BOTH)])];
    parts.into_iter().flat_map(|(part, fields)| fields.iter().map(move |(path, of)| Personal::new(part, path, of))).collect()
}
