//! What to do about a problem, in one English sentence per code.

use axum::http::StatusCode;

/// The sentence for a code; a code of a workflow's own gets the general one of its status.
pub(super) fn of(code: &str, status: StatusCode) -> &'static str {
    HINTS.iter().find(|(known, _)| *known == code).map_or_else(|| general(status), |(_, hint)| hint)
}

const HINTS: &[(&str, &str)] = &[
    ("unauthenticated", "No valid session. Sign in with a link from `alur sign-in-link`, then repeat the request."),
    ("forbidden", "Your roles lack the permission named in params. Ask an owner to grant it."),
    ("csrf", "Send the csrf_token of GET /session in the header X-CSRF-Token; after signing in again, fetch it anew."),
    ("four_eyes", "You took part in the step named in params. Another person must run this command."),
    ("wrong_actor", "Only the system runs this command. Use one of the commands listed as allowed on the instance."),
    ("not_found", "Nothing is stored under this address. Check the id; it may belong to another kind of thing."),
    ("last_owner", "This is the last active owner. Make somebody else an owner first."),
    ("beyond_own_rights", "You cannot give or take what you do not hold (params.missing). Ask an owner."),
    ("owner_holds_all", "An owner holds every permission. Change another role instead."),
    ("role_in_use", "Accounts hold this role (params.members). Take it from them first; OWNER always stays."),
    ("not_allowed", "The present state (params.state) does not allow this. Reload and use one of params.allowed."),
    ("stale_revision", "Somebody changed this meanwhile. Reload it (its revision is in params) and decide again."),
    ("idempotency_key_reused", "This Idempotency-Key stands for another request. Use a new key for a new intention."),
    ("idempotency_key_required", "Send the header Idempotency-Key with a fresh UUID; keep it when repeating the same request."),
    ("outcome_changed", "The result is no longer the one previewed (now: params.now). Preview again and confirm."),
    ("settled", "The timer or job behind this command has been settled already. Nothing is left to do."),
    ("invalid", "Correct the fields listed and send the request again."),
    ("malformed_json", "The body is not the JSON this address expects. See params.message for the place."),
    ("unknown_field", "Remove the fields listed; this address does not know them."),
    ("malformed_query", "Correct the query parameter named in params.message."),
    ("malformed_header", "Correct the header named in params."),
    ("unsupported_media_type", "Send the header Content-Type: application/json."),
    ("method_not_allowed", "This address exists but not for this method. See /api/openapi.json."),
    ("too_large", "The body is larger than params.max_bytes. Send less."),
    ("type_not_allowed", "Upload a PNG, JPEG, WebP or PDF; the content decides, not the name."),
    ("link_unknown", "This sign-in link is not one of ours. Make a new one with `alur sign-in-link --email …`."),
    ("link_used", "This sign-in link was used. Make a new one with `alur sign-in-link --email …`."),
    ("link_expired", "This sign-in link is older than 15 minutes. Make a new one with `alur sign-in-link --email …`."),
    ("too_many_attempts", "Too many tries for this account or from this address. Wait params.retry_after_s seconds."),
    ("too_many_requests", "This session sends requests faster than `server.requests_per_minute`. Wait params.retry_after_s seconds."),
    ("credentials_refused", "Address and password do not belong together, or the account may not sign in. Ask for a mail at /api/v1/password/forgot."),
    ("no_password", "The account has no password yet. Ask for a mail at /api/v1/password/forgot to choose one."),
    ("reset_unknown", "This link is not one of ours. Ask for a new mail."),
    ("reset_used", "A password was chosen with this link before. Ask for a new mail if that was not you."),
    ("reset_void", "A newer mail has replaced this one, or the password was changed meanwhile. Use the newest mail."),
    ("reset_expired", "This link is older than an hour, or the account may not sign in. Ask for a new mail."),
    ("signature_invalid", "This document link is expired or was changed. Fetch the document again for a fresh one."),
    ("claimed_by_other", "Somebody else holds this task (params.name). Ask them to release it."),
    ("exports_busy", "Other exports are being made. Wait params.retry_after_s seconds."),
    ("export_too_large", "More than params.most records match. Narrow the dates, or use `alur audit export`."),
    ("backtest_running", "The backtest has not ended yet. Wait for it, or cancel it."),
    ("already_running", "The same is being worked on (blocking). Wait for it, or cancel it first."),
    ("draft_broken", "The draft does not compile; params.message says where. Correct it and try again."),
    ("price_missing", "No price is in force for the combination in params. Add one to the price matrix."),
    ("slot_taken", "Another sesi is in the way (blocking). Choose another time, or cancel that one first."),
    ("period_locked", "The books of params.month are closed. Choose another date or have the period re-opened."),
    ("already_requested", "This message was asked for before (blocking). Look it up in the send log."),
    ("no_address", "The person has no e-mail address. Add one first, or use the channel WHATSAPP_TEXT."),
    ("not_by_hand", "This text goes out by itself when what it is about happens. Start that instead."),
    ("opted_out", "The person does not want this message. Ask them, or use another channel."),
    ("recipient_inactive", "The account is suspended, terminated or archived. Let the person in again first."),
    ("recipient_unfit", "This text is written for another kind of recipient. Choose another text."),
    ("template_unknown", "There is no text under this code. See /api/v1/templates."),
    ("has_levels_in_use", "Prices of today or later (params.prices) or live sesi (params.sesi) depend on it. End them first, or make another subject."),
    ("office_in_use", "People at work belong to this office (params.tutor, params.siswa). Give them another office first."),
    ("columns_wrong", "The header lacks params.missing or has params.unknown or params.repeated. Fetch the template; params.fits are kinds it would do for."),
    ("too_many_rows", "A file may hold params.most rows. Split it."),
    ("not_utf8", "Line params.line is not UTF-8. Save the file as \"CSV UTF-8\"."),
    ("file_empty", "The file holds nothing. Fetch the template and fill it in."),
    ("not_csv", "The file is not CSV. Save it as \"CSV UTF-8\"."),
    ("busy", "The database is busy. Nothing has changed; repeat the same request with the same Idempotency-Key."),
    (
        "unanswered",
        "The database went away while it was saving; whether it did is unknown. Repeat the same request with the same Idempotency-Key: nothing is done twice.",
    ),
    ("internal", "Something broke on the server; nothing has changed. Report the request_id to the operator."),
];

fn general(status: StatusCode) -> &'static str {
    match status {
        StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY => "A business rule refused this; nothing has changed. The code and params say which and why.",
        status if status.is_server_error() => "Something broke on the server; nothing has changed. Report the request_id to the operator.",
        _ => "The request cannot be served as it is. The code and params say why.",
    }
}
