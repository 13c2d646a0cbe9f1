//! Names, streets and topics for the demo company.

use rand::Rng;
use rand::rngs::StdRng;

const GIVEN: [&str; 48] = [
    "Zahra",
    "Daffa",
    "Kirana",
    "Raka",
    "Alya",
    "Farel",
    "Nadia",
    "Intan",
    "Bagas",
    "Citra",
    "Dimas",
    "Elsa",
    "Fajar",
    "Gita",
    "Hana",
    "Ilham",
    "Jasmine",
    "Kevin",
    "Laras",
    "Maulana",
    "Nabila",
    "Oktavia",
    "Putra",
    "Qonita",
    "Rizky",
    "Salsabila",
    "Tegar",
    "Umar",
    "Vania",
    "Wahyu",
    "Yasmin",
    "Zidan",
    "Ayu",
    "Bima",
    "Clara",
    "Dewi",
    "Eko",
    "Fitri",
    "Galih",
    "Hendra",
    "Indah",
    "Joko",
    "Kartika",
    "Lukman",
    "Mega",
    "Niko",
    "Ratna",
    "Surya",
];
const FAMILY: [&str; 32] = [
    "Pratama",
    "Wulandari",
    "Santoso",
    "Lestari",
    "Hidayat",
    "Permata",
    "Nugroho",
    "Anggraini",
    "Siregar",
    "Halim",
    "Wijaya",
    "Kusuma",
    "Rahmawati",
    "Saputra",
    "Maharani",
    "Gunawan",
    "Setiawan",
    "Utami",
    "Simanjuntak",
    "Hartono",
    "Puspita",
    "Ramadhan",
    "Tanjung",
    "Suryadi",
    "Oktaviani",
    "Firmansyah",
    "Aulia",
    "Kurniawan",
    "Handayani",
    "Nasution",
    "Prasetyo",
    "Salim",
];
const STREETS: [&str; 16] = [
    "Melati",
    "Kenanga",
    "Cempaka",
    "Anggrek",
    "Mawar",
    "Flamboyan",
    "Kemang Raya",
    "Cipete",
    "Tebet Barat",
    "Pakubuwono",
    "Radio Dalam",
    "Ampera",
    "Fatmawati",
    "Wijaya",
    "Senopati",
    "Barito",
];

/// The name at a position: every pair once before any repeats.
pub fn person(position: usize) -> String {
    let given = GIVEN[position % GIVEN.len()];
    let family = FAMILY[(position / GIVEN.len() * 7 + position * 5) % FAMILY.len()];
    format!("{given} {family}")
}

pub fn street(dice: &mut StdRng) -> String {
    let name = STREETS[dice.random_range(0..STREETS.len())];
    format!("Jl. {name} {}, Jakarta Selatan", dice.random_range(1..=120))
}

/// A mobile number that no other position has.
pub fn phone(prefix: &str, position: usize) -> String {
    format!("{prefix}{:08}", 10_000_000 + position * 7_919)
}

pub const TOPICS: [&str; 12] = [
    "Latihan soal dan pembahasan",
    "Konsep dasar bab baru",
    "Ulasan ulangan harian",
    "Persiapan ujian tengah semester",
    "Soal cerita dan penalaran",
    "Latihan terbimbing",
    "Kosakata dan percakapan",
    "Teknik dan tempo",
    "Menyimak dan menulis",
    "Praktik mandiri",
    "Pengayaan",
    "Remedial",
];
