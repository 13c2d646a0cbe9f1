//! What happens to sesi: November from the 23rd on, December, and the first days of January. Every sesi is booked when the one
//! before it is over, and takes place at ten in the morning, where nothing else is said.

use super::cast::{Cast, FAR, NEAR, wib};
use serde_json::json;
use tests::company::Lesson;
use uuid::Uuid;

/// | day | tutor | siswa | what                                   |  siswa |  tutor | transport |  denda |
/// |-----|-------|-------|----------------------------------------|-------:|-------:|----------:|-------:|
/// | 23  | Dewi  | Zahra | held                                   | 137503 |  82502 |           |        |
/// | 24  | Eka   | Bima  | Eka cancels 30 minutes before: 100 %   |        |        |           |  82502 |
/// | 25  | Eka   | Bima  | Eka cancels 90 minutes before: 50 %    |        |        |           |  41251 |
/// | 26  | Eka   | Bima  | held 1,1 km away, surcharge 7501       | 145004 |  82502 |     10000 |        |
/// | 27  | Dewi  | Zahra | Dewi cancels 3 h before: 25 %          |        |        |           |  20626 |
/// | 28  | Fajar | Zahra | held                                   | 137503 |  82502 |           |        |
///
/// Answers the sesi of the 27th, which Dewi will claim to have been force majeure.
pub async fn november(cast: &Cast<'_>) -> Uuid {
    cast.taught(cast.dewi, cast.zahra, "2026-11-23T10:00").await;
    cast.cancelled("TUTOR", (cast.eka, cast.bima), "2026-11-24", "09:30").await;
    cast.cancelled("TUTOR", (cast.eka, cast.bima), "2026-11-25", "08:30").await;
    cast.taught_at(NEAR, cast.eka, cast.bima, "2026-11-26T10:00").await;
    let left = cast.cancelled("TUTOR", (cast.dewi, cast.zahra), "2026-11-27", "07:00").await;
    cast.taught(cast.fajar, cast.zahra, "2026-11-28T10:00").await;
    left
}

/// | day | tutor | siswa | what                                     |  siswa |  tutor | transport |  denda |
/// |-----|-------|-------|------------------------------------------|-------:|-------:|----------:|-------:|
/// |  3  | Dewi  | Zahra | held                                     | 137503 |  82502 |           |        |
/// |  5  | Dewi  | Zahra | held 22 km away, surcharge 7501          | 145004 |  82502 |     12000 |        |
/// |  7  | Dewi  | Bima  | Bima does not come, 1,1 km away          | 137503 |  82502 |     10000 |        |
/// |  8  | Eka   | Citra | Eka does not come                        |        |        |           |  82502 |
/// |  9  | Dewi  | Zahra | Zahra cancels 30 minutes before: 100 %   | 137503 |  82502 |           |        |
/// | 10  | Dewi  | Bima  | Bima cancels 90 minutes before: 50 %     |  68752 |  41251 |           |        |
/// | 11  | Dewi  | Citra | Citra cancels 3 h before: 25 %           |  34376 |  20626 |           |        |
/// | 12  | Dewi  | Zahra | Zahra cancels exactly 4 h before: free   |        |        |           |        |
/// | 14  | Dewi  | Bima  | Dewi cancels exactly 1 h before: 100 %   |        |        |           |  82502 |
/// | 15  | Eka   | Citra | Eka cancels exactly 2 h before: 50 %     |        |        |           |  41251 |
///
/// In between Dewi claims that the sesi of 27 November was force majeure (on the 2nd), and is believed (on the 4th): her denda of
/// 20626, taken from the Honorarium of November, is returned.
pub async fn early_december(cast: &Cast<'_>, left: Uuid) {
    let (zahra, bima, citra) = (cast.zahra, cast.bima, cast.citra);
    cast.until("2026-12-02T09:00").await;
    let claim = claimed(cast, left).await;
    cast.taught(cast.dewi, zahra, "2026-12-03T10:00").await;
    cast.until("2026-12-04T09:00").await;
    cast.told(2, "fm_claim", claim, "approve", json!({})).await;
    cast.taught_at(FAR, cast.dewi, zahra, "2026-12-05T10:00").await;
    let missed = cast.booked(&cast.lesson(cast.dewi, bima, "2026-12-07T10:00").offline(NEAR)).await;
    cast.until("2026-12-07T10:30").await;
    cast.sesi(missed, "no_show_student", json!({})).await;
    let missed = cast.booked(&cast.lesson(cast.eka, citra, "2026-12-08T10:00")).await;
    cast.until("2026-12-08T10:30").await;
    cast.sesi(missed, "no_show_tutor", json!({})).await;
    cast.cancelled("SISWA", (cast.dewi, zahra), "2026-12-09", "09:30").await;
    cast.cancelled("SISWA", (cast.dewi, bima), "2026-12-10", "08:30").await;
    cast.cancelled("SISWA", (cast.dewi, citra), "2026-12-11", "07:00").await;
    cast.cancelled("SISWA", (cast.dewi, zahra), "2026-12-12", "06:00").await;
    cast.cancelled("TUTOR", (cast.dewi, bima), "2026-12-14", "09:00").await;
    cast.cancelled("TUTOR", (cast.eka, citra), "2026-12-15", "08:00").await;
}

/// | day | tutor | siswa | what                                                  |  siswa |  tutor | denda |
/// |-----|-------|-------|-------------------------------------------------------|-------:|-------:|------:|
/// | 16  | Dewi  | Citra | Dewi cancels exactly 4 h before: 25 %, claimed later  |        |        | 20626 |
/// | 17  | Dewi  | Bima  | Dewi cancels a minute earlier than 4 h: free          |        |        |       |
/// | 18  | Dewi  | Zahra | the office cancels an hour before: free               |        |        |       |
/// | 21  | Dewi  | Citra | held; it was moved from the 19th two days ahead: free | 137503 |  82502 |       |
/// | 22  | Dewi  | Bima  | Bima moves it 3 h before: 30 %, 15 %                  |  41251 |  12375 |       |
/// | 23  | Dewi  | Bima  | held; it is where the one of the 22nd went            | 137503 |  82502 |       |
/// | 24  | Sinta | Bima  | held; Eka has found her in time: nothing for Eka      | 137503 | 101003 |       |
/// | 26  | Sinta | Zahra | held; sent 90 minutes before: 50 % denda for Eka      | 137503 | 101003 | 41251 |
///
/// Answers Dewi's claim about the sesi of the 16th, which holds its denda, and the sesi of the 24th.
pub async fn middle_december(cast: &Cast<'_>) -> (Uuid, Uuid) {
    let (zahra, bima, citra) = (cast.zahra, cast.bima, cast.citra);
    let left = cast.cancelled("TUTOR", (cast.dewi, citra), "2026-12-16", "06:00").await;
    cast.until("2026-12-16T09:00").await;
    let claim = claimed(cast, left).await;
    cast.cancelled("TUTOR", (cast.dewi, bima), "2026-12-17", "05:59").await;
    let moved = cast.booked(&cast.lesson(cast.dewi, citra, "2026-12-19T10:00")).await;
    moved_to(cast, moved, "2026-12-17T10:00", cast.lesson(cast.dewi, citra, "2026-12-21T10:00")).await;
    cast.cancelled("ADMIN", (cast.dewi, zahra), "2026-12-18", "09:00").await;
    held_again(cast, moved, cast.lesson(cast.dewi, citra, "2026-12-21T10:00")).await;
    let moved = cast.booked(&cast.lesson(cast.dewi, bima, "2026-12-22T10:00")).await;
    moved_to(cast, moved, "2026-12-22T07:00", cast.lesson(cast.dewi, bima, "2026-12-23T10:00")).await;
    held_again(cast, moved, cast.lesson(cast.dewi, bima, "2026-12-23T10:00")).await;
    (claim, substituted(cast, zahra, bima).await)
}

async fn claimed(cast: &Cast<'_>, sesi: Uuid) -> Uuid {
    let body = json!({ "sesi_id": sesi, "tutor_id": cast.dewi, "category": "SAKIT", "story": "Demam tinggi sejak pagi" });
    cast.begun("fm_claim", "file", body).await
}

async fn moved_to(cast: &Cast<'_>, id: Uuid, at: &str, to: Lesson) {
    cast.until(at).await;
    cast.sesi(id, "reschedule", json!({ "initiator": "SISWA", "starts_at": to.starts_at })).await;
}

/// The sesi that took its place is approved and held.
async fn held_again(cast: &Cast<'_>, moved: Uuid, lesson: Lesson) {
    let next = cast.app.company.sesi(moved).await.rescheduled_to_id.unwrap();
    cast.sesi(next, "approve", json!({ "outside_slots_reason": "diminta" })).await;
    cast.until(&lesson.starts_at.with_timezone(&chrono_tz::Asia::Jakarta).format("%Y-%m-%dT%H:%M").to_string()).await;
    cast.held(&lesson, next).await;
}

async fn substituted(cast: &Cast<'_>, zahra: Uuid, bima: Uuid) -> Uuid {
    let (first, second) = (cast.lesson(cast.eka, bima, "2026-12-24T10:00"), cast.lesson(cast.eka, zahra, "2026-12-26T10:00"));
    let found = cast.booked(&first).await;
    cast.until("2026-12-24T00:00").await;
    cast.sesi(found, "seek_substitute", json!({})).await;
    cast.until("2026-12-24T02:00").await;
    cast.sesi(found, "substitute", json!({ "tutor_id": cast.sinta, "way": "SELF" })).await;
    cast.held(&first, found).await;
    let sent = cast.booked(&second).await;
    cast.until("2026-12-26T08:30").await;
    cast.sesi(sent, "substitute", json!({ "tutor_id": cast.sinta, "way": "DISPATCH" })).await;
    cast.held(&second, sent).await;
    found
}

/// | day | tutor | siswa | what                                                           |  siswa |  tutor | transport | denda |
/// |-----|-------|-------|----------------------------------------------------------------|-------:|-------:|----------:|------:|
/// | 27  | Fajar | Bima  | Fajar cancels 30 minutes before: 100 %                         |        |        |           | 82502 |
/// | 28  | Eka   | Citra | held                                                           | 137503 |  82502 |           |       |
/// | 29  | Fajar | Citra | held 1,1 km away, without a surcharge                          | 137503 |  82502 |     10000 |       |
pub async fn late_december(cast: &Cast<'_>) {
    cast.cancelled("TUTOR", (cast.fajar, cast.bima), "2026-12-27", "09:30").await;
    cast.taught(cast.eka, cast.citra, "2026-12-28T10:00").await;
    cast.taught_as(cast.lesson(cast.fajar, cast.citra, "2026-12-29T10:00").offline(NEAR)).await;
}

/// Two sesi of half an hour each, in Jayapura: one ends at midnight, the other begins there. In Jakarta both are on 31 December.
///
/// | day                        | tutor | siswa | what | siswa  | tutor |
/// |----------------------------|-------|-------|------|-------:|------:|
/// | 31 December, 23:30 in WIT  | Gita  | Citra | held | 137503 | 82502 |
/// | 1 January, 00:00 in WIT    | Gita  | Zahra | held | 137503 | 82502 |
pub async fn midnight_in_jayapura(cast: &Cast<'_>) {
    for (siswa, at) in [(cast.citra, "2026-12-31T21:30"), (cast.zahra, "2026-12-31T22:00")] {
        assert!(cast.app.company.now() <= wib(at));
        cast.taught_as(Lesson { duration_minutes: 30, ..cast.lesson(cast.gita, siswa, at) }).await;
    }
}

/// | day | tutor | siswa | what | siswa  | tutor |
/// |-----|-------|-------|------|-------:|------:|
/// |  4  | Eka   | Bima  | held | 137503 | 82502 |
/// |  5  | Dewi  | Citra | held | 137503 | 82502 |
///
/// Answers the sesi of the 5th.
pub async fn january(cast: &Cast<'_>) -> Uuid {
    cast.taught(cast.eka, cast.bima, "2027-01-04T10:00").await;
    cast.taught(cast.dewi, cast.citra, "2027-01-05T10:00").await
}
