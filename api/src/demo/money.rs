//! Money of the demo company: each month is billed on the third of the next, mostly paid, corrected here and there, and closed
//! with signatures. The last one lies ready to be closed, with something in the way; a bank statement waits to be matched.

mod bank;
mod closing;
mod collecting;
mod paying;

use super::scene::Playing;
use anyhow::Result;
use chrono::{DateTime, Datelike, Months, NaiveDate, TimeDelta, Utc};
use chrono_tz::Asia::Jakarta;
use engine::actor::Actor;
use engine::execute::Target;
use engine::id::new_id;
use engine::view::Outcome;
use serde_json::{Value, json};
use uuid::Uuid;
use workflows::changes::Written;
use workflows::records::config::{SETTINGS, change};

/// The first day of a month.
pub type Month = NaiveDate;

/// What is done, mostly about a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// This company bills on the third: by then the last lessons of a month are validated.
    ChooseDay,
    Adjust(Month),
    Bill(Month),
    /// Some siswa pay at once, some when it is due, some late.
    Collect(Month, Wave),
    PayTutors(Month),
    RemitPph(Month),
    Credit(Month),
    /// What has come up since is billed, then the month is closed.
    Close(Month),
    /// The last month as it is when the story ends.
    LeaveOpen(Month),
    ImportStatement(Month),
    AskWriteOff(Month),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wave {
    AtOnce,
    Soon,
    WhenDue,
    Late,
    AtLast,
}

/// The day of the next month on which each wave pays.
const WAVES: [(Wave, i64); 5] = [(Wave::AtOnce, 4), (Wave::Soon, 9), (Wave::WhenDue, 16), (Wave::Late, 24), (Wave::AtLast, 36)];
/// The further a month lies back, the less is open of it; this many months are never quite paid, so that there is something of every age.
const BEFORE: u32 = 4;

/// The month in which money begins, so that something is overdue for more than ninety days when the story ends.
pub fn first_month(now: DateTime<Utc>) -> Option<Month> {
    let today = now.with_timezone(&Jakarta).date_naive();
    let back = if today.day() > 15 { BEFORE } else { BEFORE + 1 };
    today.with_day(1)?.checked_sub_months(Months::new(back))
}

/// Everything there is to do, at its instant.
pub fn agenda(begin: DateTime<Utc>, now: DateTime<Utc>) -> Vec<(DateTime<Utc>, Step)> {
    let (Some(first), Some(present)) = (month_of(begin), month_of(now)) else { return vec![] };
    let mut steps = vec![(begin + TimeDelta::minutes(1), Step::ChooseDay)];
    let months: Vec<Month> = first.iter_days().take_while(|day| *day < present).filter(|day| day.day() == 1).collect();
    let Some((last, closed)) = months.split_last() else { return vec![] };
    for month in &months {
        let next = |day: i64, hour: i64| at(next_month(*month), day, hour);
        steps.extend([(at(*month, 25, 15), Step::Adjust(*month)), (next(3, 7), Step::Bill(*month))]);
        steps.extend(WAVES.iter().map(|(wave, day)| (next(*day, 10), Step::Collect(*month, *wave))));
    }
    for month in closed {
        let next = |day: i64, hour: i64| at(next_month(*month), day, hour);
        steps.extend([(next(5, 14), Step::PayTutors(*month)), (next(20, 9), Step::Close(*month)), (next(41, 9), Step::RemitPph(*month))]);
    }
    if let Some(month) = closed.last() {
        steps.extend([(at(next_month(*month), 18, 10), Step::Credit(*month)), (now - TimeDelta::hours(30), Step::AskWriteOff(*month))]);
    }
    steps.extend([(now - TimeDelta::hours(28), Step::LeaveOpen(*last)), (now - TimeDelta::hours(26), Step::ImportStatement(*last))]);
    steps.retain(|(at, _)| *at > begin && *at < now);
    steps
}

/// Does what a step says; what the business refuses stays as it was.
pub async fn play(playing: &mut Playing<'_>, step: Step) -> Result<()> {
    match step {
        Step::ChooseDay => choose_day(playing).await,
        Step::Adjust(month) => paying::adjust(playing, month).await,
        Step::Bill(month) => closing::bill(playing, month).await,
        Step::Collect(month, wave) => collecting::collect(playing, month, wave).await,
        Step::PayTutors(month) => paying::pay_tutors(playing, month).await,
        Step::RemitPph(month) => paying::remit_pph(playing, month).await,
        Step::Credit(month) => collecting::credit(playing, month).await,
        Step::Close(month) => closing::close(playing, month).await,
        Step::LeaveOpen(month) => closing::leave_open(playing, month).await,
        Step::ImportStatement(month) => bank::import(playing, month).await,
        Step::AskWriteOff(month) => collecting::ask_write_off(playing, month).await,
    }
}

async fn choose_day(playing: &Playing<'_>) -> Result<()> {
    let Some(setting) = SETTINGS.iter().find(|setting| setting.key == "billing.day") else { return Ok(()) };
    let reason = Some("Sesi akhir bulan baru selesai divalidasi tanggal 2");
    let by = Written { actor: &playing.stage.cast.approver, at: playing.engine.clock.now(), reason };
    change::change(&playing.engine.db, setting, 3, None, &by).await.map_err(|_| anyhow::anyhow!("the day of billing cannot be chosen"))
}

impl Playing<'_> {
    /// A command of finance that begins something.
    async fn opens(&mut self, workflow: &str, (name, body): (&str, Value), reason: &str) -> Result<Option<Outcome>> {
        let target = Target::New(new_id(self.engine.clock.now()));
        let by = self.stage.cast.finance.clone();
        self.say(&by, (workflow, target), (name, body), reason).await
    }

    /// A command to something there is.
    async fn tells(&mut self, by: &Actor, (workflow, id): (&str, Uuid), (name, body): (&str, Value), reason: &str) -> Result<Option<Outcome>> {
        self.say(by, (workflow, Target::Existing(id)), (name, body), reason).await
    }

    async fn work(&self) -> Result<()> {
        worker::drain(self.engine, worker::handlers(self.stage.deps)).await?;
        Ok(())
    }

    /// Today in Jakarta, as forms write it.
    fn today(&self) -> String {
        self.engine.clock.now().with_timezone(&Jakarta).date_naive().to_string()
    }
}

/// How money moves in this company.
fn transfer(playing: &Playing<'_>, reference: &str) -> Value {
    json!({ "paid_on": playing.today(), "method": "TRANSFER", "reference": reference })
}

/// `2026-11`.
fn name(month: Month) -> String {
    month.format("%Y-%m").to_string()
}

fn month_of(instant: DateTime<Utc>) -> Option<Month> {
    instant.with_timezone(&Jakarta).date_naive().with_day(1)
}

fn next_month(month: Month) -> Month {
    month.checked_add_months(Months::new(1)).unwrap_or(month)
}

/// An hour of a day of a month, in Jakarta; the 32nd is in the next.
fn at(month: Month, day: i64, hour: i64) -> DateTime<Utc> {
    month.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::days(day - 1) + TimeDelta::hours(hour - 7)
}
