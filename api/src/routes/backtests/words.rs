//! The headings of an export, in the languages of the UI.

/// Texts of one language.
pub struct Words {
    pub sheet: &'static str,
    /// Title and width.
    pub columns: [(&'static str, u16); 7],
    pub recorded: &'static str,
    pub draft: &'static str,
    pub error: &'static str,
    pub id: &'static str,
    pub otherwise: &'static str,
    pub fails: &'static str,
    pub about: &'static str,
    pub made_by: &'static str,
    pub backtest: &'static str,
    pub kind: &'static str,
    pub period: &'static str,
    pub content: &'static str,
    pub decisions: &'static str,
    pub changed: &'static str,
    pub failed: &'static str,
    pub note: &'static str,
    pub explained: &'static str,
}

impl Words {
    /// Indonesian unless English is asked for.
    pub fn of(lang: Option<&str>) -> &'static Self {
        if lang == Some("en") { &EN } else { &ID }
    }
}

static ID: Words = Words {
    sheet: "Perubahan",
    columns: [
        ("Kode", 18),
        ("Diputuskan (WIB)", 20),
        ("Versi", 8),
        ("Hasil draf", 14),
        ("Siswa membayar", 16),
        ("Tutor menerima", 16),
        ("Sisa perusahaan", 16),
    ],
    recorded: "tercatat",
    draft: "draf",
    error: "Kesalahan draf",
    id: "ID",
    otherwise: "berubah",
    fails: "gagal",
    about: "Keterangan",
    made_by: "Dibuat oleh",
    backtest: "Uji ke masa lalu",
    kind: "Kebijakan",
    period: "Masa",
    content: "Sidik isi draf",
    decisions: "Keputusan diuji",
    changed: "Berubah",
    failed: "Gagal",
    note: "Cara membaca",
    explained: "Satu baris untuk tiap keputusan yang hasilnya berubah atau tidak dapat diputuskan oleh draf. Kolom siswa, tutor dan perusahaan adalah selisih \
        draf terhadap yang tercatat: positif berarti siswa membayar lebih banyak, tutor menerima lebih banyak, perusahaan menyisakan lebih banyak.",
};

static EN: Words = Words {
    sheet: "Changes",
    columns: [("Code", 18), ("Decided (WIB)", 20), ("Version", 8), ("Draft", 14), ("Siswa pays", 16), ("Tutor gets", 16), ("Company keeps", 16)],
    recorded: "recorded",
    draft: "draft",
    error: "Error of the draft",
    id: "Id",
    otherwise: "changed",
    fails: "fails",
    about: "About",
    made_by: "Made by",
    backtest: "Backtest",
    kind: "Policy",
    period: "Period",
    content: "Digest of the draft",
    decisions: "Decisions looked at",
    changed: "Changed",
    failed: "Failed",
    note: "How to read it",
    explained: "One line for each decision that comes out otherwise, or that the draft cannot decide. The columns of siswa, tutor and company are draft less \
        recorded: positive means that the siswa pays more, the tutor gets more, the company keeps more.",
};
