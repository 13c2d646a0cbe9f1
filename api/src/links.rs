//! The links in our mails: to this site, whatever it is called.

use uuid::Uuid;
use worker::mail::Links;

/// Links as they are sent.
pub struct SiteLinks {
    pub base_url: String,
    /// The token of a reset, made from its id.
    pub reset_token: Box<dyn Fn(Uuid) -> String + Send + Sync>,
}

impl Links for SiteLinks {
    fn password_reset(&self, reset_id: Uuid) -> String {
        format!("{}/reset#{}", self.base_url, (self.reset_token)(reset_id))
    }

    fn sign_in(&self) -> String {
        format!("{}/sign-in", self.base_url)
    }
}

/// Links as people who may read the send log see them: what would let them in is not there.
pub struct HiddenLinks {
    pub base_url: String,
}

impl Links for HiddenLinks {
    fn password_reset(&self, _: Uuid) -> String {
        format!("{}/reset#…", self.base_url)
    }

    fn sign_in(&self) -> String {
        format!("{}/sign-in", self.base_url)
    }
}
