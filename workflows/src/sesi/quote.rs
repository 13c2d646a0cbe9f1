//! What approval would say about a sesi that has not been requested yet: price, clashes, warnings.

use super::approval::{Priced, price, prices};
use super::booking::book;
use super::change::{Change, apply};
use super::command::Request;
use super::facts::{self, Keys, Overlap};
use super::rejection::MissingPrice;
use engine::db::Tx;
use engine::plan::Notice;
use engine::policy_store;
use engine::refusal::{Halt, Params, Refusal};
use engine::workflow::{Ctx, Verdict};

/// The answer to "what if?"; says nothing about a request that is wrong in itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Quote {
    pub priced: Option<Priced>,
    pub price_missing: Option<MissingPrice>,
    pub conflicts: Vec<Overlap>,
    pub warnings: Vec<Notice>,
}

/// Looks and computes; writes nothing.
///
/// # Errors
/// Refused when the request itself cannot be booked, with the field.
pub async fn quote(tx: &Tx, request: &Request, ctx: Ctx<'_>) -> Result<Quote, Halt> {
    let booking = facts::booking(tx, Keys::asked(request), false).await?;
    let booked = book(request, &booking).map_err(halt)?;
    let late = booked.starts_at < ctx.now;
    let requested = Change::Requested { id: ctx.id, code: String::new(), booked, requested_by: ctx.actor.id, rescheduled_from_id: None, at: ctx.now };
    let sesi = apply(None, &requested)?;
    let market = facts::market(tx, &sesi, &booking, ctx.now).await?;
    let (priced, price_missing) = match prices(&sesi, &booking, &market) {
        Err(missing) => (None, Some(*missing)),
        Ok((student, tutor)) => {
            let version = market.policies.get("pricing").copied().unwrap_or_default();
            policy_store::ensure(tx, ctx.policies, "pricing", version).await?;
            let (priced, _) = price(ctx, version, &sesi, student.amount_rp, tutor.amount_rp).map_err(halt)?;
            (Some(priced), None)
        }
    };
    let notice = |code: &str| Notice { code: code.into(), params: Params::new() };
    let warnings = [(late, "starts_in_past"), (!market.inside_slots, "outside_slots")];
    let warnings = warnings.into_iter().filter(|(so, _)| *so).map(|(_, code)| notice(code)).collect();
    Ok(Quote { priced, price_missing, conflicts: market.overlaps, warnings })
}

fn halt(verdict: Verdict<super::rejection::Rejection>) -> Halt {
    match verdict {
        Verdict::Rejected(rejection) => Halt::Refused(Refusal::Rejected(rejection.into())),
        Verdict::Failed(failure) => Halt::Failed(failure),
    }
}
