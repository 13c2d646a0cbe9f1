//! `alur policy backtest KIND --draft FILE --from DATE --to DATE`: what a draft would have changed (SPEC POL-7).

use super::versions::Version;
use crate::app;
use crate::cli::output::{Finished, Output};
use crate::config::Config;
use crate::office_day::begins;
use anyhow::{Context, ensure};
use chrono::{Days, NaiveDate};
use chrono_tz::Asia::Jakarta;
use clap::Args;
use engine::backtest::{self, Asked, Difference, Report};
use engine::money::Rupiah;
use engine::policy::{self, CompiledPolicy, PolicySource};
use serde::Deserialize;
use serde_json::Value;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub struct Arguments {
    /// The policy, e.g. `cancellation.tutor`.
    kind: String,
    /// A script (`.rhai`), or JSON with `script`, `params` or both; what it leaves out is as in force now.
    #[arg(long)]
    draft: PathBuf,
    /// The first day, e.g. 2026-10-01, in WIB.
    #[arg(long)]
    from: NaiveDate,
    /// The last day.
    #[arg(long)]
    to: NaiveDate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DraftFile {
    script: Option<String>,
    params: Option<Value>,
}

pub async fn run(config: &Config, versions: &[Version], arguments: &Arguments, output: Output) -> anyhow::Result<Finished> {
    let Arguments { kind, draft, from, to } = arguments;
    ensure!(from <= to, "--from {from} lies after --to {to}");
    let base = versions.iter().find(|version| version.kind == *kind && version.in_force);
    let base = base.with_context(|| format!("no version of {kind} is in force; `alur policy list` shows the policies"))?;
    let draft = read(draft, base)?;
    let end = to.checked_add_days(Days::new(1)).context("--to is too late")?;
    let db = app::connect(config).await?;
    let asked = Asked { kind: kind.clone(), from: begins(*from, Jakarta), until: begins(end, Jakarta) };
    let report = backtest::run(db.reader(), &draft, workflows::backtest::parties::of(kind), &asked).await?;
    output.value(&report)?;
    show(&report, output);
    Ok(Finished::Well)
}

/// How many differences are printed; `--json` names more.
const MOST_SHOWN: usize = 20;

fn read(path: &Path, base: &Version) -> anyhow::Result<CompiledPolicy> {
    let text = std::fs::read_to_string(path).with_context(|| {
        format!(
            "cannot read the draft {}: give --draft a script (.rhai) or JSON with `script`, `params` or both; `{{}}` is the version in force",
            path.display()
        )
    })?;
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let draft = match is_json {
        true => serde_json::from_str(&text).with_context(|| format!("{} is not a draft: JSON with `script`, `params` or both", path.display()))?,
        false => DraftFile { script: Some(text), params: None },
    };
    let source = PolicySource {
        kind: base.kind.clone(),
        number: base.number + 1,
        script: draft.script.unwrap_or_else(|| base.script.clone()),
        params: draft.params.unwrap_or_else(|| base.params.clone()),
    };
    policy::compile(&source).with_context(|| format!("the draft in {} does not compile", path.display()))
}

fn show(report: &Report, output: Output) {
    output.text(format!("{} decisions, {} would change, {} the draft cannot decide", report.decisions, report.changed, report.failed));
    for (field, rp) in &report.delta_rp {
        output.text(format!("  {field:<20} {:>20}", signed(*rp)));
    }
    for (field, count) in &report.delta {
        output.text(format!("  {field:<20} {:>20}", if *count == 0 { "0".to_owned() } else { format!("{count:+}") }));
    }
    for (party, moved) in &report.measures {
        output.text(format!("  {party:<20} {:>20}  ({} more, {} less)", signed(moved.delta_rp()), moved.more, moved.less));
    }
    for one in report.biggest.iter().take(MOST_SHOWN) {
        output.text(format!("{}  {:>16}  {}", one.code, Rupiah(one.moved_rp).to_string(), fields_that_change(one)));
    }
    for one in &report.failures {
        output.text(format!("{}  {}", one.code, one.error.as_deref().unwrap_or_default()));
    }
}

fn signed(rp: i64) -> String {
    if rp > 0 { format!("+{}", Rupiah(rp)) } else { Rupiah(rp).to_string() }
}

/// `denda_pct 25 → 10, denda_rp 22500 → 9000`
fn fields_that_change(one: &Difference) -> String {
    let draft = one.draft.as_ref().and_then(Value::as_object);
    let fields = draft.into_iter().flatten().filter(|(name, value)| one.recorded.get(name.as_str()) != Some(value));
    fields.map(|(name, value)| format!("{name} {} → {value}", one.recorded.get(name).unwrap_or(&Value::Null))).collect::<Vec<_>>().join(", ")
}
