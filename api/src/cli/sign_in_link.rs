//! A sign-in link for whoever has an account, made by whoever may log in to the server.

use super::output::{Finished, Output};
use crate::app::App;
use crate::auth::{account, link};
use crate::config::Config;
use clap::Args;
use engine::actor::Actor;
use engine::clock::Clock;
use serde_json::json;
use std::sync::Arc;

#[derive(Debug, Args)]
pub struct Arguments {
    /// The account's e-mail address.
    #[arg(long)]
    email: String,
}

pub async fn run(config: Config, clock: Arc<dyn Clock>, arguments: Arguments, output: Output) -> anyhow::Result<Finished> {
    let app = App::build(config, clock).await?;
    let found = account::by_email(app.engine.db.reader(), &arguments.email).await?;
    let account = found.ok_or_else(|| anyhow::anyhow!("no active admin account has the e-mail address {}", arguments.email))?;
    let address = link::create(&app, &account, &Actor::system()).await?;
    output.text(&address);
    output.value(&json!({ "link": address, "expires_at": app.engine.clock.now() + link::LIFETIME }))?;
    Ok(Finished::Well)
}
