//! The headings of an export, in the languages of the UI: a file is read where no UI can translate it.

/// Texts of one language.
pub struct Words {
    /// Title and width; the first names its zone besides.
    pub columns: [(&'static str, u16); 16],
    pub about: &'static str,
    pub made_at: &'static str,
    pub made_by: &'static str,
    pub records: &'static str,
    pub filter: &'static str,
    pub note: &'static str,
    pub explained: &'static str,
    pub yes: &'static str,
    pub no: &'static str,
    pub erased: &'static str,
}

impl Words {
    /// Indonesian unless English is asked for.
    pub fn of(lang: Option<&str>) -> &'static Self {
        if lang == Some("en") { &EN } else { &ID }
    }
}

static ID: Words = Words {
    columns: [
        ("Waktu", 20),
        ("Waktu UTC", 25),
        ("Pelaku", 22),
        ("Atas nama", 18),
        ("Tindakan", 22),
        ("Jenis", 12),
        ("Kode", 18),
        ("Isian", 24),
        ("Sebelum", 26),
        ("Sesudah", 26),
        ("Alasan", 30),
        ("Alamat IP", 15),
        ("Nomor permintaan", 22),
        ("Segel", 8),
        ("ID entitas", 38),
        ("ID catatan", 38),
    ],
    about: "Keterangan",
    made_at: "Dibuat pada",
    made_by: "Dibuat oleh",
    records: "Jumlah catatan",
    filter: "Saringan",
    note: "Cara membaca",
    explained: "Satu baris untuk tiap isian yang berubah; catatan tanpa perubahan isian mempunyai satu baris. Jumlah uang dalam rupiah utuh. \
        Kolom Segel kosong berarti catatan belum disegel saat ekspor dibuat.",
    yes: "ya",
    no: "tidak",
    erased: "(dihapus)",
};

static EN: Words = Words {
    columns: [
        ("Time", 20),
        ("Time UTC", 25),
        ("Actor", 22),
        ("On behalf of", 18),
        ("Action", 22),
        ("Type", 12),
        ("Code", 18),
        ("Field", 24),
        ("Before", 26),
        ("After", 26),
        ("Reason", 30),
        ("IP address", 15),
        ("Request id", 22),
        ("Seal", 8),
        ("Entity id", 38),
        ("Record id", 38),
    ],
    about: "About",
    made_at: "Made at",
    made_by: "Made by",
    records: "Records",
    filter: "Filter",
    note: "How to read it",
    explained: "One line for each changed field; a record that changed no field has one line. Money is in whole rupiah. \
        An empty Seal means the record was not sealed yet when the export was made.",
    yes: "yes",
    no: "no",
    erased: "(erased)",
};
