//! A case file in words, as the template sets it.

use super::proof::{Node, RecordView, SealView};
use super::{Booking, Casefile, Event, Evidence, PROOF_FILE, Ruling};
use crate::view::outcome::Amount;
use crate::view::told::Told;
use crate::words;
use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};
use std::collections::HashMap;
use uuid::Uuid;
use workflows::notification::COMPANY;

/// What `casefile.typ` reads as `/data.json`.
pub(super) fn data(file: &Casefile, made_by: &str, now: DateTime<Utc>) -> Value {
    let zone: Tz = file.zone.parse().unwrap_or(Tz::Asia__Jakarta);
    let today = now.with_timezone(&zone).date_naive();
    let entries: HashMap<Uuid, &Booking> = file.entries.iter().filter_map(|booking| Some((booking.entry.id?, booking))).collect();
    json!({
        "company": COMPANY,
        "title": format!("Berkas perkara {}", file.code),
        "kind": words::open("entity", &file.workflow),
        "code": file.code,
        "state": state(&file.workflow, &file.state),
        "date": [today.year(), today.month(), today.day()],
        "made_at": words::instant(now, zone),
        "made_by": made_by,
        "zone": words::zone(zone),
        "summary": summary(file, zone),
        "left_out": file.left_out,
        "cases": file.cases.iter().map(|case| json!({
            "kind": words::open("entity", &case.workflow), "code": case.code, "state": state(&case.workflow, &case.state),
            "since": words::date(case.created_at.with_timezone(&zone).date_naive()),
        })).collect::<Vec<_>>(),
        "timeline": file.timeline.iter().map(|event| happened(event, zone)).collect::<Vec<_>>(),
        "decisions": file.decisions.iter().map(|ruling| decided(ruling, zone)).collect::<Vec<_>>(),
        "evidence": file.evidence.iter().map(|document| document_line(document, zone)).collect::<Vec<_>>(),
        "entries": file.entries.iter().map(|booking| booked(booking, &entries)).collect::<Vec<_>>(),
        "proof": {
            "file": PROOF_FILE,
            "unsealed": file.proof.unsealed,
            "seals": file.proof.seals.iter().map(|seal| seal_line(seal, zone)).collect::<Vec<_>>(),
            "records": file.proof.records.iter().map(|record| record_line(record, zone)).collect::<Vec<_>>(),
        },
    })
}

fn state(workflow: &str, state: &str) -> String {
    words::open(&format!("state.{workflow}"), state).to_owned()
}

fn summary(file: &Casefile, zone: Tz) -> Vec<[String; 2]> {
    let mut pairs = vec![];
    if let Some(tutor) = &file.tutor {
        pairs.push(["Tutor".into(), format!("{} ({})", tutor.name, tutor.code)]);
    }
    for lesson in &file.sesi {
        let mode = words::open("choice", &lesson.mode);
        let told = format!("{}, {}, {}, {mode}", lesson.code, lesson.subject, words::instant(lesson.starts_at, zone));
        pairs.push(["Sesi".into(), format!("{told}; siswa {}, tutor {}", lesson.siswa_code, lesson.tutor.name)]);
        if let Some(rp) = lesson.honorarium_rp {
            pairs.push([words::open("explain", "frozen_honorarium").into(), words::rupiah(rp)]);
        }
    }
    pairs
}

fn told(told: Option<&Told>) -> Option<&str> {
    told.map(|told| told.text().unwrap_or(words::open("app", "erased")))
}

/// What was done, in the words of the UI: its event, else the command, else the code.
fn deed(kind: &str, verb: &str) -> String {
    let keys = [format!("event.{kind}.{verb}"), format!("audit_action.{kind}.{verb}"), format!("command.{kind}.{verb}")];
    if let Some(text) = keys.iter().find_map(|key| words::text(key)) {
        return text.to_owned();
    }
    match verb.strip_suffix(".refused") {
        Some(command) => format!("{}: permintaan ditolak sistem", deed(kind, command)),
        None => format!("{} · {verb}", words::open("entity", kind)),
    }
}

fn happened(event: &Event, zone: Tz) -> Value {
    let kind = &event.entity_type;
    let led = event.to.as_ref().filter(|to| event.from.as_ref() != Some(to)).map(|to| match &event.from {
        Some(from) => format!("{} → {}", state(kind, from), state(kind, to)),
        None => state(kind, to),
    });
    let name = |amount: &Amount| words::open("amount", &amount.key).to_owned();
    let figure = |amount: &Amount| amount.rp.map(words::rupiah).or_else(|| amount.count.map(words::count)).unwrap_or_default();
    json!({
        "at": words::instant(event.at, zone),
        "code": told(event.entity_code.as_ref()).unwrap_or_default(),
        "event": deed(kind, &event.verb),
        "states": led,
        "actor": if event.actor.kind == "SYSTEM" { words::open("timeline", "system") } else { told(Some(&event.actor.name)).unwrap_or_default() },
        "on_behalf_of": told(event.on_behalf_of.as_ref()),
        "reason": told(event.reason.as_ref()),
        "changes": event.said.iter().map(|said| json!({
            "name": field(&said.field), "value": words::value(&said.field, &said.value, zone),
        })).collect::<Vec<_>>(),
        "amounts": event.amounts.iter().map(|amount| json!({ "name": name(amount), "value": figure(amount) })).collect::<Vec<_>>(),
    })
}

fn field(way: &str) -> String {
    way.split('.').map(|name| words::open("field", name)).collect::<Vec<_>>().join(" · ")
}

fn decided(ruling: &Ruling, zone: Tz) -> Value {
    let decision = &ruling.decision;
    let pairs = |of: &Value| -> Vec<[String; 2]> {
        let fields = of.as_object().into_iter().flatten();
        fields.map(|(name, value)| [words::open("field", name).to_owned(), words::value(name, value, zone)]).collect()
    };
    json!({
        "at": words::instant(ruling.at, zone), "code": ruling.case_code, "policy": words::open("policy_kind", &decision.kind),
        "version": decision.version, "sha256": decision.sha256,
        "since": ruling.effective_from.map(|since| words::instant(since, zone)),
        "input": pairs(&decision.input), "output": pairs(&decision.output),
        "trace": decision.trace.iter().filter_map(|step| traced(step, zone)).collect::<Vec<_>>(),
    })
}

/// One step of a decision; rules that did not apply are left out.
fn traced(step: &Value, zone: Tz) -> Option<String> {
    if let Some(rule) = step["rule"].as_str() {
        let detail = &step["detail"];
        let value = if detail.is_object() { String::new() } else { words::value("", detail, zone) };
        return (step["matched"] == true).then(|| format!("✓ {}", words::open("rule", rule).replace("{value}", &value)));
    }
    if let Some(note) = step["note"].as_str() {
        return Some(format!("{}: {}", words::open("field", note), words::value(note, &step["value"], zone)));
    }
    let figure = |name: &str| words::rupiah(step[name].as_i64().unwrap_or_default());
    let rounded = if step["remainder"].as_i64().unwrap_or_default() == 0 {
        words::open("trace", "exact")
    } else {
        words::open("rounding", step["rounding"].as_str().unwrap_or_default())
    };
    step["pct"].as_i64().map(|pct| format!("= {pct}% × {} = {} ({rounded})", figure("of_rp"), figure("result_rp")))
}

fn document_line(document: &Evidence, zone: Tz) -> Value {
    json!({
        "name": document.name, "content_type": document.content_type, "size": format!("{} bita", words::count(document.size)), "sha256": document.sha256,
        "by": document.by, "at": words::instant(document.at, zone), "code": document.case_code,
    })
}

fn booked(booking: &Booking, entries: &HashMap<Uuid, &Booking>) -> Value {
    let entry = &booking.entry;
    let side = |rp: i64| if rp == 0 { String::new() } else { words::rupiah(rp) };
    let reversed = booking.reverses_id.map(|id| match entries.get(&id) {
        Some(other) => format!("{} {}", words::open("entry", &other.entry.kind), words::date(other.entry.posted_on)),
        None => format!("…{}", &id.simple().to_string()[24..]),
    });
    json!({
        "kind": words::open("entry", &entry.kind), "code": booking.case_code, "reverses": reversed,
        "occurred_on": words::date(entry.occurred_on), "posted_on": words::date(entry.posted_on),
        "lines": entry.lines.iter().map(|line| json!({
            "account": line.account, "name": line.account_name, "debit": side(line.debit_rp), "credit": side(line.credit_rp),
        })).collect::<Vec<_>>(),
    })
}

fn seal_line(seal: &SealView, zone: Tz) -> Value {
    json!({ "position": seal.position, "rows": seal.row_count, "root": seal.root, "hash": seal.hash, "sealed_at": words::instant(seal.sealed_at, zone) })
}

fn record_line(record: &RecordView, zone: Tz) -> Value {
    let (kind, verb) = record.action.split_once('.').unwrap_or((&record.action, ""));
    let node = |node: &Node| json!({ "side": if node.side == "left" { "K" } else { "N" }, "hash": node.hash });
    json!({
        "at": record.at.map(|at| words::instant(at, zone)), "action": deed(kind, verb), "code": record.entity_code,
        "seal": record.seal, "place": record.place, "leaf": record.hash, "path": record.path.iter().map(node).collect::<Vec<_>>(),
    })
}
