//! All routes on one page: method, path, who may call it, handler, and what it does.

use crate::app::App;
use crate::auth::permissions::*;
use crate::problem::Problem;
use crate::request::JSON_LIMIT;
use crate::route::Guard::{self, Public, SignedIn};
use crate::route::Method::{Delete, Get, Patch, Post};
use crate::route::Route;
use crate::routes::{
    aging, audit, backtests, bank_statements, billing_runs, casefile, catalog, commands, corrections, documents, erasures, explain, exports, fm_claims, health,
    honorarium, hr, imports, instances, jobs, ledger, me, notifications, offices, oidc, overrides, overview, password, payments, people, periods, permissions,
    policies, preferences, prices, publications, reactivations, reminders, reports, roles, sesi, session, settings, sign_ins, siswa, suspensions, tagihan,
    tasks, templates, terminations, tutor, users, workflows,
};
use crate::{docs, http, openapi, ui};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use engine::actor::Permission;
use std::sync::Arc;

const fn needs(permission: Permission) -> Guard {
    Guard::Permission(permission)
}

/// Every route of the API. `SignedIn` routes are decided further in: by the command's own permission,
/// the task's, or because they show callers only themselves.
#[rustfmt::skip]
#[expect(clippy::too_many_lines, reason = "one line per route, and all routes on one page")]
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(Get,    "/api/v1/session",                                             SignedIn,               session::show,      "Show who is signed in"),
        Route::new(Post,   "/api/v1/session/link",                                        Public,                 session::with_link, "Sign in with a one-time link"),
        Route::new(Get,    "/api/v1/session/ways",                                        Public,                 session::ways,      "Show the ways to sign in"),
        Route::new(Post,   "/api/v1/session/password",                                    Public,                 session::with_password, "Sign in with a password"),
        Route::new(Get,    "/api/v1/session/oidc",                                        Public,                 oidc::leave,        "Go to the identity provider"),
        Route::new(Get,    "/api/v1/session/oidc/callback",                               Public,                 oidc::come_back,    "Come back from the identity provider"),
        Route::new(Post,   "/api/v1/password/forgot",                                     Public,                 password::forgot,   "Ask for a mail to choose a new password"),
        Route::new(Post,   "/api/v1/password/reset",                                      Public,                 password::reset,    "Choose a new password by the link of a mail"),
        Route::new(Delete, "/api/v1/session",                                             SignedIn,               session::sign_out,  "Sign out"),
        Route::new(Patch,  "/api/v1/me",                                                  SignedIn,               me::edit,           "Change one's own name"),
        Route::new(Get,    "/api/v1/me/sessions",                                         SignedIn,               me::sessions,       "List one's own live sessions"),
        Route::new(Delete, "/api/v1/me/sessions/{id}",                                    SignedIn,               me::revoke,         "End one of one's own sessions"),
        Route::new(Post,   "/api/v1/me/sessions/revoke-others",                           SignedIn,               me::revoke_others,  "End all of one's own sessions but this one"),
        Route::new(Get,    "/api/v1/me/sign-ins",                                         SignedIn,               sign_ins::own,      "Show how and when one has signed in"),
        Route::new(Post,   "/api/v1/me/password",                                         SignedIn,               password::change,   "Change one's own password"),
        Route::new(Get,    "/api/v1/me/message-preferences",                              SignedIn,               preferences::own,   "Show which messages one wants"),
        Route::new(Patch,  "/api/v1/me/message-preferences",                              SignedIn,               preferences::change_own, "Say whether one wants a message"),

        Route::new(Get,    "/api/v1/overview",                                            SignedIn,               overview::show,     "Show the numbers of today"),
        Route::new(Get,    "/api/v1/overview/money",                                      needs(LEDGER_READ),     overview::money,    "Show revenue, expenses and receivables of the last months"),
        Route::new(Get,    "/api/v1/catalog",                                             needs(CATALOG_READ),    catalog::show,      "Show what a sesi can be made of"),
        Route::new(Get,    "/api/v1/siswa",                                               needs(CATALOG_READ),    people::siswa,      "List siswa"),
        Route::new(Get,    "/api/v1/tutor",                                               needs(CATALOG_READ),    people::tutor,      "List tutor"),

        Route::new(Get,    "/api/v1/people/tutor",                                          needs(TUTOR_READ),      tutor::list,        "List tutor with everything the list can be filtered by"),
        Route::new(Post,   "/api/v1/people/tutor",                                          needs(TUTOR_MANAGE),    tutor::create,      "Make a tutor"),
        Route::new(Post,   "/api/v1/people/tutor/check",                                    needs(TUTOR_MANAGE),    tutor::check,       "Show what would be said of a form about a tutor"),
        Route::new(Get,    "/api/v1/people/tutor/export.csv",                               needs(TUTOR_MANAGE),    tutor::csv,         "Take the list of tutor out as CSV"),
        Route::new(Get,    "/api/v1/people/tutor/export.xlsx",                              needs(TUTOR_MANAGE),    tutor::xlsx,        "Take the list of tutor out as an Excel workbook"),
        Route::new(Get,    "/api/v1/people/tutor/{id}",                                     needs(TUTOR_READ),      tutor::show,        "Show a tutor"),
        Route::new(Patch,  "/api/v1/people/tutor/{id}",                                     needs(TUTOR_MANAGE),    tutor::edit,        "Change a tutor"),
        Route::new(Patch,  "/api/v1/people/tutor/{id}/status",                              needs(TUTOR_MANAGE),    tutor::set_status,  "Activate, archive or bring back a tutor"),
        Route::new(Patch,  "/api/v1/people/tutor/{id}/slots",                               needs(TUTOR_MANAGE),    tutor::set_slots,   "Replace the Slots of a tutor"),
        Route::new(Patch,  "/api/v1/people/tutor/{id}/subjects",                            needs(TUTOR_MANAGE),    tutor::set_subjects,"Replace what a tutor teaches"),
        Route::new(Post,   "/api/v1/people/tutor/{id}/photo",                               needs(TUTOR_MANAGE),    tutor::upload_photo,"Upload the photo of a tutor").body_limit(documents::UPLOAD_LIMIT),
        Route::new(Post,   "/api/v1/people/tutor/{id}/identity/{role}",                    needs(DOCUMENT_IDENTITY_UPLOAD),tutor::upload_document,"Upload a document that proves who a tutor is").body_limit(documents::UPLOAD_LIMIT),
        Route::new(Get,    "/api/v1/people/tutor/{id}/documents/{document}",                needs(DOCUMENT_IDENTITY_READ),tutor::open_document,"Open a document of a tutor; the opening is recorded"),

        Route::new(Get,    "/api/v1/people/siswa",                                          needs(SISWA_READ),      siswa::list,        "List siswa with everything the list can be filtered by"),
        Route::new(Post,   "/api/v1/people/siswa",                                          needs(SISWA_MANAGE),    siswa::create,      "Make a siswa"),
        Route::new(Post,   "/api/v1/people/siswa/check",                                    needs(SISWA_MANAGE),    siswa::check,       "Show what would be said of a form about a siswa"),
        Route::new(Get,    "/api/v1/people/siswa/export.csv",                               needs(SISWA_MANAGE),    siswa::csv,         "Take the list of siswa out as CSV"),
        Route::new(Get,    "/api/v1/people/siswa/export.xlsx",                              needs(SISWA_MANAGE),    siswa::xlsx,        "Take the list of siswa out as an Excel workbook"),
        Route::new(Get,    "/api/v1/people/siswa/{id}",                                     needs(SISWA_READ),      siswa::show,        "Show a siswa"),
        Route::new(Patch,  "/api/v1/people/siswa/{id}",                                     needs(SISWA_MANAGE),    siswa::edit,        "Change a siswa"),
        Route::new(Patch,  "/api/v1/people/siswa/{id}/status",                              needs(SISWA_MANAGE),    siswa::set_status,  "Activate, archive or bring back a siswa"),
        Route::new(Patch,  "/api/v1/people/siswa/{id}/preferred",                           needs(SISWA_MANAGE),    siswa::set_preferred,"Replace the tutors a siswa prefers"),
        Route::new(Post,   "/api/v1/people/siswa/{id}/photo",                               needs(SISWA_MANAGE),    siswa::upload_photo,"Upload the photo of a siswa").body_limit(documents::UPLOAD_LIMIT),
        Route::new(Post,   "/api/v1/people/siswa/{id}/identity/{role}",                    needs(DOCUMENT_IDENTITY_UPLOAD),siswa::upload_document,"Upload a document that proves who a siswa is").body_limit(documents::UPLOAD_LIMIT),
        Route::new(Get,    "/api/v1/people/siswa/{id}/documents/{document}",                needs(DOCUMENT_IDENTITY_READ),siswa::open_document,"Open a document of a siswa; the opening is recorded"),

        Route::new(Get,    "/api/v1/sesi",                                                needs(SESI_READ),       sesi::list,         "List sesi"),
        Route::new(Post,   "/api/v1/sesi",                                                needs(SESI_REQUEST),    sesi::create,       "Request a sesi"),
        Route::new(Post,   "/api/v1/sesi/preview",                                        needs(SESI_REQUEST),    sesi::preview,      "Show what approval would say about a sesi"),
        Route::new(Get,    "/api/v1/sesi/{id}",                                           needs(SESI_READ),       sesi::show,         "Show a sesi"),
        Route::new(Get,    "/api/v1/sesi/{id}/substitutes",                               needs(SESI_SUBSTITUTE), sesi::substitutes,  "List who could stand in at a sesi"),
        Route::new(Get,    "/api/v1/explain/denda/{id}",                                  needs(EXPLAIN_READ),    explain::denda,     "Explain a denda"),
        Route::new(Get,    "/api/v1/explain/final_settlement/{id}",                       needs(EXPLAIN_READ),    explain::final_settlement, "Explain a revision of a final settlement"),
        Route::new(Post,   "/api/v1/sesi/reassign",                                       needs(SESI_SUBSTITUTE), sesi::reassign,     "Move many sesi to another tutor or time"),
        Route::new(Post,   "/api/v1/sesi/reassign/preview",                               needs(SESI_SUBSTITUTE), sesi::preview_reassign, "Show what moving many sesi would do"),
        Route::new(Get,    "/api/v1/explain/sesi/{id}",                                   needs(EXPLAIN_READ),    explain::sesi,      "Explain every rupiah of a sesi"),
        Route::new(Post,   "/api/v1/overrides",                                           needs(OVERRIDE_REQUEST), overrides::create, "Override a computed result of a sesi"),
        Route::new(Post,   "/api/v1/overrides/preview",                                   needs(OVERRIDE_REQUEST), overrides::preview, "Show what overriding a result would do"),
        Route::new(Get,    "/api/v1/overrides/{id}",                                      needs(EXPLAIN_READ),    overrides::show,    "Show an override"),

        Route::new(Get,    "/api/v1/workflows",                                           needs(WORKFLOW_READ),   workflows::list,    "List the workflows' definitions"),
        Route::new(Get,    "/api/v1/workflows/{name}/{id}",                               needs(WORKFLOW_READ),   instances::show,    "Show an instance"),
        Route::new(Get,    "/api/v1/workflows/{name}/{id}/history",                       needs(WORKFLOW_READ),   instances::history, "Show what happened to an instance"),
        Route::new(Post,   "/api/v1/workflows/{name}/{id}/commands/{command}",            SignedIn,               commands::run,      "Run a command"),
        Route::new(Post,   "/api/v1/workflows/{name}/{id}/commands/{command}/preview",    SignedIn,               commands::preview,  "Show what a command would do"),
        Route::new(Post,   "/api/v1/workflows/{name}/commands/{command}/bulk",            SignedIn,               commands::bulk,     "Run a command on many instances"),

        Route::new(Get,    "/api/v1/fm-claims",                                           needs(FM_READ),         fm_claims::list,    "List force majeure claims"),
        Route::new(Post,   "/api/v1/fm-claims",                                           needs(FM_FILE),         fm_claims::create,  "File a force majeure claim for a tutor"),
        Route::new(Post,   "/api/v1/fm-claims/preview",                                   needs(FM_FILE),         fm_claims::preview, "Show what filing a force majeure claim would hold"),
        Route::new(Get,    "/api/v1/fm-claims/figures",                                   needs(FM_READ),         fm_claims::figures, "Count force majeure claims by where they stand"),
        Route::new(Get,    "/api/v1/fm-claims/claimable",                                 needs(FM_READ),         fm_claims::claimable,"Show what may be claimed of a sesi"),
        Route::new(Get,    "/api/v1/fm-claims/{id}",                                      needs(FM_READ),         fm_claims::show,    "Show a force majeure claim"),
        Route::new(Get,    "/api/v1/fm-claims/{id}/evidence/{document}",                  needs(FM_READ),         fm_claims::open,    "Open a file of evidence; the opening is recorded"),

        Route::new(Get,    "/api/v1/hr/board",                                            needs(HR_READ),         hr::board,          "Show who stands at which strike and what waits for HR"),
        Route::new(Get,    "/api/v1/tutor/{id}/conduct",                                  needs(HR_READ),         hr::conduct,        "Show strikes, denda and reliability of a tutor"),
        Route::new(Get,    "/api/v1/strikes/{id}",                                        needs(HR_READ),         hr::strike,         "Show a strike"),
        Route::new(Get,    "/api/v1/denda/{id}",                                          needs(HR_READ),         hr::denda,          "Show a denda"),
        Route::new(Get,    "/api/v1/suspensions",                                         needs(HR_READ),         suspensions::list,   "List suspensions of tutors"),
        Route::new(Post,   "/api/v1/suspensions",                                         needs(HR_SUSPEND),      suspensions::create, "Suspend a tutor"),
        Route::new(Post,   "/api/v1/suspensions/preview",                                 needs(HR_SUSPEND),      suspensions::preview,"Show what suspending a tutor would do"),
        Route::new(Get,    "/api/v1/suspensions/{id}",                                    needs(HR_READ),         suspensions::show,   "Show a suspension with the sesi that lie in it"),
        Route::new(Post,   "/api/v1/reactivations",                                       needs(HR_REACTIVATE_REQUEST), reactivations::create, "Ask for a suspended tutor to teach again"),
        Route::new(Post,   "/api/v1/reactivations/preview",                               needs(HR_REACTIVATE_REQUEST), reactivations::preview, "Show what asking for a reactivation would do"),
        Route::new(Get,    "/api/v1/reactivations/{id}",                                  needs(HR_READ),         reactivations::show, "Show a reactivation with what a senior decides by"),

        Route::new(Get,    "/api/v1/terminations",                                        needs(HR_READ),         terminations::list,   "List terminations of tutors"),
        Route::new(Post,   "/api/v1/terminations",                                        needs(HR_TERMINATE),    terminations::create, "End the work with a tutor"),
        Route::new(Post,   "/api/v1/terminations/preview",                                needs(HR_TERMINATE),    terminations::preview,"Show what ending the work with a tutor would do"),
        Route::new(Get,    "/api/v1/terminations/{id}",                                   needs(HR_READ),         terminations::show,   "Show a termination with its checklist and final settlement"),

        Route::new(Get,   "/api/v1/adjustments",                                         needs(CORRECTION_READ), corrections::adjustments, "List adjustments"),
        Route::new(Post,  "/api/v1/adjustments",                                         needs(ADJUSTMENT_RECORD), corrections::adjust, "Adjust what a siswa owes or a tutor is owed"),
        Route::new(Post,  "/api/v1/adjustments/preview",                                 needs(ADJUSTMENT_RECORD), corrections::preview_adjust, "Show what an adjustment would do"),
        Route::new(Get,   "/api/v1/adjustments/{id}",                                    needs(CORRECTION_READ), corrections::show_adjustment, "Show an adjustment"),
        Route::new(Get,   "/api/v1/credit-notes",                                        needs(CORRECTION_READ), corrections::credit_notes, "List credit notes"),
        Route::new(Post,  "/api/v1/credit-notes",                                        needs(CREDIT_REQUEST), corrections::credit, "Credit lines of a Tagihan"),
        Route::new(Post,  "/api/v1/credit-notes/preview",                                needs(CREDIT_REQUEST), corrections::preview_credit, "Show what crediting would do"),
        Route::new(Get,   "/api/v1/credit-notes/{id}",                                   needs(CORRECTION_READ), corrections::show_credit_note, "Show a credit note"),
        Route::new(Get,   "/api/v1/refunds",                                             needs(CORRECTION_READ), corrections::refunds, "List refunds"),
        Route::new(Post,  "/api/v1/refunds",                                             needs(REFUND_HANDLE), corrections::refund, "Ask for a Titipan to be paid back"),
        Route::new(Post,  "/api/v1/refunds/preview",                                     needs(REFUND_HANDLE), corrections::preview_refund, "Show what asking for a refund would do"),
        Route::new(Get,   "/api/v1/refunds/{id}",                                        needs(CORRECTION_READ), corrections::show_refund, "Show a refund"),
        Route::new(Get,   "/api/v1/write-offs",                                          needs(CORRECTION_READ), corrections::write_offs, "List write-offs"),
        Route::new(Post,  "/api/v1/write-offs",                                          needs(WRITEOFF_REQUEST), corrections::write_off, "Ask for a Tagihan to be written off"),
        Route::new(Post,  "/api/v1/write-offs/preview",                                  needs(WRITEOFF_REQUEST), corrections::preview_write_off, "Show what writing off would do"),
        Route::new(Get,   "/api/v1/write-offs/{id}",                                     needs(CORRECTION_READ), corrections::show_write_off, "Show a write-off"),
        Route::new(Get,   "/api/v1/reversals",                                           needs(CORRECTION_READ), corrections::reversals, "List settlements that were taken back"),
        Route::new(Post,  "/api/v1/reversals",                                           needs(SETTLEMENT_REVERSE), corrections::reverse, "Take a settlement back"),
        Route::new(Post,  "/api/v1/reversals/preview",                                   needs(SETTLEMENT_REVERSE), corrections::preview_reverse, "Show what taking a settlement back would do"),
        Route::new(Get,   "/api/v1/reversals/{id}",                                      needs(CORRECTION_READ), corrections::show_reversal, "Show a settlement that was taken back"),
        Route::new(Get,    "/api/v1/aging",                                               needs(LEDGER_READ), aging::show, "Show who owes how much since when"),
        Route::new(Get,    "/api/v1/aging/{id}",                                          needs(LEDGER_READ), aging::of_siswa, "Show what a siswa owes, down to the Tagihan"),

        Route::new(Get,    "/api/v1/erasures",                                            needs(PERSON_ERASE_REQUEST), erasures::list, "List requests to erase a person"),
        Route::new(Post,   "/api/v1/erasures",                                            needs(PERSON_ERASE_REQUEST), erasures::create, "Ask for a person to be erased"),
        Route::new(Post,   "/api/v1/erasures/preview",                                    needs(PERSON_ERASE_REQUEST), erasures::preview, "Show what erasing a person would destroy and keep"),

        Route::new(Get,    "/api/v1/tasks",                                               needs(TASK_READ),       tasks::list,        "List open tasks"),
        Route::new(Get,    "/api/v1/tasks/{id}",                                          needs(TASK_READ),       tasks::show,        "Show a task"),
        Route::new(Post,   "/api/v1/tasks/{id}/claim",                                    SignedIn,               tasks::claim,       "Take a task for oneself"),
        Route::new(Post,   "/api/v1/tasks/{id}/release",                                  SignedIn,               tasks::release,     "Give a task back"),
        Route::new(Post,   "/api/v1/tasks/{id}/comments",                                 SignedIn,               tasks::comment,     "Comment on a task"),

        Route::new(Post,   "/api/v1/documents",                                           needs(DOCUMENT_UPLOAD), documents::upload,  "Upload a document").body_limit(documents::UPLOAD_LIMIT),
        Route::new(Get,    "/api/v1/documents/{id}",                                      needs(DOCUMENT_READ),   documents::show,    "Show a document with a link to its content"),
        Route::new(Get,    "/api/v1/documents/{id}/content",                              Public,                 documents::content, "Fetch a document's content by its signed link"),

        Route::new(Get,    "/api/v1/jobs",                                                needs(JOB_READ),        jobs::list,         "List jobs"),
        Route::new(Post,   "/api/v1/jobs/{id}/retry",                                     needs(JOB_HANDLE),      jobs::retry,        "Try a dead job again"),
        Route::new(Post,   "/api/v1/jobs/{id}/dismiss",                                   needs(JOB_HANDLE),      jobs::dismiss,      "Give a dead job up"),

        Route::new(Get,    "/api/v1/policies",                                            needs(POLICY_READ),     policies::list,     "List policies with their versions"),
        Route::new(Get,    "/api/v1/policies/{kind}",                                     needs(POLICY_READ),     policies::show_kind, "Show a kind of policy with its fields and versions"),
        Route::new(Get,    "/api/v1/policies/{kind}/{number}",                            needs(POLICY_READ),     policies::show,     "Show a policy version"),
        Route::new(Post,   "/api/v1/policies/{kind}/check",                               needs(POLICY_DRAFT),    policies::check,    "Say what is wrong with a draft and how its tests go"),
        Route::new(Post,   "/api/v1/policies/{kind}/evaluate",                            needs(POLICY_READ),     policies::evaluate, "Decide one input by a draft, with the trace"),
        Route::new(Get,    "/api/v1/policy-publications",                                 needs(POLICY_READ),     publications::list, "List drafts of policy versions and what became of them"),
        Route::new(Post,   "/api/v1/policy-publications",                                 needs(POLICY_DRAFT),    publications::create, "Begin a draft of a policy version"),
        Route::new(Get,    "/api/v1/policy-publications/{id}",                            needs(POLICY_READ),     publications::show, "Show a publication with its content"),
        Route::new(Get,    "/api/v1/backtests",                                           needs(POLICY_READ),     backtests::list,    "List backtests"),
        Route::new(Post,   "/api/v1/backtests",                                           needs(POLICY_BACKTEST), backtests::create,  "Hold a draft against recorded decisions"),
        Route::new(Get,    "/api/v1/backtests/{id}",                                      needs(POLICY_READ),     backtests::show,    "Show a backtest with its report"),
        Route::new(Get,    "/api/v1/backtests/{id}/decisions/{decision_id}",              needs(POLICY_READ),     backtests::decision, "Show a recorded decision beside the draft's"),
        Route::new(Get,    "/api/v1/backtests/{id}/export.xlsx",                          needs(POLICY_READ),     backtests::xlsx,    "Take out every decision that would have changed"),


        Route::new(Get,    "/api/v1/prices",                                                   needs(PRICE_READ), prices::show, "Show a page of the price matrix on a day"),
        Route::new(Post,   "/api/v1/prices",                                                   needs(PRICE_MANAGE), prices::save, "Change prices from a day on"),
        Route::new(Post,   "/api/v1/prices/preview",                                           needs(PRICE_MANAGE), prices::preview, "Show what changing prices would come to"),
        Route::new(Get,    "/api/v1/prices/coverage",                                          needs(PRICE_READ), prices::coverage, "Show how much of the matrix has a price"),
        Route::new(Get,    "/api/v1/prices/history",                                           needs(PRICE_READ), prices::history, "Show every price a cell ever held"),
        Route::new(Get,    "/api/v1/prices/export.csv",                                        needs(PRICE_READ), prices::csv, "Take the prices of a year out as the CSV that the import reads"),
        Route::new(Get,    "/api/v1/prices/years",                                             needs(PRICE_READ), prices::years, "List the Tahun Ajaran with what stands in them"),
        Route::new(Post,   "/api/v1/prices/years",                                             needs(PRICE_MANAGE), prices::create_year, "Add a Tahun Ajaran without prices"),
        Route::new(Post,   "/api/v1/prices/clone",                                             needs(PRICE_CLONE), prices::clone, "Clone the prices of a Tahun Ajaran into the next"),
        Route::new(Post,   "/api/v1/prices/clone/preview",                                     needs(PRICE_CLONE), prices::preview_clone, "Show what cloning a Tahun Ajaran would do"),

        Route::new(Get,    "/api/v1/billing-runs",                                        needs(BILLING_READ),    billing_runs::list,  "List billing runs, the one that lies ready included"),
        Route::new(Post,   "/api/v1/billing-runs",                                        needs(BILLING_RUN),     billing_runs::create, "Bill a month"),
        Route::new(Get,    "/api/v1/billing-runs/{id}",                                   needs(BILLING_READ),    billing_runs::show,  "Show a billing run, what it looked at and how far it is"),
        Route::new(Get,    "/api/v1/tagihan",                                             needs(TAGIHAN_READ),    tagihan::list,       "List Tagihan with what they come to"),
        Route::new(Get,    "/api/v1/tagihan/{id}",                                        needs(TAGIHAN_READ),    tagihan::show,       "Show a Tagihan with its lines, payments and credit notes"),
        Route::new(Get,    "/api/v1/tagihan/{id}/pdf",                                    needs(TAGIHAN_READ),    tagihan::pdf,        "Take a Tagihan out as a PDF"),
        Route::new(Get,    "/api/v1/tagihan/{id}/whatsapp",                               needs(TAGIHAN_READ),    tagihan::whatsapp,   "Show a Tagihan as a text for WhatsApp"),
        Route::new(Post,   "/api/v1/tagihan/{id}/proof",                                  needs(PAYMENT_RECORD),  tagihan::attach_proof, "Keep a proof of payment with a Tagihan").body_limit(documents::UPLOAD_LIMIT),
        Route::new(Get,    "/api/v1/honorarium",                                          needs(HONORARIUM_READ), honorarium::list,    "List Honorarium with what they come to"),
        Route::new(Get,    "/api/v1/honorarium/{id}",                                     needs(HONORARIUM_READ), honorarium::show,    "Show a Honorarium with its lines and payments"),
        Route::new(Get,    "/api/v1/honorarium/{id}/pdf",                                 needs(HONORARIUM_READ), honorarium::pdf,     "Take the slip of a Honorarium out as a PDF"),
        Route::new(Get,    "/api/v1/explain/honorarium/{id}/{number}",                    needs(EXPLAIN_READ),    explain::honorarium_line, "Explain a line of a Honorarium"),
        Route::new(Get,    "/api/v1/explain/tagihan/{id}/{number}",                       needs(EXPLAIN_READ),    explain::tagihan_line, "Explain a line of a Tagihan"),

        Route::new(Get,    "/api/v1/ledger/trial-balance",                                needs(LEDGER_READ),     ledger::trial_balance, "Show the trial balance of a month"),
        Route::new(Get,    "/api/v1/ledger/trial-balance/export.csv",                     needs(LEDGER_READ),     ledger::trial_balance_csv, "Take the trial balance out as CSV"),
        Route::new(Get,    "/api/v1/ledger/trial-balance/export.xlsx",                    needs(LEDGER_READ),     ledger::trial_balance_xlsx, "Take the trial balance out as an Excel workbook"),
        Route::new(Get,    "/api/v1/ledger/entries",                                      needs(LEDGER_READ),     ledger::list,       "List journal entries with their lines"),
        Route::new(Get,    "/api/v1/ledger/entries/export.csv",                           needs(LEDGER_READ),     ledger::entries_csv,  "Take journal entries out as CSV, a row for each line"),
        Route::new(Get,    "/api/v1/ledger/entries/export.xlsx",                          needs(LEDGER_READ),     ledger::entries_xlsx, "Take journal entries out as an Excel workbook, a row for each line"),
        Route::new(Get,    "/api/v1/ledger/entries/{id}",                                 needs(LEDGER_READ),     ledger::show,       "Show a journal entry"),

        Route::new(Get,    "/api/v1/audit",                                               needs(AUDIT_READ),      audit::list,        "List audit records"),
        Route::new(Get,    "/api/v1/audit/facets",                                        needs(AUDIT_READ),      audit::facets,      "List what the filters of the audit can choose"),
        Route::new(Get,    "/api/v1/audit/entities/{kind}/{id}",                          needs(AUDIT_READ),      audit::entity,      "Show everything about one entity"),
        Route::new(Get,    "/api/v1/audit/export.csv",                                    needs(AUDIT_EXPORT),    audit::csv,         "Take audit records out as CSV"),
        Route::new(Get,    "/api/v1/audit/export.xlsx",                                   needs(AUDIT_EXPORT),    audit::xlsx,        "Take audit records out as an Excel workbook"),
        Route::new(Get,    "/api/v1/reports/progress",                                    needs(REPORT_READ),     reports::progress::list, "List siswa with their lessons of a month"),
        Route::new(Get,    "/api/v1/reports/progress/{id}",                               needs(REPORT_READ),     reports::progress::show, "Show a siswa's lessons through the months"),
        Route::new(Get,    "/api/v1/reports/materi",                                      needs(REPORT_READ),     reports::materi::list, "List lessons with what was taught"),
        Route::new(Get,    "/api/v1/exports/materi.xlsx",                                 needs(REPORT_READ),     reports::materi::xlsx, "Take lessons with what was taught out as an Excel workbook"),
        Route::new(Get,    "/api/v1/exports/tagihan.xlsx",                                needs(TAGIHAN_READ),    exports::documents::tagihan, "Take Tagihan and their lines out as an Excel workbook"),
        Route::new(Get,    "/api/v1/exports/honorarium.xlsx",                             needs(HONORARIUM_READ), exports::documents::honorarium, "Take Honorarium and their lines out as an Excel workbook"),
        Route::new(Get,    "/api/v1/exports/aging.xlsx",                                  needs(LEDGER_READ),     exports::aging::aging, "Take who owes how much since when out as an Excel workbook"),
        Route::new(Get,    "/api/v1/exports/reconciliation.xlsx",                         needs(PAYMENT_READ),    exports::reconciliation::reconciliation, "Take payments beside the bank's lines out as an Excel workbook"),

        Route::new(Get,    "/api/v1/reminders",                                           needs(REMINDER_SEND),   reminders::list,    "List who was reminded of what"),
        Route::new(Post,   "/api/v1/reminders",                                           needs(REMINDER_SEND),   reminders::create,  "Log that people were reminded"),
        Route::new(Post,   "/api/v1/reminders/preview",                                   needs(REMINDER_SEND),   reminders::preview, "Show what logging reminders would say"),
        Route::new(Get,    "/api/v1/reminders/late-payers",                               needs(REMINDER_SEND),   reminders::late_payers, "List siswa with Tagihan past their day, and what they may be sent"),
        Route::new(Get,    "/api/v1/reminders/low-completion",                            needs(REMINDER_SEND),   reminders::low_completion, "List tutors with few lessons held, and what they may be sent"),

        Route::new(Get,    "/api/v1/reports/cancellations",                               needs(SESI_READ),       reports::cancellations::show, "Measure cancellations, no-shows and moved sesi"),
        Route::new(Get,    "/api/v1/reports/cancellations/sesi",                          needs(SESI_READ),       reports::cancellations::list, "List the sesi behind a figure of the report"),
        Route::new(Get,    "/api/v1/reports/cancellations/export.csv",                    needs(SESI_READ),       reports::cancellations::csv,  "Take the sesi behind a figure out as CSV"),
        Route::new(Get,    "/api/v1/reports/cancellations/export.xlsx",                   needs(SESI_READ),       reports::cancellations::xlsx, "Take the sesi behind a figure out as an Excel workbook"),
        Route::new(Get,    "/api/v1/casefile/{workflow}/{id}",                            needs(CASEFILE_READ),   casefile::show,     "Show everything about a case and the cases it belongs to"),
        Route::new(Get,    "/api/v1/casefile/{workflow}/{id}/casefile.pdf",               needs(CASEFILE_READ),   casefile::pdf,      "Take a case file out as a PDF"),
        Route::new(Get,    "/api/v1/casefile/{workflow}/{id}/proof.jsonl",                needs(CASEFILE_READ),   casefile::proof,    "Take the audit records of a case out with what proves them"),
        Route::new(Get,    "/api/v1/audit/archives",                                      needs(AUDIT_READ),      audit::archives,    "List the monthly archives of the audit"),
        Route::new(Get,    "/api/v1/audit/archives/{id}/content",                         needs(AUDIT_EXPORT),    audit::archive_content, "Download a monthly archive"),

        Route::new(Get,    "/api/v1/notifications",                                       needs(NOTIFICATION_READ), notifications::list, "List the messages of the send log"),
        Route::new(Post,   "/api/v1/notifications",                                       needs(NOTIFICATION_SEND), notifications::create, "Send somebody a message"),
        Route::new(Get,    "/api/v1/notifications/{id}",                                  needs(NOTIFICATION_READ), notifications::show, "Show a message with its attempts"),
        Route::new(Get,    "/api/v1/tutor/{id}/message-preferences",                      needs(NOTIFICATION_READ), preferences::of_tutor, "Show which messages a tutor wants"),
        Route::new(Patch,  "/api/v1/tutor/{id}/message-preferences",                      needs(NOTIFICATION_SEND), preferences::change_of_tutor, "Say whether a tutor wants a message"),
        Route::new(Get,    "/api/v1/siswa/{id}/message-preferences",                      needs(NOTIFICATION_READ), preferences::of_siswa, "Show which messages a siswa wants"),
        Route::new(Patch,  "/api/v1/siswa/{id}/message-preferences",                      needs(NOTIFICATION_SEND), preferences::change_of_siswa, "Say whether a siswa wants a message"),
        Route::new(Get,    "/api/v1/templates",                                           needs(TEMPLATE_READ),   templates::list,    "List the texts of messages"),
        Route::new(Get,    "/api/v1/templates/{code}/{locale}",                           needs(TEMPLATE_READ),   templates::show,    "Show a text with its versions"),
        Route::new(Patch,  "/api/v1/templates/{code}/{locale}",                           needs(TEMPLATE_MANAGE), templates::edit,    "Save a new version of a text"),
        Route::new(Post,   "/api/v1/templates/{code}/{locale}/preview",                   needs(TEMPLATE_READ),   templates::preview, "Show a text with sample values"),
        Route::new(Post,   "/api/v1/templates/{code}/{locale}/test",                      needs(TEMPLATE_MANAGE), templates::test,    "Send a text with sample values to oneself"),

        Route::new(Get,    "/api/v1/users",                                               needs(USER_READ),       users::list,        "List users"),
        Route::new(Post,   "/api/v1/users",                                               needs(USER_MANAGE),     users::create,      "Create a user"),
        Route::new(Get,    "/api/v1/users/{id}",                                          needs(USER_READ),       users::show,        "Show a user"),
        Route::new(Patch,  "/api/v1/users/{id}",                                          needs(USER_MANAGE),     users::edit,        "Change a user's name, roles or onboarding"),
        Route::new(Post,   "/api/v1/users/{id}/deactivate",                               needs(USER_MANAGE),     users::deactivate,  "Suspend a user and end their sessions"),
        Route::new(Post,   "/api/v1/users/{id}/activate",                                 needs(USER_MANAGE),     users::activate,    "Let a suspended user in again"),
        Route::new(Get,    "/api/v1/users/{id}/sign-ins",                                 needs(USER_READ),       sign_ins::of_user,  "Show how and when a user has signed in"),
        Route::new(Get,    "/api/v1/roles",                                               needs(ROLE_READ),       roles::list,        "List roles with their permissions"),
        Route::new(Post,   "/api/v1/roles",                                               needs(ROLE_MANAGE),     roles::create,      "Create a role"),
        Route::new(Patch,  "/api/v1/roles/{code}",                                        needs(ROLE_MANAGE),     roles::edit,        "Change a role's name or permissions"),
        Route::new(Delete, "/api/v1/roles/{code}",                                        needs(ROLE_MANAGE),     roles::remove,      "Delete a role nobody holds"),
        Route::new(Get,    "/api/v1/permissions",                                         needs(ROLE_READ),       permissions::list,  "List permissions with what they guard"),

        Route::new(Get,    "/api/v1/catalog/{shelf}",                                     needs(CATALOG_READ),    catalog::shelves::list,"List the rows of a dimension with what depends on them"),
        Route::new(Post,   "/api/v1/catalog/{shelf}",                                     needs(CATALOG_MANAGE),  catalog::shelves::create,"Add a row to a dimension"),
        Route::new(Post,   "/api/v1/catalog/{shelf}/order",                               needs(CATALOG_MANAGE),  catalog::shelves::order,"Put the rows of a dimension into an order"),
        Route::new(Patch,  "/api/v1/catalog/{shelf}/{id}",                                needs(CATALOG_MANAGE),  catalog::shelves::edit,"Rename, archive or restore a row of a dimension"),
        Route::new(Get,    "/api/v1/subjects",                                            needs(CATALOG_READ),    catalog::subjects::list,"List subjects with what depends on them"),
        Route::new(Post,   "/api/v1/subjects",                                            needs(CATALOG_MANAGE),  catalog::subjects::create,"Add a subject"),
        Route::new(Get,    "/api/v1/subjects/{id}",                                       needs(CATALOG_READ),    catalog::subjects::show,"Show a subject with its levels"),
        Route::new(Patch,  "/api/v1/subjects/{id}",                                       needs(CATALOG_MANAGE),  catalog::subjects::edit,"Change, archive or restore a subject"),
        Route::new(Post,   "/api/v1/subjects/{id}/levels",                                needs(CATALOG_MANAGE),  catalog::shelves::create_level,"Add a level to a subject"),
        Route::new(Post,   "/api/v1/subjects/{id}/levels/order",                          needs(CATALOG_MANAGE),  catalog::shelves::order_levels,"Put the levels of a subject into an order"),
        Route::new(Patch,  "/api/v1/subjects/{id}/levels/{level}",                        needs(CATALOG_MANAGE),  catalog::shelves::edit_level,"Rename, archive or restore a level"),
        Route::new(Get,    "/api/v1/offices",                                             needs(CATALOG_READ),    offices::list,       "List offices with who belongs to them"),
        Route::new(Post,   "/api/v1/offices",                                             needs(OFFICE_MANAGE),   offices::create,     "Add an office"),
        Route::new(Patch,  "/api/v1/offices/{id}",                                        needs(OFFICE_MANAGE),   offices::edit,       "Change, archive or restore an office"),

        Route::new(Get,    "/api/v1/catalog/{shelf}/export.csv",                          needs(CATALOG_READ),    exports::shelf_csv,  "Take a dimension out as CSV"),
        Route::new(Get,    "/api/v1/catalog/{shelf}/export.xlsx",                         needs(CATALOG_READ),    exports::shelf_xlsx, "Take a dimension out as an Excel workbook"),
        Route::new(Get,    "/api/v1/subjects/export.csv",                                 needs(CATALOG_READ),    exports::subjects_csv,"Take subjects out as CSV"),
        Route::new(Get,    "/api/v1/subjects/export.xlsx",                                needs(CATALOG_READ),    exports::subjects_xlsx,"Take subjects out as an Excel workbook"),
        Route::new(Get,    "/api/v1/offices/export.csv",                                  needs(CATALOG_READ),    exports::offices_csv,"Take offices out as CSV"),
        Route::new(Get,    "/api/v1/offices/export.xlsx",                                 needs(CATALOG_READ),    exports::offices_xlsx,"Take offices out as an Excel workbook"),
        Route::new(Get,    "/api/v1/slots/export.csv",                                    needs(TUTOR_READ),      exports::slots_csv,  "Take the Slots of tutors out as CSV"),
        Route::new(Get,    "/api/v1/slots/export.xlsx",                                   needs(TUTOR_READ),      exports::slots_xlsx, "Take the Slots of tutors out as an Excel workbook"),
        Route::new(Get,    "/api/v1/tutor-subjects/export.csv",                           needs(TUTOR_READ),      exports::tutor_subjects_csv,"Take what tutors teach out as CSV"),
        Route::new(Get,    "/api/v1/tutor-subjects/export.xlsx",                          needs(TUTOR_READ),      exports::tutor_subjects_xlsx,"Take what tutors teach out as an Excel workbook"),

        Route::new(Get,    "/api/v1/imports",                                             SignedIn,               imports::kinds,     "List the kinds of files that can be imported"),
        Route::new(Get,    "/api/v1/imports/{kind}/template.csv",                         needs(CATALOG_READ),    imports::template,  "Fetch the template of a kind of file"),
        Route::new(Post,   "/api/v1/imports/office",                                      needs(OFFICE_MANAGE),   imports::office,     "Try or import a file of office").body_limit(imports::IMPORT_LIMIT),
        Route::new(Post,   "/api/v1/imports/subject",                                     needs(CATALOG_MANAGE),  imports::subject,    "Try or import a file of subject").body_limit(imports::IMPORT_LIMIT),
        Route::new(Post,   "/api/v1/imports/tutor",                                       needs(TUTOR_MANAGE),    imports::tutor,      "Try or import a file of tutor").body_limit(imports::IMPORT_LIMIT),
        Route::new(Post,   "/api/v1/imports/tutor_subject",                               needs(TUTOR_MANAGE),    imports::tutor_subject,"Try or import a file of tutor_subject").body_limit(imports::IMPORT_LIMIT),
        Route::new(Post,   "/api/v1/imports/slot",                                        needs(TUTOR_MANAGE),    imports::slot,       "Try or import a file of slot").body_limit(imports::IMPORT_LIMIT),
        Route::new(Post,   "/api/v1/imports/siswa",                                       needs(SISWA_MANAGE),    imports::siswa,      "Try or import a file of siswa").body_limit(imports::IMPORT_LIMIT),
        Route::new(Post,   "/api/v1/imports/price",                                       needs(PRICE_MANAGE),    imports::price,      "Try or import a file of price").body_limit(imports::IMPORT_LIMIT),

        Route::new(Get,    "/api/v1/payments",                                            needs(PAYMENT_READ),    payments::list,      "List payments"),
        Route::new(Get,    "/api/v1/payments/pph",                                        needs(PAYMENT_READ),    payments::pph::list, "Show withheld and remitted PPh by month"),
        Route::new(Get,    "/api/v1/payments/open/{siswa}",                               needs(PAYMENT_READ),    payments::open::show,"Show what a siswa has open"),
        Route::new(Post,   "/api/v1/payments/bulk",                                       SignedIn,               payments::bulk::run, "Record the payment of many documents"),
        Route::new(Post,   "/api/v1/payments/bulk/preview",                               SignedIn,               payments::bulk::preview,"Show what paying many documents would do"),
        Route::new(Post,   "/api/v1/payments/commands/{command}",                         SignedIn,               payments::commands::run,"Record a payment, or take one back"),
        Route::new(Post,   "/api/v1/payments/commands/{command}/preview",                 SignedIn,               payments::commands::preview,"Show what a payment would do"),
        Route::new(Get,    "/api/v1/payments/{id}",                                       needs(PAYMENT_READ),    payments::detail::show,"Show a payment"),
        Route::new(Get,    "/api/v1/bank-statements",                                     needs(PAYMENT_READ),    bank_statements::list,"List bank statements"),
        Route::new(Post,   "/api/v1/bank-statements",                                     needs(PAYMENT_RECORD),  bank_statements::import,"Try or take in a bank statement").body_limit(bank_statements::LIMIT),
        Route::new(Get,    "/api/v1/bank-lines",                                          needs(PAYMENT_READ),    bank_statements::lines,"List lines of bank statements"),
        Route::new(Get,    "/api/v1/bank-lines/figures",                                  needs(PAYMENT_READ),    bank_statements::figures,"Count lines of bank statements by what has become of them"),
        Route::new(Get,    "/api/v1/bank-lines/{id}/proposals",                           needs(PAYMENT_READ),    bank_statements::proposals,"Show what a line of a bank statement may be"),
        Route::new(Post,   "/api/v1/bank-lines/{id}/ignore",                              needs(PAYMENT_RECORD),  bank_statements::ignore,"Say that a line of a bank statement is no payment of ours"),
        Route::new(Post,   "/api/v1/bank-lines/{id}/reopen",                              needs(PAYMENT_RECORD),  bank_statements::reopen,"Look at a line of a bank statement again"),
        Route::new(Post,   "/api/v1/bank-lines/{id}/link",                                needs(PAYMENT_RECORD),  bank_statements::link,"Say which payment a line of a bank statement is"),

        Route::new(Get,    "/api/v1/periods",                                             needs(PERIOD_READ),     periods::list,      "List months and how far each is from being closed"),
        Route::new(Get,    "/api/v1/periods/{month}",                                     needs(PERIOD_READ),     periods::show,      "Show a month with its checks, closings and re-openings"),
        Route::new(Get,    "/api/v1/periods/{month}/verification",                        needs(PERIOD_READ),     periods::verification, "Make a closed month again from its sources and compare"),
        Route::new(Post,   "/api/v1/period-closes",                                       needs(PERIOD_CLOSE),    periods::begin,     "Begin to close a month"),
        Route::new(Post,   "/api/v1/period-reopenings",                                   needs(PERIOD_REOPEN_REQUEST), periods::request_reopening, "Ask for a closed month to be opened again"),
        Route::new(Post,   "/api/v1/period-reopenings/preview",                           needs(PERIOD_REOPEN_REQUEST), periods::preview_reopening, "Show what asking for a month to be opened again would do"),

        Route::new(Get,    "/api/v1/settings",                                            needs(CONFIG_READ),     settings::list,     "List the settings of the business"),
        Route::new(Patch,  "/api/v1/settings/{key}",                                      needs(CONFIG_MANAGE),   settings::edit,     "Change a setting from now on"),
        Route::new(Get,    "/api/v1/settings/{key}/history",                              needs(CONFIG_READ),     settings::history,  "Show how a setting was changed"),

        Route::new(Get,    "/healthz",                                                    Public,                 health::live,       "Tell whether the process answers"),
        Route::new(Get,    "/readyz",                                                     Public,                 health::ready,      "Tell whether the database answers too"),
    ]
}

/// The whole of the server: the API, its documentation, and the UI for every other address.
pub fn router(app: Arc<App>) -> Router {
    let routes = routes();
    let document = Arc::new(openapi::text(&openapi::document(&routes)));
    let api = routes.into_iter().fold(Router::new(), |router, route| route.mount(router, &app));
    let router = api
        .with_state(app.clone())
        .merge(docs::router(document))
        .fallback(elsewhere)
        .method_not_allowed_fallback(|| async { Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed") })
        .layer(DefaultBodyLimit::max(JSON_LIMIT));
    http::wrap(router, &app)
}

/// Unknown addresses below /api answer as the API does, all others with the UI.
async fn elsewhere(request: Request) -> Response {
    if request.uri().path().starts_with("/api/") {
        return Problem::not_found("address").into_response();
    }
    ui::serve(&request)
}
