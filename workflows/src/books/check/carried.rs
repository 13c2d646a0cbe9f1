//! What final settlements took up of what Honorarium carried over: a part of the comparison of tutors.

/// As the parts of the statement it joins: what the documents say of 2100 and 1200, debit above zero.
pub const SETTLED_CARRIED: &str = "SELECT f.tutor_id, '1200' AS account, l.amount_rp AS rp FROM final_settlement f JOIN termination e ON e.settlement_id = f.id \
    JOIN final_settlement_line l ON l.settlement_id = f.id AND l.kind = 'CARRIED' \
    UNION ALL SELECT f.tutor_id, '2100', -l.amount_rp FROM final_settlement f JOIN termination e ON e.settlement_id = f.id \
    JOIN final_settlement_line l ON l.settlement_id = f.id AND l.kind = 'CARRIED'";
