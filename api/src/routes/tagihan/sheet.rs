//! A Tagihan in words, as the template sets it, and the PDF.

use super::super::OurApp;
use super::{seen, today};
use crate::auth::scope::Scope;
use crate::export::{attachment, describe_file};
use crate::problem::Problem;
use crate::request::At;
use crate::route::describe::{Gives, Sketch};
use crate::words::{self, terbilang};
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};
use uuid::Uuid;
use worker::pdf::{self, Template};
use workflows::billing::tagihan::{Credit, Head, Line, Payment, Tagihan, Why};
use workflows::notification::COMPANY;

/// A PDF.
pub struct TagihanPdf(Response);

pub async fn pdf(State(app): OurApp, scope: Scope, At(id): At<Uuid>) -> Result<TagihanPdf, Problem> {
    let found = seen(&app, scope, id).await?;
    let data = data(&found, today(&app));
    let set = tokio::task::spawn_blocking(move || pdf::render(Template::Tagihan, &data, &[])).await;
    let bytes = set.map_err(anyhow::Error::from).and_then(|set| set.map_err(anyhow::Error::from)).map_err(|error| {
        tracing::error!(error = %error, tagihan = %id, "a Tagihan could not be set");
        Problem::internal()
    })?;
    Ok(TagihanPdf(attachment(&format!("{}.pdf", found.head.number), "application/pdf", Body::from(bytes))))
}

/// What `tagihan.typ` reads as `/data.json`. It shows how things stand on a day, for payments come later.
fn data(tagihan: &Tagihan, today: NaiveDate) -> Value {
    let head = &tagihan.head;
    let made_on = head.issued_on.unwrap_or(today);
    let due = head.due_on.map(words::date);
    let dates = [head.issued_on.map(|day| ["Tanggal terbit".to_owned(), words::date(day)]), due.clone().map(|due| ["Jatuh tempo".to_owned(), due])];
    let settled = head.open_rp() == 0;
    json!({
        "company": COMPANY,
        "kind": "Tagihan",
        "number": head.number,
        "status": words::open("state.tagihan", &head.status),
        "status_tone": status_tone(head, today),
        "date": [made_on.year(), made_on.month(), made_on.day()],
        "dates": dates.into_iter().flatten().collect::<Vec<_>>(),
        "party_title": "Untuk siswa",
        "party": [head.siswa_name, party(head)],
        "period": words::month(&head.period_month),
        "figure_title": if settled { "Total tagihan" } else { "Sisa yang harus dibayar" },
        "figure": words::rupiah(if settled { head.total_rp } else { head.open_rp() }),
        "figure_note": figure_note(head, due.as_deref()),
        "figure_tone": if head.overdue_days(today).is_some() { "bad" } else { "plain" },
        "as_of": format!("keadaan per {}", words::date(today)),
        "lines": tagihan.lines.iter().map(line).collect::<Vec<_>>(),
        "sums": sums(head),
        "words_title": "Terbilang, total tagihan",
        "words": terbilang::rupiah(head.total_rp),
        "credits": tagihan.credits.iter().filter(|credit| credit.state == "ISSUED").map(credit).collect::<Vec<_>>(),
        "payments": tagihan.payments.iter().filter(|payment| payment.reversed_by.is_none()).map(payment).collect::<Vec<_>>(),
        "closing": closing(head),
    })
}

fn status_tone(head: &Head, today: NaiveDate) -> &'static str {
    match head.status.as_str() {
        "PAID" => "good",
        "VOID" | "WRITTEN_OFF" | "DRAFT" => "quiet",
        _ if head.overdue_days(today).is_some() => "bad",
        _ => "plain",
    }
}

fn party(head: &Head) -> String {
    if head.parent_name.is_empty() { head.siswa_code.clone() } else { format!("{} · orang tua: {}", head.siswa_code, head.parent_name) }
}

fn figure_note(head: &Head, due: Option<&str>) -> String {
    match due {
        Some(due) if head.open_rp() > 0 => format!("Jatuh tempo {due}"),
        _ => String::new(),
    }
}

fn closing(head: &Head) -> String {
    match head.status.as_str() {
        "PAID" => "Terima kasih, Tagihan ini sudah lunas.".into(),
        "ISSUED" | "PARTIALLY_PAID" => format!("Sebutkan nomor {} saat membayar.", head.number),
        _ => String::new(),
    }
}

fn line(line: &Line) -> Value {
    let subject = |subject: &str, level: Option<&str>| level.map_or_else(|| subject.to_owned(), |level| format!("{subject} · {level}"));
    let (what, tutor, duration) = match &line.sesi {
        Some(sesi) if line.kind != "ADJUSTMENT" => {
            (subject(&sesi.subject, sesi.level.as_deref()), sesi.tutor_name.clone(), format!("{} menit", words::count(sesi.duration_minutes)))
        }
        _ => (format!("Penyesuaian {}", line.why.code.as_deref().unwrap_or_default()), String::new(), String::new()),
    };
    json!({
        "day": words::day(line.held_on), "what": what, "why": why(line), "tutor": tutor, "duration": duration, "amount": words::rupiah(line.amount_rp),
    })
}

/// `Dibatalkan siswa 1 jam 30 menit sebelum mulai: 50% dari Rp150.000`
fn why(line: &Line) -> String {
    let told = match (line.kind.as_str(), line.why.lead_time_s) {
        ("SESI", _) => "Sesi selesai".to_owned(),
        ("NO_SHOW", _) => "Siswa tidak hadir".to_owned(),
        ("CANCELLATION", lead) => format!("Dibatalkan siswa{}", before(lead)),
        ("RESCHEDULE", lead) => format!("Dijadwal ulang{}{}", by(&line.why), before(lead)),
        _ => return line.why.reason.clone().unwrap_or_default(),
    };
    match (line.why.changed, line.why.pct, line.why.of_rp) {
        (true, ..) => format!("{told}; jumlahnya disesuaikan"),
        (false, Some(pct), Some(of_rp)) => format!("{told}: {pct}% dari {}", words::rupiah(of_rp)),
        (false, ..) => told,
    }
}

fn by(why: &Why) -> String {
    why.party.as_deref().map(|party| format!(" oleh {}", words::open("choice", party).to_lowercase())).unwrap_or_default()
}

fn before(lead_time_s: Option<i64>) -> String {
    match lead_time_s {
        Some(0) => " setelah waktu mulai".into(),
        Some(lead) => format!(" {} sebelum mulai", words::span(lead)),
        None => String::new(),
    }
}

/// Only what there is; the total and what is left always.
fn sums(head: &Head) -> Vec<[String; 3]> {
    let part = |name: &str, rp: i64| (rp != 0).then(|| [name.to_owned(), words::rupiah(rp), "part".to_owned()]);
    let total = |name: &str, rp: i64| Some([name.to_owned(), words::rupiah(rp), "total".to_owned()]);
    let parts = [
        part("Sesi", head.sesi_rp),
        part("Penyesuaian", head.adjustment_rp),
        total("Total tagihan", head.total_rp),
        part("Nota kredit", -head.credited_rp),
        part("Dikembalikan", head.refunded_rp),
        part("Sudah dibayar", -head.paid_rp),
        part("Dihapusbukukan", -head.written_off_rp),
        total("Sisa", head.open_rp()),
    ];
    parts.into_iter().flatten().collect()
}

fn credit(credit: &Credit) -> Value {
    json!({
        "day": credit.issued_on.map(words::day), "number": credit.number, "reason": credit.reason.as_deref().unwrap_or_default(),
        "amount": words::rupiah(credit.amount_rp),
    })
}

fn payment(payment: &Payment) -> Value {
    let way = if payment.kind == "DEPOSIT" { "Dari Titipan" } else { payment.method.as_deref().map_or("", |method| words::open("choice", method)) };
    json!({
        "day": words::day(payment.paid_on), "number": payment.code, "way": way, "reference": payment.reference.as_deref().unwrap_or_default(),
        "amount": words::rupiah(payment.amount_rp),
    })
}

impl IntoResponse for TagihanPdf {
    fn into_response(self) -> Response {
        self.0
    }
}

impl Gives for TagihanPdf {
    fn describe(sketch: &mut Sketch) {
        describe_file(sketch, "application/pdf");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kind: &str, why_: Why) -> String {
        let held_on = NaiveDate::from_ymd_opt(2026, 7, 2).unwrap();
        why(&Line { number: 1, kind: kind.into(), source_id: Uuid::nil(), sesi: None, held_on, amount_rp: 75_000, credited_rp: 0, voided: false, why: why_ })
    }

    #[test]
    fn every_line_says_why_in_words_that_a_parent_understands() {
        let share = Why { pct: Some(50), of_rp: Some(150_000), lead_time_s: Some(5400), ..Why::default() };
        for (kind, why, text) in [
            ("SESI", Why::default(), "Sesi selesai"),
            ("SESI", Why { changed: true, ..Why::default() }, "Sesi selesai; jumlahnya disesuaikan"),
            ("CANCELLATION", share.clone(), "Dibatalkan siswa 1 jam 30 menit sebelum mulai: 50% dari Rp150.000"),
            ("CANCELLATION", Why { lead_time_s: Some(0), ..share.clone() }, "Dibatalkan siswa setelah waktu mulai: 50% dari Rp150.000"),
            ("NO_SHOW", Why { pct: Some(100), lead_time_s: None, ..share.clone() }, "Siswa tidak hadir: 100% dari Rp150.000"),
            ("RESCHEDULE", Why { party: Some("SISWA".into()), ..share }, "Dijadwal ulang oleh siswa 1 jam 30 menit sebelum mulai: 50% dari Rp150.000"),
            ("ADJUSTMENT", Why { reason: Some("Potongan".into()), ..Why::default() }, "Potongan"),
            ("ADJUSTMENT", Why::default(), ""),
        ] {
            assert_eq!(told(kind, why), text, "{kind}");
        }
    }
}
