//! The permissions there are: those of the routes here, those of the workflows, those of the engine.

use engine::actor::{ActorKind, Permission};
use std::collections::BTreeSet;

pub const ADJUSTMENT_RECORD: Permission = workflows::money_adjustment::RECORD;
pub const AUDIT_EXPORT: Permission = Permission("audit.export");
pub const AUDIT_READ: Permission = Permission("audit.read");
pub const BILLING_READ: Permission = Permission("billing.read");
pub const BILLING_RUN: Permission = workflows::billing_run::RUN;
pub const CASEFILE_READ: Permission = Permission("casefile.read");
pub const CATALOG_MANAGE: Permission = Permission("catalog.manage");
pub const CATALOG_READ: Permission = Permission("catalog.read");
pub const CONFIG_MANAGE: Permission = Permission("config.manage");
pub const CONFIG_READ: Permission = Permission("config.read");
pub const CORRECTION_READ: Permission = Permission("correction.read");
pub const CREDIT_REQUEST: Permission = workflows::credit_note::REQUEST;
pub const DOCUMENT_IDENTITY_READ: Permission = Permission("document.identity.read");
pub const DOCUMENT_IDENTITY_UPLOAD: Permission = Permission("document.identity.upload");
pub const DOCUMENT_READ: Permission = Permission("document.read");
pub const DOCUMENT_UPLOAD: Permission = Permission("document.upload");
pub const EXPLAIN_READ: Permission = Permission("explain.read");
pub const FM_FILE: Permission = workflows::fm_claim::definition::FILE;
pub const FM_READ: Permission = Permission("fm.read");
pub const HONORARIUM_READ: Permission = Permission("honorarium.read");
pub const HR_REACTIVATE_REQUEST: Permission = workflows::reactivation::REQUEST;
pub const HR_READ: Permission = Permission("hr.read");
pub const HR_SUSPEND: Permission = workflows::suspension::SUSPEND;
pub const HR_TERMINATE: Permission = workflows::termination::TERMINATE;
pub const JOB_HANDLE: Permission = engine::job::HANDLE;
pub const JOB_READ: Permission = engine::job::READ;
pub const LEDGER_READ: Permission = Permission("ledger.read");
pub const NOTIFICATION_READ: Permission = Permission("notification.read");
pub const NOTIFICATION_SEND: Permission = workflows::notification::definition::SEND;
pub const OFFICE_MANAGE: Permission = Permission("office.manage");
pub const OVERRIDE_REQUEST: Permission = workflows::result_override::REQUEST;
pub const PAYMENT_READ: Permission = Permission("payment.read");
pub const PAYMENT_RECORD: Permission = workflows::payment::RECORD;
pub const PERIOD_CLOSE: Permission = workflows::period_close::CLOSE;
pub const PERIOD_READ: Permission = Permission("period.read");
pub const PERIOD_REOPEN_REQUEST: Permission = workflows::period_reopening::REQUEST;
pub const PERSON_ERASE_REQUEST: Permission = workflows::erasure::REQUEST;
pub const POLICY_BACKTEST: Permission = workflows::backtest::START;
pub const POLICY_DRAFT: Permission = workflows::policy_publication::DRAFT;
pub const POLICY_READ: Permission = Permission("policy.read");
pub const PRICE_CLONE: Permission = Permission("price.clone");
pub const PRICE_MANAGE: Permission = Permission("price.manage");
pub const PRICE_READ: Permission = Permission("price.read");
pub const REFUND_HANDLE: Permission = workflows::refund::HANDLE;
pub const REMINDER_SEND: Permission = workflows::reminder::SEND;
pub const REPORT_READ: Permission = Permission("report.read");
pub const ROLE_MANAGE: Permission = Permission("role.manage");
pub const ROLE_READ: Permission = Permission("role.read");
pub const SESI_READ: Permission = Permission("sesi.read");
pub const SESI_REQUEST: Permission = Permission("sesi.request");
pub const SESI_SUBSTITUTE: Permission = workflows::sesi::definition::SUBSTITUTE;
pub const SETTLEMENT_REVERSE: Permission = workflows::settlement_reversal::REVERSE;
pub const SISWA_MANAGE: Permission = Permission("siswa.manage");
pub const SISWA_READ: Permission = Permission("siswa.read");
pub const TAGIHAN_READ: Permission = Permission("tagihan.read");
pub const TASK_READ: Permission = Permission("task.read");
pub const TEMPLATE_MANAGE: Permission = Permission("template.manage");
pub const TEMPLATE_READ: Permission = Permission("template.read");
pub const TUTOR_MANAGE: Permission = Permission("tutor.manage");
pub const TUTOR_READ: Permission = Permission("tutor.read");
pub const USER_MANAGE: Permission = Permission("user.manage");
pub const USER_READ: Permission = Permission("user.read");
pub const WORKFLOW_READ: Permission = Permission("workflow.read");
pub const WRITEOFF_REQUEST: Permission = workflows::write_off::REQUEST;

/// Those of routes and engine; a test checks that no route names another.
pub const OURS: &[Permission] = &[
    ADJUSTMENT_RECORD,
    AUDIT_EXPORT,
    AUDIT_READ,
    BILLING_READ,
    BILLING_RUN,
    CASEFILE_READ,
    CATALOG_MANAGE,
    CATALOG_READ,
    CONFIG_MANAGE,
    CONFIG_READ,
    CORRECTION_READ,
    CREDIT_REQUEST,
    DOCUMENT_IDENTITY_READ,
    DOCUMENT_IDENTITY_UPLOAD,
    DOCUMENT_READ,
    DOCUMENT_UPLOAD,
    EXPLAIN_READ,
    FM_FILE,
    FM_READ,
    HONORARIUM_READ,
    HR_REACTIVATE_REQUEST,
    HR_READ,
    HR_SUSPEND,
    HR_TERMINATE,
    JOB_HANDLE,
    JOB_READ,
    LEDGER_READ,
    NOTIFICATION_READ,
    NOTIFICATION_SEND,
    OFFICE_MANAGE,
    OVERRIDE_REQUEST,
    PAYMENT_READ,
    PAYMENT_RECORD,
    PERIOD_CLOSE,
    PERIOD_READ,
    PERIOD_REOPEN_REQUEST,
    PERSON_ERASE_REQUEST,
    POLICY_BACKTEST,
    POLICY_DRAFT,
    POLICY_READ,
    PRICE_CLONE,
    PRICE_MANAGE,
    PRICE_READ,
    REFUND_HANDLE,
    REMINDER_SEND,
    REPORT_READ,
    ROLE_MANAGE,
    ROLE_READ,
    SESI_READ,
    SESI_REQUEST,
    SESI_SUBSTITUTE,
    SETTLEMENT_REVERSE,
    SISWA_MANAGE,
    SISWA_READ,
    TAGIHAN_READ,
    TASK_READ,
    TEMPLATE_MANAGE,
    TEMPLATE_READ,
    TUTOR_MANAGE,
    TUTOR_READ,
    USER_MANAGE,
    USER_READ,
    WORKFLOW_READ,
    WRITEOFF_REQUEST,
];

/// Every permission, sorted.
pub fn all() -> BTreeSet<&'static str> {
    let registry = workflows::registry();
    let commands =
        registry.definitions().flat_map(|definition| &definition.commands).filter(|command| command.by == ActorKind::Person).map(|command| command.permission);
    let tasks = registry.definitions().flat_map(|definition| &definition.tasks).map(|task| task.permission);
    OURS.iter().copied().chain(commands).chain(tasks).map(|permission| permission.0).collect()
}
