//! The catalog a new company starts with; all of it can be edited afterwards.

pub const SEGMENTASI: [(&str, &str); 3] = [("REGULER", "Reguler"), ("REGULER_PLUS", "Reguler Plus"), ("INTERNASIONAL", "Internasional")];

pub const KATEGORI: [(&str, &str); 6] = [
    ("REGULER_KELAS", "Reguler Kelas"),
    ("PROGRAM_KHUSUS", "Program Khusus"),
    ("SERTIFIKASI", "Sertifikasi"),
    ("BAHASA_ASING", "Bahasa Asing"),
    ("MUSIK", "Musik"),
    ("KOMPUTER", "Komputer"),
];

/// Highest first.
pub const GOLONGAN: [(&str, &str); 5] =
    [("GOL_1", "Golongan 1"), ("GOL_2", "Golongan 2"), ("GOL_3", "Golongan 3"), ("GOL_4", "Golongan 4"), ("NON_GOLONGAN", "Non Golongan")];

/// SD 1 to Profesional, in order.
pub fn tingkat() -> Vec<(String, String)> {
    let schools = [("SD", 1..=6), ("SMP", 7..=9), ("SMA", 10..=12)];
    let classes = schools.into_iter().flat_map(|(school, classes)| classes.map(move |class| (format!("{school}_{class}"), format!("{school} {class}"))));
    let others = ["Mahasiswa", "Umum", "Profesional"].map(|name| (name.to_uppercase(), name.to_owned()));
    classes.chain(others).collect()
}

pub struct SeededSubject {
    pub kategori: &'static str,
    pub code: &'static str,
    pub name: &'static str,
    /// Names in order; the code of a level is its name in upper case with `_` for spaces.
    pub levels: &'static [&'static str],
}

const fn subject(kategori: &'static str, code: &'static str, name: &'static str) -> SeededSubject {
    levelled(kategori, code, name, &[])
}

const fn levelled(kategori: &'static str, code: &'static str, name: &'static str, levels: &'static [&'static str]) -> SeededSubject {
    SeededSubject { kategori, code, name, levels }
}

const HSK: [&str; 6] = ["HSK 1", "HSK 2", "HSK 3", "HSK 4", "HSK 5", "HSK 6"];
const JLPT: [&str; 5] = ["JLPT N5", "JLPT N4", "JLPT N3", "JLPT N2", "JLPT N1"];
const TOPIK: [&str; 6] = ["TOPIK 1", "TOPIK 2", "TOPIK 3", "TOPIK 4", "TOPIK 5", "TOPIK 6"];
const CEFR: [&str; 5] = ["A1", "A2", "B1", "B2", "C1"];
const GRADES: [&str; 8] = ["Grade 1", "Grade 2", "Grade 3", "Grade 4", "Grade 5", "Grade 6", "Grade 7", "Grade 8"];

pub const SUBJECTS: [SeededSubject; 27] = [
    subject("REGULER_KELAS", "MATEMATIKA", "Matematika"),
    subject("REGULER_KELAS", "IPA", "IPA"),
    subject("REGULER_KELAS", "FISIKA", "Fisika"),
    subject("REGULER_KELAS", "KIMIA", "Kimia"),
    subject("REGULER_KELAS", "BIOLOGI", "Biologi"),
    subject("REGULER_KELAS", "IPS", "IPS"),
    subject("REGULER_KELAS", "EKONOMI", "Ekonomi"),
    subject("REGULER_KELAS", "AKUNTANSI", "Akuntansi"),
    subject("REGULER_KELAS", "BAHASA_INDONESIA", "Bahasa Indonesia"),
    subject("REGULER_KELAS", "BAHASA_INGGRIS", "Bahasa Inggris"),
    subject("PROGRAM_KHUSUS", "CALISTUNG", "Calistung"),
    subject("PROGRAM_KHUSUS", "UTBK_SNBT", "UTBK-SNBT"),
    subject("PROGRAM_KHUSUS", "OLIMPIADE_MATEMATIKA", "Olimpiade Matematika"),
    subject("PROGRAM_KHUSUS", "MENGAJI", "Mengaji"),
    subject("SERTIFIKASI", "TOEFL", "TOEFL"),
    subject("SERTIFIKASI", "IELTS", "IELTS"),
    subject("SERTIFIKASI", "SAT", "SAT"),
    levelled("BAHASA_ASING", "MANDARIN", "Bahasa Mandarin", &HSK),
    levelled("BAHASA_ASING", "JEPANG", "Bahasa Jepang", &JLPT),
    levelled("BAHASA_ASING", "KOREA", "Bahasa Korea", &TOPIK),
    levelled("BAHASA_ASING", "JERMAN", "Bahasa Jerman", &CEFR),
    levelled("MUSIK", "PIANO", "Piano", &GRADES),
    levelled("MUSIK", "BIOLA", "Biola", &GRADES),
    levelled("MUSIK", "GITAR", "Gitar", &GRADES),
    subject("KOMPUTER", "PEMROGRAMAN", "Pemrograman"),
    subject("KOMPUTER", "DESAIN_GRAFIS", "Desain Grafis"),
    subject("KOMPUTER", "MICROSOFT_OFFICE", "Microsoft Office"),
];
