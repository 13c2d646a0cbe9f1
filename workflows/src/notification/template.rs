//! The texts there are: for whom, with which placeholders, and how they read on a fresh database.
//!
//! Code knows the list; the words are edited at run time, each edit a new version (NotificationTemplate).

use super::log::{Locale, RecipientKind};
use super::markup::{self, Fault};
use chrono::{DateTime, Utc};
use engine::db;
use engine::id::new_id;
use engine::refusal::Failure;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// Who the seeded versions say wrote them.
const AUTHOR: &str = "Alur";

/// A text somebody may be sent.
#[derive(Debug)]
pub struct Template {
    pub code: &'static str,
    pub recipient: RecipientKind,
    /// Whether people may do without it; what somebody asked for themselves is always sent.
    pub may_be_declined: bool,
    /// Whether people may send it; others belong to something that the program has done.
    pub by_hand: bool,
    pub placeholders: &'static [Placeholder],
    /// `Subject: …`, an empty line, the body; in the order of [`Locale::ALL`].
    defaults: [&'static str; 2],
}

/// `{{name}}` in a text, with what a preview puts there.
#[derive(Debug)]
pub struct Placeholder {
    pub name: &'static str,
    pub sample: &'static str,
}

const fn placeholder(name: &'static str, sample: &'static str) -> Placeholder {
    Placeholder { name, sample }
}

const NAME: Placeholder = placeholder("name", "Rina Wijaya");
const COMPANY: Placeholder = placeholder("company", super::COMPANY);
const SESI: Placeholder = placeholder("sesi", "SES-2026-000123");
const HELD_AT: Placeholder = placeholder("held_at", "21-11-2026 10.00 WIB");
const STRIKE: Placeholder = placeholder("strike", "STR-2026-000007");
const DECAYS_AT: Placeholder = placeholder("decays_at", "19-02-2027 10.00 WIB");
/// What a text about a strike may say, read from the strike it refers to.
const ABOUT_STRIKE: &[Placeholder] = &[NAME, COMPANY, SESI, HELD_AT, STRIKE, DECAYS_AT];

const TAGIHAN: Placeholder = placeholder("tagihan", "TAG-2026-07-00042");
/// What a text about a Tagihan may say.
const ABOUT_TAGIHAN: &[Placeholder] = &[
    NAME,
    COMPANY,
    TAGIHAN,
    placeholder("parent", "Hendra Lestari"),
    placeholder("month", "Juli 2026"),
    placeholder("total", "Rp537.500"),
    placeholder("open", "Rp312.500"),
    placeholder("due_on", "15 Agustus 2026"),
    placeholder("today", "9 Agustus 2026"),
];

/// Every text, in alphabetical order.
pub static TEMPLATES: [Template; 9] = [
    Template {
        code: "password_reset",
        recipient: RecipientKind::User,
        may_be_declined: false,
        by_hand: false,
        placeholders: &[NAME, COMPANY, placeholder("reset_link", "https://alur.example/reset#contoh"), placeholder("valid_until", "21-11-2026 10.00 WIB")],
        defaults: [include_str!("texts/password_reset.id.txt"), include_str!("texts/password_reset.en.txt")],
    },
    Template {
        code: "reminder_completion",
        recipient: RecipientKind::Tutor,
        may_be_declined: true,
        by_hand: false,
        placeholders: &[NAME, COMPANY, placeholder("days", "30"), placeholder("planned", "12"), placeholder("held", "8"), placeholder("unreported", "4")],
        defaults: [include_str!("texts/reminder_completion.id.txt"), include_str!("texts/reminder_completion.en.txt")],
    },
    Template {
        code: "reminder_payment",
        recipient: RecipientKind::Siswa,
        may_be_declined: true,
        by_hand: false,
        placeholders: &[
            NAME,
            COMPANY,
            placeholder("parent", "Ibu Sari"),
            placeholder("amount", "Rp1.250.000"),
            placeholder("documents", "TAG-2026-10-00042"),
            placeholder("due_on", "15-11-2026"),
        ],
        defaults: [include_str!("texts/reminder_payment.id.txt"), include_str!("texts/reminder_payment.en.txt")],
    },
    Template {
        code: "strike_final_warning",
        recipient: RecipientKind::Tutor,
        may_be_declined: false,
        by_hand: false,
        placeholders: ABOUT_STRIKE,
        defaults: [include_str!("texts/strike_final_warning.id.txt"), include_str!("texts/strike_final_warning.en.txt")],
    },
    Template {
        code: "strike_warning",
        recipient: RecipientKind::Tutor,
        may_be_declined: false,
        by_hand: false,
        placeholders: ABOUT_STRIKE,
        defaults: [include_str!("texts/strike_warning.id.txt"), include_str!("texts/strike_warning.en.txt")],
    },
    Template {
        code: "tagihan",
        recipient: RecipientKind::Siswa,
        may_be_declined: false,
        by_hand: false,
        placeholders: ABOUT_TAGIHAN,
        defaults: [include_str!("texts/tagihan.id.txt"), include_str!("texts/tagihan.en.txt")],
    },
    Template {
        code: "welcome_siswa",
        recipient: RecipientKind::Siswa,
        may_be_declined: true,
        by_hand: true,
        placeholders: &[NAME, COMPANY],
        defaults: [include_str!("texts/welcome_siswa.id.txt"), include_str!("texts/welcome_siswa.en.txt")],
    },
    Template {
        code: "welcome_tutor",
        recipient: RecipientKind::Tutor,
        may_be_declined: true,
        by_hand: true,
        placeholders: &[NAME, COMPANY],
        defaults: [include_str!("texts/welcome_tutor.id.txt"), include_str!("texts/welcome_tutor.en.txt")],
    },
    Template {
        code: "welcome_user",
        recipient: RecipientKind::User,
        may_be_declined: true,
        by_hand: true,
        placeholders: &[NAME, COMPANY, placeholder("email", "rina@xprivate.education"), placeholder("sign_in_link", "https://alur.example/sign-in")],
        defaults: [include_str!("texts/welcome_user.id.txt"), include_str!("texts/welcome_user.en.txt")],
    },
];

/// The text of this code.
pub fn of(code: &str) -> Option<&'static Template> {
    TEMPLATES.iter().find(|template| template.code == code)
}

/// One version of a text in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub id: Uuid,
    pub version: i64,
    pub subject: String,
    pub body: String,
    pub author_name: String,
    pub created_at: DateTime<Utc>,
}

impl Template {
    /// Subject and body as the program brings them.
    pub fn default_text(&self, locale: Locale) -> (&'static str, &'static str) {
        let [id, en] = self.defaults;
        let text = match locale {
            Locale::Id => id,
            Locale::En => en,
        };
        let (subject, body) = text.split_once("\n\n").unwrap_or((text, ""));
        (subject.trim_start_matches("Subject:").trim(), body.trim_end())
    }

    /// The names of its placeholders.
    pub fn names(&self) -> Vec<&'static str> {
        self.placeholders.iter().map(|placeholder| placeholder.name).collect()
    }

    /// What a preview puts in place of the placeholders.
    pub fn samples(&self) -> markup::Values {
        self.placeholders.iter().map(|placeholder| (placeholder.name, placeholder.sample.to_owned())).collect()
    }

    /// What is wrong with a text, and where: `subject` or `body`.
    pub fn faults(&self, subject: &str, body: &str) -> Vec<(&'static str, Fault)> {
        let names = self.names();
        let subject = markup::Line::parse(subject, &names).err().map(|fault| ("subject", fault));
        let body = markup::Body::parse(body, &names).err().map(|fault| ("body", fault));
        subject.into_iter().chain(body).collect()
    }
}

/// The first versions are by no account.
const COLUMNS: &str = "id, version, subject, body, created_at, \
    COALESCE((SELECT u.name FROM user_account u WHERE u.id = notification_template.author_id), author_name) AS author_name";

/// The versions of a text in one language, the newest first.
pub async fn versions(conn: &impl ConnectionTrait, code: &str, locale: Locale) -> Result<Vec<Version>, Failure> {
    let sql = format!("SELECT {COLUMNS} FROM notification_template WHERE code = ? AND locale = ? ORDER BY version DESC");
    let rows = db::rows(conn, &sql, vec![code.into(), locale.as_str().into()]).await?;
    rows.iter().map(read).collect()
}

/// The version in force.
pub async fn current(conn: &impl ConnectionTrait, code: &str, locale: Locale) -> Result<Option<Version>, Failure> {
    let sql = format!("SELECT {COLUMNS} FROM notification_template WHERE code = ? AND locale = ? ORDER BY version DESC LIMIT 1");
    db::row(conn, &sql, vec![code.into(), locale.as_str().into()]).await?.as_ref().map(read).transpose()
}

fn read(row: &sea_orm::QueryResult) -> Result<Version, Failure> {
    Ok(Version {
        id: row.try_get("", "id")?,
        version: row.try_get("", "version")?,
        subject: row.try_get("", "subject")?,
        body: row.try_get("", "body")?,
        author_name: row.try_get("", "author_name")?,
        created_at: row.try_get("", "created_at")?,
    })
}

/// Adds the first version of every text that has none.
pub async fn seed(conn: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), Failure> {
    for template in &TEMPLATES {
        for locale in Locale::ALL {
            if current(conn, template.code, locale).await?.is_some() {
                continue;
            }
            let (subject, body) = template.default_text(locale);
            let sql =
                "INSERT INTO notification_template (id, code, locale, version, subject, body, author_id, author_name, created_at) VALUES (?,?,?,1,?,?,?,?,?)";
            let values = vec![
                new_id(now).into(),
                template.code.into(),
                locale.as_str().into(),
                subject.into(),
                body.into(),
                Uuid::nil().into(),
                AUTHOR.into(),
                now.into(),
            ];
            db::run(conn, sql, values).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_reads_well_and_uses_only_its_own_placeholders() {
        assert!(TEMPLATES.iter().map(|template| template.code).is_sorted());
        for template in &TEMPLATES {
            for locale in Locale::ALL {
                let (subject, body) = template.default_text(locale);
                assert!(!subject.is_empty() && body.contains("{{name}}"), "{} {locale:?}", template.code);
                assert_eq!(template.faults(subject, body), [], "{} {locale:?}", template.code);
            }
        }
    }
}
