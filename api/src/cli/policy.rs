//! `alur policy list|eval|test|backtest`: the versions in the database, or the embedded ones where there is none.

mod backtest;
mod error;
mod versions;

use super::output::{Finished, Output};
use crate::config::Config;
use clap::Subcommand;
use engine::clock::Clock;
use engine::policy::{self, PolicyDecision, PolicySource};
use error::EvalError;
use serde::Serialize;
use serde_json::{Value, json};
use std::io::Read;
use std::sync::Arc;
use versions::Version;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the policies with the version in force.
    List,
    /// Decide by a policy and say how.
    Eval {
        /// The policy, e.g. `cancellation.tutor`.
        kind: String,
        /// The input as JSON, or `-` to read it from standard input.
        #[arg(long, allow_hyphen_values = true)]
        input: String,
        /// A version's number; the one in force unless given.
        #[arg(long)]
        version: Option<i64>,
    },
    /// Run the golden cases.
    Test {
        /// Only this policy.
        kind: Option<String>,
        /// Only the version with this number.
        #[arg(long)]
        version: Option<i64>,
    },
    /// Decide past decisions again by a draft, and say what would change.
    Backtest(backtest::Arguments),
}

/// The most a script may be told, in bytes.
const MAX_INPUT: u64 = 1024 * 1024;

pub async fn run(config: &Config, clock: Arc<dyn Clock>, command: Command, output: Output) -> anyhow::Result<Finished> {
    let versions = versions::all(config, clock.now()).await?;
    match command {
        Command::List => list(&versions, output),
        Command::Test { kind, version } => test(&versions, (kind.as_deref(), version), output),
        Command::Backtest(arguments) => backtest::run(config, &versions, &arguments, output).await,
        Command::Eval { kind, input, version } => match evaluate(&versions, &kind, version, &input) {
            Ok(decision) => {
                show(&decision, output)?;
                Ok(Finished::Well)
            }
            Err(error) => {
                output.error(error.to_json());
                Ok(Finished::WithFindings)
            }
        },
    }
}

fn list(versions: &[Version], output: Output) -> anyhow::Result<Finished> {
    output.value(&versions)?;
    for version in versions {
        let mark = if version.in_force { "in force" } else { version.state.as_str() };
        output.text(format!("{:<20} v{:<3} {mark:<10} {}  {}", version.kind, version.number, &version.sha256[..12.min(version.sha256.len())], version.reason));
    }
    Ok(Finished::Well)
}

fn evaluate(versions: &[Version], kind: &str, number: Option<i64>, input: &str) -> Result<PolicyDecision, EvalError> {
    let input: Value = serde_json::from_str(&read(input)?).map_err(|error| EvalError::input(&error))?;
    let mut of_kind = versions.iter().filter(|version| version.kind == kind).peekable();
    if of_kind.peek().is_none() {
        return Err(EvalError::unknown_kind(kind, versions));
    }
    let wanted = match number {
        Some(number) => of_kind.find(|version| version.number == number),
        None => of_kind.find(|version| version.in_force),
    };
    let version = wanted.ok_or_else(|| EvalError::no_version(kind, number))?;
    Ok(policy::evaluate(&policy::compile(&version.source())?, &input)?)
}

fn read(input: &str) -> Result<String, EvalError> {
    if input != "-" {
        return Ok(input.to_owned());
    }
    let mut text = String::new();
    std::io::stdin().take(MAX_INPUT).read_to_string(&mut text).map_err(|error| EvalError::unreadable(&error))?;
    Ok(text)
}

fn show(decision: &PolicyDecision, output: Output) -> anyhow::Result<()> {
    output.value(&json!({ "output": decision.output, "trace": decision.trace, "version": decision.version, "sha256": decision.sha256 }))?;
    output.text(serde_json::to_string_pretty(&decision.output)?);
    for step in &decision.trace {
        output.text(format!("  {}", serde_json::to_string(step)?));
    }
    output.text(format!("{} v{} {}", decision.kind, decision.version, decision.sha256));
    Ok(())
}

/// How the cases of a version went.
#[derive(Debug, Serialize)]
struct Tested {
    kind: String,
    number: i64,
    results: Vec<policy::CaseResult>,
}

fn test(versions: &[Version], (kind, number): (Option<&str>, Option<i64>), output: Output) -> anyhow::Result<Finished> {
    let chosen = versions.iter().filter(|version| kind.is_none_or(|kind| version.kind == kind) && number.is_none_or(|number| version.number == number));
    let mut tested = vec![];
    for version in chosen {
        let compiled = policy::compile(&version.source())?;
        tested.push(Tested { kind: version.kind.clone(), number: version.number, results: policy::run_cases(&compiled, &version.cases()?) });
    }
    anyhow::ensure!(!tested.is_empty(), "there is no such policy version");
    output.value(&tested)?;
    let mut failed = vec![];
    for version in &tested {
        let of_version: Vec<_> = version.results.iter().filter(|result| !result.passed).collect();
        output.text(format!("{} v{}: {} cases, {} failed", version.kind, version.number, version.results.len(), of_version.len()));
        for result in of_version {
            let got = result.error.clone().or_else(|| result.got.as_ref().map(Value::to_string)).unwrap_or_default();
            output.text(format!("  {}: expected {}, got {got}", result.name, result.expected));
            failed.push(result);
        }
    }
    Ok(Finished::without(&failed))
}

impl Version {
    fn source(&self) -> PolicySource {
        PolicySource { kind: self.kind.clone(), number: self.number, script: self.script.clone(), params: self.params.clone() }
    }

    fn cases(&self) -> anyhow::Result<Vec<policy::Case>> {
        Ok(serde_json::from_value(self.tests.clone())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn embedded() -> Vec<Version> {
        versions::embedded(chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap()).unwrap()
    }

    #[test]
    fn a_tutor_who_cancels_exactly_four_hours_before_pays_a_quarter() {
        let input = r#"{"lead_time_s":14400,"honorarium_rp":90000,"tagihan_rp":150000}"#;
        let decision = evaluate(&embedded(), "cancellation.tutor", None, input).unwrap();
        assert_eq!(decision.output["denda_rp"], 22_500);
        assert!(!decision.trace.is_empty() && decision.sha256.len() == 64);
    }

    #[test]
    fn what_cannot_be_evaluated_says_where_and_why() {
        for (kind, number, input, code) in [
            ("pricing", None, "{", "bad_input"),
            ("prices", None, "{}", "not_found"),
            ("pricing", Some(99), "{}", "not_found"),
            ("pricing", None, "[]", "input"),
        ] {
            let error = evaluate(&embedded(), kind, number, input).unwrap_err().to_json();
            assert_eq!(error["code"], code, "{error}");
            assert!(error["message"].as_str().unwrap().len() > 5);
        }
    }
}
