//! Which column of a bank's file is what, told from its header; whatever stands above the header is looked at for its days.

/// Where to find what; an index into the cells of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub day: usize,
    pub description: usize,
    pub money: Money,
    pub balance: Option<usize>,
}

/// One column with a mark (in the cell, beside it, or a sign), or two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Money {
    One { amount: usize, way: Option<usize> },
    Two { debit: usize, credit: usize },
}

const DAY: &[&str] = &["tanggal", "tanggal transaksi", "tanggal mutasi", "tgl", "tgl transaksi", "date", "transaction date", "posting date", "post date"];
const DESCRIPTION: &[&str] = &[
    "keterangan",
    "keterangan transaksi",
    "uraian",
    "uraian transaksi",
    "deskripsi",
    "description",
    "transaksi",
    "transaction",
    "remark",
    "remarks",
    "berita",
];
const AMOUNT: &[&str] = &["jumlah", "nominal", "amount", "mutasi", "nilai", "jumlah transaksi"];
const DEBIT: &[&str] = &["debit", "debet", "db", "keluar", "debit amount"];
const CREDIT: &[&str] = &["kredit", "credit", "cr", "masuk", "credit amount"];
const WAY: &[&str] = &["d/k", "db/cr", "cr/db", "dk", "d/c", "tipe", "jenis", "type", "jenis transaksi"];
const BALANCE: &[&str] = &["saldo", "balance", "saldo akhir", "closing balance"];

impl Layout {
    /// The layout of a row that is a header, or `None`.
    pub fn of(cells: &[String]) -> Option<Self> {
        let titles: Vec<String> = cells.iter().map(|cell| title(cell)).collect();
        let find = |known: &[&str]| titles.iter().position(|title| known.contains(&title.as_str()));
        let day = find(DAY)?;
        let description = find(DESCRIPTION)?;
        let money = match (find(DEBIT), find(CREDIT), find(AMOUNT)) {
            (Some(debit), Some(credit), _) => Money::Two { debit, credit },
            // KlikBCA leaves the title beside the amount empty; its cells say CR or DB.
            (_, _, Some(amount)) => {
                Money::One { amount, way: find(WAY).or_else(|| titles.get(amount + 1).filter(|title| title.is_empty()).map(|_| amount + 1)) }
            }
            _ => return None,
        };
        Some(Self { day, description, money, balance: find(BALANCE) })
    }
}

/// In lower case, without what stands in brackets behind it.
fn title(cell: &str) -> String {
    let cell = cell.split('(').next().unwrap_or_default();
    cell.trim().trim_end_matches('.').to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str) -> Option<Layout> {
        Layout::of(&header.split(',').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn the_exports_of_banks_are_recognised_by_their_header() {
        let one = |day, description, amount, way, balance| Some(Layout { day, description, money: Money::One { amount, way }, balance });
        assert_eq!(of("date,description,amount"), one(0, 1, 2, None, None));
        assert_eq!(of("Tanggal Transaksi,Keterangan,Cabang,Jumlah,,Saldo"), one(0, 1, 3, Some(4), Some(5)));
        assert_eq!(of("Tanggal,Uraian,D/K,Nominal (Rp),Saldo (Rp)"), one(0, 1, 3, Some(2), Some(4)));
        let mandiri = of("Account No,Date,Val. Date,Transaction Code,Description,Description,Reference No.,Debit,Credit,");
        assert_eq!(mandiri, Some(Layout { day: 1, description: 4, money: Money::Two { debit: 7, credit: 8 }, balance: None }));
        assert_eq!((of("Nama,Budi"), of("Tanggal,Keterangan,Saldo")), (None, None));
    }
}
