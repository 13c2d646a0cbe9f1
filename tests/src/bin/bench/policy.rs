//! Policy evaluations per second on one core, scripts compiled once.

use engine::policy::{PolicySource, compile, evaluate, evaluate_output};
use serde_json::{Value, json};
use std::time::Instant;

const EVALUATIONS: i64 = 500_000;

pub fn measure() -> Value {
    let seed = policies::seed().iter().find(|version| version.kind == "cancellation.tutor").expect("the policy");
    let params = serde_json::from_str(seed.params).expect("its parameters");
    let policy = compile(&PolicySource { kind: seed.kind.into(), number: 1, script: seed.script.into(), params }).expect("it compiles");
    let input = |n: i64| json!({ "lead_time_s": n % 20_000, "honorarium_rp": 90_000 + n % 7, "tagihan_rp": 150_000 });
    let began = Instant::now();
    for n in 0..EVALUATIONS {
        std::hint::black_box(evaluate_output(&policy, &input(n)).expect("an output"));
    }
    let output_only = EVALUATIONS as f64 / began.elapsed().as_secs_f64();
    let began = Instant::now();
    for n in 0..EVALUATIONS {
        std::hint::black_box(evaluate(&policy, &input(n)).expect("a decision"));
    }
    let explained = EVALUATIONS as f64 / began.elapsed().as_secs_f64();
    json!({ "per_second": output_only.round(), "explained_per_second": explained.round() })
}
