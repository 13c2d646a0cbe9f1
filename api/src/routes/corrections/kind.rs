//! The five kinds of corrections, and where each keeps what all of them have.

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Adjustment,
    CreditNote,
    Refund,
    WriteOff,
    Reversal,
}

/// The columns that all have under one name.
pub struct Source {
    pub from: &'static str,
    columns: &'static str,
}

const COMMON: &str = "c.id, c.code, c.state, c.reason, c.requested_at, c.requested_by, ru.name AS requested_by_name";
const ADJUSTMENT: Source = Source {
    from: "money_adjustment c LEFT JOIN siswa s ON s.id = c.siswa_id LEFT JOIN tutor t ON t.id = c.tutor_id LEFT JOIN sesi e ON e.id = c.sesi_id \
           LEFT JOIN tagihan_line gl ON gl.source_id = c.id AND gl.voided_at IS NULL LEFT JOIN tagihan g ON g.id = gl.tagihan_id \
           LEFT JOIN honorarium_line hl ON hl.source_id = c.id AND hl.voided_at IS NULL LEFT JOIN honorarium h ON h.id = hl.honorarium_id \
           LEFT JOIN user_account ru ON ru.id = c.requested_by LEFT JOIN user_account du ON du.id = c.decided_by",
    columns: "NULL AS number, c.side, COALESCE(s.id, t.id) AS party_id, COALESCE(s.code, t.code) AS party_code, COALESCE(s.name, t.name) AS party_name, \
              COALESCE(g.id, h.id) AS document_id, COALESCE(g.number, h.number) AS document_number, e.id AS sesi_id, e.code AS sesi_code, c.amount_rp, \
              c.period_month AS month, c.decided_by, du.name AS decided_by_name, c.decided_at",
};
const CREDIT_NOTE: Source = Source {
    from: "credit_note c JOIN siswa s ON s.id = c.siswa_id JOIN tagihan g ON g.id = c.tagihan_id \
           LEFT JOIN user_account ru ON ru.id = c.requested_by LEFT JOIN user_account du ON du.id = c.decided_by",
    columns: "c.number, 'SISWA' AS side, s.id AS party_id, s.code AS party_code, s.name AS party_name, g.id AS document_id, g.number AS document_number, \
              CAST(NULL AS UUID) AS sesi_id, NULL AS sesi_code, c.amount_rp, g.period_month AS month, c.decided_by, du.name AS decided_by_name, c.decided_at",
};
const REFUND: Source = Source {
    from: "refund c JOIN siswa s ON s.id = c.siswa_id LEFT JOIN credit_note n ON n.id = c.credit_note_id LEFT JOIN tagihan g ON g.id = n.tagihan_id \
           LEFT JOIN user_account ru ON ru.id = c.requested_by LEFT JOIN user_account du ON du.id = c.closed_by",
    columns: "n.number, 'SISWA' AS side, s.id AS party_id, s.code AS party_code, s.name AS party_name, g.id AS document_id, g.number AS document_number, \
              CAST(NULL AS UUID) AS sesi_id, NULL AS sesi_code, c.amount_rp, g.period_month AS month, c.closed_by AS decided_by, du.name AS decided_by_name, \
              c.closed_at AS decided_at",
};
const WRITE_OFF: Source = Source {
    from: "write_off c JOIN siswa s ON s.id = c.siswa_id JOIN tagihan g ON g.id = c.tagihan_id \
           LEFT JOIN user_account ru ON ru.id = c.requested_by LEFT JOIN user_account du ON du.id = c.decided_by",
    columns: "NULL AS number, 'SISWA' AS side, s.id AS party_id, s.code AS party_code, s.name AS party_name, g.id AS document_id, g.number AS document_number, \
              CAST(NULL AS UUID) AS sesi_id, NULL AS sesi_code, c.amount_rp, g.period_month AS month, c.decided_by, du.name AS decided_by_name, c.decided_at",
};
const REVERSAL: Source = Source {
    from: "settlement_reversal c LEFT JOIN siswa s ON s.id = c.siswa_id LEFT JOIN tutor t ON t.id = c.tutor_id JOIN sesi e ON e.id = c.sesi_id \
           LEFT JOIN user_account ru ON ru.id = c.requested_by",
    columns: "NULL AS number, c.side, COALESCE(s.id, t.id) AS party_id, COALESCE(s.code, t.code) AS party_code, COALESCE(s.name, t.name) AS party_name, \
              CAST(NULL AS UUID) AS document_id, NULL AS document_number, e.id AS sesi_id, e.code AS sesi_code, c.amount_rp + c.transport_rp AS amount_rp, \
              e.period_month AS month, CAST(NULL AS UUID) AS decided_by, NULL AS decided_by_name, c.requested_at AS decided_at",
};

impl Kind {
    pub const fn source(self) -> &'static Source {
        match self {
            Self::Adjustment => &ADJUSTMENT,
            Self::CreditNote => &CREDIT_NOTE,
            Self::Refund => &REFUND,
            Self::WriteOff => &WRITE_OFF,
            Self::Reversal => &REVERSAL,
        }
    }

    /// What `not found` calls it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Adjustment => "money_adjustment",
            Self::CreditNote => "credit_note",
            Self::Refund => "refund",
            Self::WriteOff => "write_off",
            Self::Reversal => "settlement_reversal",
        }
    }

    /// The columns a text is searched in.
    pub const fn searched(self) -> &'static [&'static str] {
        match self {
            Self::Adjustment => &["c.code", "COALESCE(s.code, t.code)", "COALESCE(s.name, t.name)", "COALESCE(e.code, '')", "COALESCE(g.number, h.number, '')"],
            Self::CreditNote => &["c.code", "COALESCE(c.number, '')", "s.code", "s.name", "g.number"],
            Self::Refund => &["c.code", "COALESCE(n.number, '')", "s.code", "s.name", "COALESCE(g.number, '')"],
            Self::WriteOff => &["c.code", "s.code", "s.name", "g.number"],
            Self::Reversal => &["c.code", "COALESCE(s.code, t.code)", "COALESCE(s.name, t.name)", "e.code"],
        }
    }

    /// Where a siswa, a tutor, a Tagihan, a sesi and a month are looked for; a correction without one matches none.
    pub const fn columns_of(self) -> [&'static str; 5] {
        const NONE: &str = "CAST(NULL AS UUID)";
        match self {
            Self::Adjustment => ["c.siswa_id", "c.tutor_id", "g.id", "c.sesi_id", "c.period_month"],
            Self::CreditNote | Self::WriteOff => ["c.siswa_id", NONE, "c.tagihan_id", NONE, "g.period_month"],
            Self::Refund => ["c.siswa_id", NONE, "n.tagihan_id", NONE, "g.period_month"],
            Self::Reversal => ["c.siswa_id", "c.tutor_id", NONE, "c.sesi_id", "e.period_month"],
        }
    }
}

impl Source {
    pub fn select(&self) -> String {
        format!("{COMMON}, {}", self.columns)
    }
}
