//! The provider: where it is, what it says about somebody, and whom of those we admit.

use super::Refusal;
use super::attempt::Handle;
use crate::config;
use crate::problem::chain;
use chrono::{DateTime, TimeDelta, Utc};
use engine::clock::Clock;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IdTokenFields, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError,
    StandardErrorResponse, StandardTokenResponse, TokenResponse, reqwest,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// Where the provider sends browsers back to.
pub const CALLBACK: &str = "/api/v1/session/oidc/callback";

/// How long an answer of the provider may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long its description is good for; keys change now and then.
const FRESH_FOR: TimeDelta = TimeDelta::hours(1);
/// How long a provider that did not answer is left alone.
const REST: TimeDelta = TimeDelta::seconds(5);

/// What Google says beside the standard: the organisation an account belongs to.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Organisation {
    hd: Option<String>,
}

impl AdditionalClaims for Organisation {}

type Fields = IdTokenFields<Organisation, EmptyExtraTokenFields, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type Client = openidconnect::Client<
    Organisation,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The provider of the configuration. It is first asked when somebody wants to go there: the program starts without it.
pub struct Provider {
    pub name: String,
    pub issuer: String,
    pub hosted_domain: Option<String>,
    client_id: ClientId,
    client_secret: ClientSecret,
    redirect: RedirectUrl,
    http: reqwest::Client,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    metadata: Option<(CoreProviderMetadata, DateTime<Utc>)>,
    failed_at: Option<DateTime<Utc>>,
}

/// Who somebody is, as the verified ID token says.
pub struct Person {
    pub subject: String,
    /// In lower case.
    pub email: Option<String>,
    pub email_verified: bool,
    pub organisation: Option<String>,
}

impl Provider {
    /// The provider of the configuration, if one is set.
    ///
    /// # Errors
    /// When an address is none.
    pub fn configured(config: &config::Config) -> anyhow::Result<Option<Self>> {
        let settings = &config.oidc;
        let (Some(issuer), Some(client_id), Some(client_secret)) = (&settings.issuer, &settings.client_id, &settings.client_secret) else {
            return Ok(None);
        };
        // A redirect could lead anywhere, into our own network too.
        let http = reqwest::ClientBuilder::new().redirect(reqwest::redirect::Policy::none()).timeout(PATIENCE).build()?;
        Ok(Some(Self {
            name: settings.name(),
            issuer: issuer.clone(),
            hosted_domain: settings.hosted_domain.as_ref().map(|domain| domain.trim().to_lowercase()),
            client_id: ClientId::new(client_id.clone()),
            client_secret: ClientSecret::new(client_secret.clone()),
            redirect: RedirectUrl::new(format!("{}{CALLBACK}", config.base_url()))?,
            http,
            known: Mutex::default(),
        }))
    }

    /// Where to send a browser.
    ///
    /// # Errors
    /// `oidc_down`.
    pub async fn address(&self, handle: &Handle, again: bool, clock: &dyn Clock) -> Result<String, &'static str> {
        let client = self.client(clock, FRESH_FOR).await?;
        let (state, nonce) = (handle.state(), handle.nonce());
        let mut request = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || CsrfToken::new(state), || Nonce::new(nonce))
            .add_scope(Scope::new("email".into()))
            .add_scope(Scope::new("profile".into()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(handle.verifier())));
        if again {
            request = request.add_prompt(CoreAuthPrompt::SelectAccount);
        }
        if let Some(domain) = &self.hosted_domain {
            request = request.add_extra_param("hd", domain);
        }
        Ok(request.url().0.to_string())
    }

    /// Trades the code for who it is about.
    ///
    /// # Errors
    /// `oidc_down`, or `oidc_failed` when what the provider says does not hold.
    pub async fn person(&self, code: String, handle: &Handle, clock: Arc<dyn Clock>) -> Result<Person, &'static str> {
        let client = self.client(clock.as_ref(), FRESH_FOR).await?;
        let request = client.exchange_code(AuthorizationCode::new(code)).map_err(|error| failed(&error))?;
        let answer = request.set_pkce_verifier(PkceCodeVerifier::new(handle.verifier())).request_async(&self.http).await;
        let answer = answer.map_err(|error| match error {
            RequestTokenError::Request(source) => down(&source),
            error => failed(&error),
        })?;
        let id_token = answer.id_token().ok_or("oidc_failed")?;
        let nonce = Nonce::new(handle.nonce());
        let read = |client: &Client| {
            let verifier = client.id_token_verifier().set_time_fn(|| clock.now());
            id_token.claims(&verifier, &nonce).map(person)
        };
        match read(&client) {
            // The provider may sign with a key that is newer than what we know of it.
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                let client = self.client(clock.as_ref(), TimeDelta::zero()).await?;
                read(&client).map_err(|error| failed(&error))
            }
            read => read.map_err(|error| failed(&error)),
        }
    }

    /// Whether somebody may come in at all, whoever they are here.
    pub(super) fn admits(&self, person: &Person) -> Result<(), Refusal> {
        if let Some(domain) = &self.hosted_domain
            && person.organisation.as_ref() != Some(domain)
        {
            let theirs = person.organisation.as_deref().or_else(|| person.email.as_deref()?.rsplit('@').next());
            return Err(Refusal { about: json!({ "domain": theirs }), ..Refusal::new("oidc_other_domain") });
        }
        if !person.email_verified || person.email.is_none() {
            return Err(Refusal::new("oidc_unverified"));
        }
        Ok(())
    }

    /// Ready to ask the provider, with a description of it that is not older than `fresh_for`. While it does not
    /// answer, an older one serves.
    async fn client(&self, clock: &dyn Clock, fresh_for: TimeDelta) -> Result<Client, &'static str> {
        let now = clock.now();
        let mut known = self.known.lock().await;
        let is_fresh = known.metadata.as_ref().is_some_and(|(_, at)| now - *at < fresh_for);
        let rests = known.failed_at.is_some_and(|at| now - at < REST);
        if !is_fresh && !rests {
            match self.discover().await {
                Ok(metadata) => *known = Known { metadata: Some((metadata, now)), failed_at: None },
                Err(error) => {
                    tracing::warn!(error, "the identity provider does not answer");
                    known.failed_at = Some(now);
                }
            }
        }
        let (metadata, _) = known.metadata.clone().ok_or("oidc_down")?;
        Ok(Client::from_provider_metadata(metadata, self.client_id.clone(), Some(self.client_secret.clone())).set_redirect_uri(self.redirect.clone()))
    }

    async fn discover(&self) -> Result<CoreProviderMetadata, String> {
        let issuer = IssuerUrl::new(self.issuer.clone()).map_err(|error| chain(&error))?;
        CoreProviderMetadata::discover_async(issuer, &self.http).await.map_err(|error| chain(&error))
    }
}

fn person(claims: &openidconnect::IdTokenClaims<Organisation, CoreGenderClaim>) -> Person {
    Person {
        subject: claims.subject().to_string(),
        email: claims.email().map(|email| email.trim().to_lowercase()),
        email_verified: claims.email_verified() == Some(true),
        organisation: claims.additional_claims().hd.as_ref().map(|domain| domain.trim().to_lowercase()),
    }
}

fn down(error: &dyn std::error::Error) -> &'static str {
    tracing::warn!(error = %chain(error), "the identity provider does not answer");
    "oidc_down"
}

fn failed(error: &dyn std::error::Error) -> &'static str {
    tracing::warn!(error = %chain(error), "the identity provider's answer does not hold");
    "oidc_failed"
}
