//! As the story ends, HR has confirmed the oldest final warnings: their tutors are suspended, with sesi to be moved.

use super::Cast;
use anyhow::{Context, Result};
use engine::db;
use engine::execute::{Engine, Request, Target};
use engine::plan::AnyCommand;
use engine::refusal::Halt;
use uuid::Uuid;

/// Two are enough to see a list; the other proposals wait in the inbox.
const CONFIRMED: &str = "SELECT id FROM strike WHERE proposed = 'FINAL_WARNING' AND decision IS NULL AND status = 'LIVE' ORDER BY at, id LIMIT 2";

pub async fn confirm(engine: &Engine, cast: &Cast) -> Result<()> {
    for row in db::rows(engine.db.reader(), CONFIRMED, vec![]).await? {
        let strike: Uuid = row.try_get("", "id")?;
        let command = AnyCommand::new("confirm_sanction").because("Dua kali dalam tiga bulan; sudah dibicarakan dengan tutor");
        let done = engine.execute(&Request::new("strike", Target::Existing(strike), command, cast.approver.clone())).await;
        match done {
            // One who is suspended already stays so.
            Ok(_) | Err(Halt::Refused(_)) => {}
            Err(Halt::Failed(failure)) => return Err(failure).context("a final warning of the demo"),
        }
    }
    Ok(())
}
