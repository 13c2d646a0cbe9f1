//! What Honorarium carry over: a part of the comparison of tutors.

/// What a tutor owes (1200) instead of being owed less (2100), by every Honorarium that counts.
pub const CARRIED_OVER: &str = "SELECT tutor_id, '1200' AS account, carried_out_rp - carried_in_rp AS rp FROM honorarium WHERE status IN ('ISSUED','PAID') \
    UNION ALL SELECT tutor_id, '2100', carried_in_rp - carried_out_rp FROM honorarium WHERE status IN ('ISSUED','PAID')";
