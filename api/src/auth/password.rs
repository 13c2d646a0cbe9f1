//! Passwords: which ones are good enough, and their argon2id hashes.
//!
//! Parameters are those OWASP names first (19 MiB, two passes, one lane). Few are hashed at once, so that a crowd at the
//! door takes neither the memory nor every core.

use super::account::Account;
use crate::problem::Problem;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use axum::http::StatusCode;
use engine::refusal::FieldError;
use rand::TryRngCore;
use rand::rngs::OsRng;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;
/// How many are hashed at once, in one process.
const AT_ONCE: usize = 2;
/// How long somebody waits for their turn.
const PATIENCE: Duration = Duration::from_secs(10);

const SHORTEST: usize = 12;
const LONGEST: usize = 200;

/// A hash nobody knows the password of: whoever has none is checked against it, so that it takes as long.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$zX3czQRodXG3GZizN17NiQ$A3V9SdtXdq7QhyntL/QwB8QRRgoctIqOAeEi/e+S6rY";

/// Hashes and checks passwords.
#[derive(Clone)]
pub struct Passwords(Arc<Semaphore>);

impl Default for Passwords {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Passwords {
    /// The text to keep of a password.
    ///
    /// # Errors
    /// 503 `busy` when too many wait.
    pub async fn hash(&self, password: String) -> Result<String, Problem> {
        self.in_turn(move || hash(&password)).await?.ok_or_else(Problem::internal)
    }

    /// Whether it is the password of this hash; never without one, but it takes as long.
    ///
    /// # Errors
    /// 503 `busy` when too many wait.
    pub async fn holds(&self, password: String, hash: Option<String>) -> Result<bool, Problem> {
        let known = hash.is_some();
        let holds = self.in_turn(move || holds(&password, hash.as_deref().unwrap_or(DECOY))).await?;
        Ok(holds && known)
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let turn = tokio::time::timeout(PATIENCE, self.0.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy").retry_after(5));
        };
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        done.await.map_err(|_| Problem::internal())
    }
}

fn argon2id() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(password: &str) -> Option<String> {
    let mut salt = [0_u8; SALT_BYTES];
    OsRng.try_fill_bytes(&mut salt).ok()?;
    let salt = SaltString::encode_b64(&salt).ok()?;
    Some(argon2id().hash_password(password.as_bytes(), &salt).ok()?.to_string())
}

fn holds(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| argon2id().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Whether somebody may choose this password: long, and not what everybody knows of them. Which letters it is made of
/// is their own business.
///
/// # Errors
/// At `field`: `too_short`, `too_long`, `like_account`.
pub fn check(field: &str, password: &str, account: &Account) -> Result<(), FieldError> {
    let letters = password.chars().count();
    if letters < SHORTEST {
        return Err(FieldError::new(field, "too_short").with("min", SHORTEST));
    }
    if letters > LONGEST {
        return Err(FieldError::new(field, "too_long").with("max", LONGEST));
    }
    let chosen = plain(password);
    let known = [plain(&account.email), plain(account.email.split('@').next().unwrap_or_default()), plain(&account.name)];
    if known.contains(&chosen) { Err(FieldError::new(field, "like_account")) } else { Ok(()) }
}

/// Whether the text is worth checking at all; nobody's password is longer.
pub fn is_possible(password: &str) -> bool {
    !password.is_empty() && password.chars().count() <= LONGEST
}

/// Letters and digits only, small.
fn plain(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn account() -> Account {
        Account { id: Uuid::nil(), email: "rina.wijaya.utama@xprivate.education".into(), name: "Rina Wijaya Utama".into() }
    }

    #[test]
    fn a_password_is_long_and_not_what_everybody_knows() {
        for good in ["correct horse", "            ", "rina wijaya utama 2", "ångström är fint"] {
            assert_eq!(check("password", good, &account()), Ok(()), "{good}");
        }
        let long = "x".repeat(LONGEST + 1);
        for (bad, code) in [
            ("", "too_short"),
            ("12345678901", "too_short"),
            (long.as_str(), "too_long"),
            ("RINA.wijaya.utama@xprivate.education", "like_account"),
            ("Rina-Wijaya-Utama!", "like_account"),
            ("rina.wijaya.utama", "like_account"),
        ] {
            assert_eq!(check("password", bad, &account()).unwrap_err().code, code, "{bad}");
        }
    }

    #[test]
    fn a_hash_is_argon2id_salted_and_opens_for_its_password_only() {
        let (one, other) = (hash("correct horse").unwrap(), hash("correct horse").unwrap());
        assert_ne!(one, other);
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert!(holds("correct horse", &one) && !holds("Correct horse", &one) && !holds("correct horse", "no hash"));
    }

    #[test]
    fn whoever_has_no_password_is_checked_for_as_long() {
        let cost = |text: &str| Params::try_from(&PasswordHash::new(text).unwrap()).unwrap();
        assert_eq!(cost(DECOY), cost(&hash("x").unwrap()));
        assert!(!holds("", DECOY));
    }
}
