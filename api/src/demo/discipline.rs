//! As the story ends, HR has confirmed the oldest final warnings: their tutors are suspended, with sesi to be moved. The rest
//! of what had lain for long is dismissed; the newest proposals and every termination wait.

use super::Cast;
use anyhow::{Context, Result};
use engine::db;
use engine::execute::{Engine, Request, Target};
use engine::plan::AnyCommand;
use engine::refusal::Halt;
use uuid::Uuid;

/// Two at most are enough to see a list; the newest waits in the inbox, also when there are hardly any.
const CONFIRMED: &str = "SELECT s.id FROM strike s WHERE s.proposed = 'FINAL_WARNING' AND s.decision IS NULL AND s.status = 'LIVE' AND NOT EXISTS \
    (SELECT 1 FROM strike k WHERE k.tutor_id = s.tutor_id AND k.proposed = 'TERMINATION') ORDER BY s.at DESC, s.id DESC LIMIT 2 OFFSET 1";

/// All but the newest five.
const DISMISSED: &str =
    "SELECT id FROM strike WHERE proposed = 'FINAL_WARNING' AND decision IS NULL AND status = 'LIVE' ORDER BY at DESC, id DESC LIMIT 500 OFFSET 5";

pub async fn confirm(engine: &Engine, cast: &Cast) -> Result<()> {
    decide(engine, cast, (CONFIRMED, "confirm_sanction", "Dua kali dalam tiga bulan; sudah dibicarakan dengan tutor")).await?;
    decide(engine, cast, (DISMISSED, "dismiss_sanction", "Sudah ditegur lisan dan tidak terulang")).await
}

async fn decide(engine: &Engine, cast: &Cast, (which, name, reason): (&str, &str, &str)) -> Result<()> {
    for row in db::rows(engine.db.reader(), which, vec![]).await? {
        let strike: Uuid = row.try_get("", "id")?;
        let command = AnyCommand::new(name).because(reason);
        let done = engine.execute(&Request::new("strike", Target::Existing(strike), command, cast.approver.clone())).await;
        match done {
            // One who is suspended already stays so.
            Ok(_) | Err(Halt::Refused(_)) => {}
            Err(Halt::Failed(failure)) => return Err(failure).context("a final warning of the demo"),
        }
    }
    Ok(())
}
