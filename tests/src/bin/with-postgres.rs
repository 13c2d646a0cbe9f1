//! Runs a command with a throw-away Postgres: `with-postgres cargo test`. The server ends with it.

use std::process::{Command, ExitCode};
use tests::postgres::Server;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(program) = arguments.next() else {
        eprintln!("usage: with-postgres <command> [arguments]");
        return ExitCode::from(2);
    };
    let server = Server::start();
    let status = Command::new(&program).args(arguments).env("ALUR_TEST_POSTGRES_URL", &server.url).status();
    drop(server);
    match status {
        Ok(status) => ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)),
        Err(error) => {
            eprintln!("{program}: {error}");
            ExitCode::FAILURE
        }
    }
}
