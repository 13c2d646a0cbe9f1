/**
 * The shapes the server speaks. They come from schema.d.ts, which `npm run api` makes from the server's own document.
 * Everything else imports its types from here. Written by hand is only what the document leaves open.
 */
import type { components, paths } from './schema';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Values the document leaves open came as JSON, so that is what they are. */
type Known<T> = unknown extends T
  ? Json
  : T extends string | number | boolean | null | undefined
    ? T
    : { [Key in keyof T]: Known<T[Key]> };
type Schemas = { [Name in keyof components['schemas']]: Known<components['schemas'][Name]> };

export type Page<T> = { items: T[]; next_cursor: string | null; total: number };
export type Session = Schemas['SessionView'];
export type Overview = Schemas['Overview'];

/* Catalog */
export type Named = Schemas['Coded'];
export type Subject = Schemas['Subject'];
export type Catalog = Schemas['Catalog'];
export type Siswa = Schemas['Siswa'];
export type Tutor = Schemas['Tutor'];

/* Tagihan */
export type TagihanRow = Schemas['TagihanRow'];
export type TagihanPage = Schemas['TagihanPage'];
export type TagihanView = Schemas['TagihanView'];
export type WhatsappText = Schemas['WhatsappText'];

/* People */
export type TutorForm = Schemas['TutorForm'];
export type SiswaForm = Schemas['SiswaForm'];
export type NewTutor = Schemas['NewTutor'];
export type NewSiswa = Schemas['NewSiswa'];
export type TutorSummary = Schemas['TutorSummary'];
export type SiswaSummary = Schemas['SiswaSummary'];
export type TutorDetail = Schemas['TutorDetail'];
export type SiswaDetail = Schemas['SiswaDetail'];
export type SlotWindow = Schemas['SlotWindow'];
export type SubjectChoice = Schemas['SubjectChoice'];
export type TaughtSubject = Schemas['TaughtSubject'];
export type PersonDocument = Schemas['PersonDocument'];
export type OpenedDocument = PersonDocument & { url: string };
export type PossibleDuplicate = Schemas['PossibleDuplicate'];
export type FormCheck = Schemas['FormCheck'];

/* Workflows */
/** The UI adds fields of its own (the reason), which have no bounds. */
export type Field = Pick<Schemas['Field'], 'name' | 'kind' | 'required'> & Partial<Schemas['Field']>;
export type FieldKind = Schemas['FieldKind'];
export type CommandDefinition = Omit<Schemas['CommandDefinition'], 'form'> & { form: Field[] };
export type Edge = Schemas['Edge'];
export type Workflow = Omit<Schemas['Workflow'], 'commands'> & { commands: CommandDefinition[] };
export type WhyNot = Schemas['WhyNot'];
export type Availability = Schemas['Availability'];
export type InstanceJob = Schemas['InstanceJob'];
export type Instance = Schemas['Instance'];
export type HistoryItem = Schemas['HistoryStep'];
export type Changed = Schemas['ChangedField'];

/* Substitution */
export type Substitutes = Schemas['Substitutes'];
export type Candidate = Schemas['SubstituteCandidate'];
export type ReassignItem = Schemas['ReassignItem'];
export type ReassignRow = Schemas['ReassignRow'];

/* Force majeure */
export type FmClaim = Schemas['FmClaim'];
export type FmClaimRow = Schemas['FmClaimRow'];
export type FmFigures = Schemas['FmFigures'];
export type NewFmClaim = Schemas['NewFmClaim'];
export type Claimable = Schemas['Claimable'];
export type FmStep = Schemas['FmStep'];
export type FmEvidence = Schemas['FmEvidence'];

/* Suspensions */
export type NewSuspension = Schemas['NewSuspension'];
export type SuspensionRow = Schemas['SuspensionRow'];
export type SuspensionView = Schemas['SuspensionView'];
export type NewReactivation = Schemas['NewReactivation'];
export type ReactivationView = Schemas['ReactivationView'];

/* Terminations */
export type NewTermination = Schemas['NewTermination'];
export type TerminationRow = Schemas['TerminationRow'];
export type TerminationView = Schemas['TerminationView'];
export type ChecklistStep = Schemas['ChecklistStep'];
export type SettlementRevision = Schemas['SettlementRevision'];

/* Billing */
export type BillingRunRow = Schemas['BillingRunRow'];
export type BillingRunDetail = Schemas['BillingRunDetail'];
export type NewBillingRun = Schemas['NewBillingRun'];

/* Honorarium */
export type HonorariumRow = Schemas['HonorariumRow'];
export type HonorariumDetail = Schemas['HonorariumDetail'];
export type HonorariumPage = Schemas['HonorariumPage'];

/* Erasures */
export type Erasure = Schemas['NewErasure'];
export type ErasureRow = Schemas['ErasureRow'];

/* Backtests */
export type NewBacktest = Schemas['NewBacktest'];
export type BacktestRow = Schemas['BacktestRow'];
export type BacktestDetail = Schemas['BacktestDetail'];
export type BacktestDifference = Schemas['BacktestDifference'];
export type BacktestDecision = Schemas['BacktestDecision'];

/* Outcomes */
export type Amount = Schemas['Amount'];
export type Entry = Schemas['Entry'];
export type Warning = Schemas['Warning'];
export type Outcome = Schemas['Outcome'];
export type Decision = Schemas['Decision'];
export type Preview = Schemas['Preview'];
export type NestedPreview = Schemas['NestedPreview'];
export type BulkResult = { id: string; ok: true; outcome: Outcome } | { id: string; ok: false; problem: ProblemBody };

/** A step of a policy's reasoning. `detail` is what a rule was measured against: a threshold, a mode, named values. */
export type Trace = Schemas['TraceStep'];
export type TraceRule = Extract<Trace, { rule: string }>;
export type TracePct = Extract<Trace, { pct: number }>;
export type TraceNote = Extract<Trace, { note: string }>;

/* Sesi */
export type Mode = Schemas['SesiMode'];
export type Place = Schemas['Place'];
export type SesiRow = Schemas['SesiRow'];
export type Sesi = Schemas['Sesi'];
export type NewSesi = Schemas['NewSesi'];
export type SesiPreview = Schemas['SesiPreview'];
export type Document = Schemas['Document'];
export type DocumentWithLink = Schemas['DocumentWithLink'];

/* Tasks and jobs */
export type Task = Schemas['Task'];
export type TaskDetail = Schemas['TaskDetail'];
export type TaskComment = Schemas['Comment'];
export type TaskPage = Schemas['TaskPage'];
export type DeadJob = Schemas['Job'];

/* Explain */
export type Step = Schemas['ExplanationStep'];
export type Explanation = Schemas['Explanation'];
export type NewOverride = Schemas['NewOverride'];
export type OverriddenResult = Schemas['OverriddenResult'];
export type OverrideView = Schemas['OverrideView'];

/* Policies, audit */
export type Policy = Schemas['Policy'];
export type PolicyDetail = Schemas['PolicyDetail'];
export type PolicyKind = Schemas['PolicyKind'];
export type PolicyField = Schemas['PolicyField'];
export type PolicyParam = Schemas['PolicyParam'];
export type PolicyCheck = Schemas['PolicyCheck'];
export type Publication = Schemas['Publication'];
export type PublicationRow = Schemas['PublicationRow'];
/** A saved test of a version. */
export type StoredTest = { name: string; input: Record<string, Json>; output: Record<string, Json> };
export type AuditRow = Schemas['AuditRecord'];
export type AuditPage = Schemas['AuditPage'];
export type AuditFacets = Schemas['AuditFacets'];
export type AuditEntity = Schemas['AuditEntity'];
export type AuditItem = Schemas['AuditItem'];
export type AuditArchives = Schemas['AuditArchives'];

/* Users, roles, own sessions */
export type UserRow = Schemas['UserSummary'];
export type User = Schemas['User'];
export type NewUser = Schemas['NewUser'];
export type UserChanges = Schemas['UserChanges'];
export type OnboardingStep = Schemas['OnboardingStep'];
export type Role = Schemas['Role'];
export type NewRole = Schemas['NewRole'];
export type RoleChanges = Schemas['RoleChanges'];
export type Permission = Schemas['PermissionInfo'];
export type OwnSession = Schemas['OwnSession'];
export type SignInWays = Schemas['SignInWays'];
export type SignIns = Schemas['SignIns'];

/* Messages and their texts */
export type NotificationRow = Schemas['NotificationRow'];
export type NotificationDetail = Schemas['Notification'];
export type NotificationStep = Schemas['NotificationStep'];
export type NewNotification = Schemas['NewNotification'];
export type Letter = Schemas['Letter'];
export type MessagePreference = Schemas['MessagePreference'];
export type PreferenceChange = Schemas['PreferenceChange'];
/** A list stands in place in the document, so its items have no name of their own. */
export type TemplateSummary =
  paths['/api/v1/templates']['get']['responses']['200']['content']['application/json'][number];
export type TemplateText = Schemas['TemplateText'];
export type TemplateVersion = Schemas['TemplateVersion'];

/* Imports, settings, catalog, offices */
export type ImportKind = paths['/api/v1/imports']['get']['responses']['200']['content']['application/json'][number];
export type ImportAnswer = Schemas['ImportAnswer'];
export type ImportFault = Schemas['ImportFault'];
export type SettingNow = Schemas['SettingNow'];
export type SettingChange =
  paths['/api/v1/settings/{key}/history']['get']['responses']['200']['content']['application/json'][number];
export type CatalogRow = Schemas['CatalogRow'];
export type Usage = Schemas['Usage'];
export type SubjectRow = Schemas['SubjectRow'];
export type SubjectWithLevels = Schemas['SubjectWithLevels'];
export type OfficeRow = Schemas['OfficeRow'];

/* Prices */
export type Price = Schemas['Price'];
export type PriceCell = Schemas['PriceCell'];
export type PriceMatrix = Schemas['PriceMatrix'];
export type PriceCoverage = Schemas['PriceCoverage'];
export type PriceLived =
  paths['/api/v1/prices/history']['get']['responses']['200']['content']['application/json'][number];
export type PriceYear = paths['/api/v1/prices/years']['get']['responses']['200']['content']['application/json'][number];
export type PriceEdit = Schemas['PriceEdit'];
export type PriceEditSummary = Schemas['PriceEditSummary'];
export type PriceClone = Schemas['PriceClone'];
export type PriceClonePreview = Schemas['PriceClonePreview'];
export type PriceCloned = Schemas['PriceCloned'];

/* Problems (RFC 9457): a proxy may answer in the server's stead, so all but status and code may be missing */
export type FieldError = Schemas['FieldFault'];
export type Blocking = Schemas['Obstacle'];
export type ProblemBody = Partial<Schemas['Problem']> & {
  status: number;
  code: string;
  shown?: Amount[];
  now?: Amount[];
};

/** Strikes, denda and the board of HR. */
export type Conduct = Schemas['Conduct'];
export type DendaDetail = Schemas['DendaDetail'];
export type DendaRow = Schemas['Denda'];
export type HrBoard = Schemas['HrBoard'];
export type HrTask = Schemas['HrTask'];
export type OpenTermination = Schemas['TerminationRow'];
export type Standing = Schemas['Standing'];
export type StrikeView = Schemas['Strike'];

/** Case files. */
export type Casefile = Schemas['Casefile'];
export type CasefileEvent = Schemas['CasefileEvent'];
export type CasefileEvidence = Schemas['CasefileEvidence'];
export type CasefileProof = Schemas['CasefileProof'];
export type CasefileRuling = Schemas['CasefileRuling'];

/** The cancellation report. */
export type CancellationCounts = Schemas['CancellationCounts'];
export type CancellationLeadTimes = Schemas['CancellationLeadTimes'];
export type CancellationReport = Schemas['CancellationReport'];
export type CancelledSesi = Schemas['CancelledSesi'];

/** The books. */
export type LedgerEntry = Schemas['LedgerEntry'];
export type LedgerPage = Schemas['LedgerPage'];
export type TrialBalance = Schemas['TrialBalance'];
export type OverviewMoney = Schemas['OverviewMoney'];
export type MonthProgress = Schemas['MonthProgress'];
export type ProgressCounts = Schemas['ProgressCounts'];
export type ProgressRow = Schemas['ProgressRow'];
export type Progress = Schemas['Progress'];
export type TaughtSesi = Schemas['TaughtSesi'];
export type LatePayers = Schemas['LatePayers'];
export type LatePayerRow = Schemas['LatePayerRow'];
export type LowCompletion = Schemas['LowCompletion'];
export type LowCompletionRow = Schemas['LowCompletionRow'];
export type LastReminder = Schemas['LastReminder'];
export type ReminderRow = Schemas['ReminderRow'];

/** Payments and bank statements. */
export type BankFigures = Schemas['BankFigures'];
export type BankImport = Schemas['BankImport'];
export type BankLine = Schemas['BankLine'];
export type BankProposal =
  paths['/api/v1/bank-lines/{id}/proposals']['get']['responses']['200']['content']['application/json'][number];
export type BankStatement = Schemas['BankStatement'];
export type BulkPaymentPreview = Schemas['BulkPaymentPreview'];
export type OpenBills = Schemas['OpenBills'];
export type PaymentRow = Schemas['PaymentRow'];
export type PaymentView = Schemas['PaymentView'];
export type PphMonth = paths['/api/v1/payments/pph']['get']['responses']['200']['content']['application/json'][number];

/** Corrections, and who owes how much since when. */
export type CorrectionRow = Schemas['CorrectionRow'];
export type CorrectionView = Schemas['CorrectionView'];
export type AgedAmounts = Schemas['AgedAmounts'];
export type AgingRow = Schemas['AgingRow'];
export type AgingView = Schemas['AgingView'];
export type SiswaAging = Schemas['SiswaAgingView'];

/* Months and how they are closed */
export type PeriodRow = Schemas['PeriodRow'];
export type PeriodView = Schemas['PeriodView'];
export type PeriodCheck = Schemas['PeriodCheck'];
export type PeriodItem = Schemas['PeriodItem'];
export type PeriodClosing = Schemas['PeriodClosingView'];
export type PeriodReopening = Schemas['PeriodReopeningView'];
export type PeriodVerification = Schemas['PeriodVerification'];
export type PeriodDifference = Schemas['PeriodDifference'];
export type NewPeriodReopening = Schemas['NewPeriodReopening'];
