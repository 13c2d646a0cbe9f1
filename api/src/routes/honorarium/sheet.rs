//! A slip in words, as `honorarium.typ` sets it.

use crate::words;
use crate::words::terbilang;
use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};
use workflows::billing::honorarium::{Head, Honorarium, Line, Payment, Sesi};
use workflows::notification::COMPANY;

/// What `honorarium.typ` reads as `/data.json`.
pub(super) fn data(one: &Honorarium, today: NaiveDate) -> Value {
    let head = &one.head;
    let dated = head.issued_on.unwrap_or(today);
    let sent = head.net_rp - head.pph_withheld_rp;
    let paid_on = one.payments.iter().rfind(|payment| payment.reversed_by.is_none()).map(|payment| payment.paid_on);
    let mut dates = vec![["Tanggal terbit".to_owned(), words::date(dated)]];
    dates.extend(paid_on.map(|day| ["Dibayar".to_owned(), words::date(day)]));
    json!({
        "company": COMPANY,
        "kind": "Slip honorarium",
        "number": head.number,
        "status": words::open("state.honorarium", &head.status),
        "status_tone": match head.status.as_str() { "PAID" => "good", "VOID" => "quiet", _ => "plain" },
        "date": [dated.year(), dated.month(), dated.day()],
        "dates": dates,
        "party_title": "Untuk tutor",
        "party": [head.tutor_name, head.tutor_code],
        "period": month(&head.period_month),
        "figure_title": if head.pph_withheld_rp > 0 { "Dibayarkan setelah PPh" } else { "Honorarium bersih" },
        "figure": words::rupiah(sent),
        "figure_note": paid_on.map_or_else(|| "belum dibayar".to_owned(), |day| format!("dibayar {}", words::date(day))),
        "figure_tone": if head.status == "VOID" { "quiet" } else { "plain" },
        "as_of": format!("keadaan per {}", words::date(today)),
        "lessons": lessons(&one.lines),
        "others": one.lines.iter().filter(|line| !of_lesson(line)).map(other).collect::<Vec<_>>(),
        "sums": sums(head),
        "words_title": if head.pph_withheld_rp > 0 { "Terbilang, dibayarkan setelah PPh" } else { "Terbilang, honorarium bersih" },
        "words": terbilang::rupiah(sent),
        "carried": (head.carried_out_rp > 0).then(|| format!(
            "Denda sebesar {} melebihi honorarium bulan ini dan dipotong dari honorarium berikutnya.", words::rupiah(head.carried_out_rp)
        )),
        "payments": one.payments.iter().map(payment).collect::<Vec<_>>(),
    })
}

/// `Juli 2026` of `2026-07`.
fn month(text: &str) -> String {
    let first = format!("{text}-01").parse::<NaiveDate>();
    first.map_or_else(|_| text.to_owned(), |day| words::date(day).split_once(' ').map_or_else(String::new, |(_, rest)| rest.to_owned()))
}

/// What a sesi brought, as opposed to what was added or taken.
fn of_lesson(line: &Line) -> bool {
    matches!(line.kind.as_str(), "SESI" | "NO_SHOW" | "CANCELLATION" | "RESCHEDULE" | "TRANSPORT")
}

/// One row for each sesi: what it brought, and its transport beside it.
fn lessons(lines: &[Line]) -> Vec<Value> {
    let base = lines.iter().filter(|line| of_lesson(line) && line.kind != "TRANSPORT");
    let alone = |line: &&Line| line.kind == "TRANSPORT" && !lines.iter().any(|base| base.source_id == line.source_id && base.kind != "TRANSPORT");
    let row = |line: &Line, base_rp: i64, transport_rp: i64| {
        json!({
            "day": line.held_on.map(words::date).unwrap_or_default(),
            "what": line.sesi.as_ref().map(subject).unwrap_or_default(),
            "why": why(line),
            "siswa": line.sesi.as_ref().map(|sesi| sesi.siswa_name.clone()).unwrap_or_default(),
            "amount": words::rupiah(base_rp),
            "transport": if transport_rp == 0 { String::new() } else { words::rupiah(transport_rp) },
        })
    };
    let transport_of = |base: &Line| lines.iter().filter(|line| line.kind == "TRANSPORT" && line.source_id == base.source_id).map(|line| line.amount_rp).sum();
    let mut rows: Vec<Value> = base.map(|line| row(line, line.amount_rp, transport_of(line))).collect();
    rows.extend(lines.iter().filter(alone).map(|line| row(line, 0, line.amount_rp)));
    rows
}

fn subject(sesi: &Sesi) -> String {
    sesi.level.as_ref().map_or_else(|| sesi.subject.clone(), |level| format!("{} · {level}", sesi.subject))
}

/// Why a lesson's line is what it is.
fn why(line: &Line) -> String {
    let mut told = vec![words::open("honorarium.line", &line.kind).to_owned()];
    if let Some(lead) = line.why.lead_time_s.filter(|_| line.kind == "CANCELLATION") {
        told.push(format!("{} sebelum mulai", words::span(lead)));
    }
    if let Some((pct, of_rp)) = line.why.pct.zip(line.why.of_rp) {
        told.push(format!("{pct}% dari {}", words::rupiah(of_rp)));
    }
    if line.why.changed {
        told.push("disesuaikan".to_owned());
    }
    told.join(", ")
}

/// An adjustment, a denda, what was returned, reversed or carried over.
fn other(line: &Line) -> Value {
    let refers = line.refers.as_ref();
    let code = refers.map(|one| one.code.clone()).or_else(|| line.sesi.as_ref().map(|sesi| sesi.code.clone())).unwrap_or_default();
    let mut told = vec![];
    if let Some(earlier) = refers.and_then(|one| one.month.as_deref()) {
        told.push(format!("sisa potongan dari {}", month(earlier)));
    }
    if let Some(sesi) = &line.sesi {
        told.push(format!("{} {}", sesi.code, subject(sesi)));
    }
    if let Some(lead) = line.why.lead_time_s {
        told.push(format!("batal {} sebelum mulai", words::span(lead)));
    }
    if let Some((pct, of_rp)) = line.why.pct.zip(line.why.of_rp) {
        told.push(format!("{pct}% dari {}", words::rupiah(of_rp)));
    }
    told.extend(line.why.reason.clone());
    json!({
        "day": line.held_on.map(words::date).unwrap_or_default(),
        "what": words::open("honorarium.line", &line.kind), "code": code, "why": told.join(", "), "amount": words::rupiah(line.amount_rp),
    })
}

/// Names with their figures; nothing of it that is zero but the sums.
fn sums(head: &Head) -> Vec<[String; 3]> {
    let part = |name: &str, rp: i64| (rp != 0).then(|| [name.to_owned(), words::rupiah(rp), "part".to_owned()]);
    let total = |name: &str, rp: i64| [name.to_owned(), words::rupiah(rp), "total".to_owned()];
    let parts = [
        part("Sesi", head.base_rp),
        part("Transport", head.transport_rp),
        part("Penyesuaian", head.adjustment_rp),
        part("Denda dikembalikan", head.returned_rp),
        part("Sesi yang dibatalkan pencatatannya", -head.reversed_rp),
        part("Denda", -head.denda_rp),
        part("Sisa potongan bulan sebelumnya", -head.carried_in_rp),
        part("Dipotong dari honorarium berikutnya", head.carried_out_rp),
    ];
    let mut all: Vec<[String; 3]> = parts.into_iter().flatten().collect();
    all.push(total("Honorarium bersih", head.net_rp));
    if head.pph_withheld_rp > 0 {
        all.extend(part("PPh dipotong", -head.pph_withheld_rp));
        all.push(total("Dibayarkan", head.net_rp - head.pph_withheld_rp));
    }
    all
}

fn payment(payment: &Payment) -> Value {
    let way = payment.method.as_deref().map(|method| words::open("choice", method)).unwrap_or_default();
    let reversed = payment.reversed_by.as_ref().map(|(_, code)| format!("dibatalkan dengan {code}"));
    let reference = [payment.reference.clone(), reversed].into_iter().flatten().collect::<Vec<_>>().join(", ");
    json!({ "day": words::date(payment.paid_on), "number": payment.code, "way": way, "reference": reference, "amount": words::rupiah(payment.amount_rp) })
}
