/** The one table of pages: router, side navigation, command palette, hot keys and permissions all read it. */
import type { Component } from 'svelte';
import Banknote from '@lucide/svelte/icons/banknote';
import BookOpen from '@lucide/svelte/icons/book-open';
import Building2 from '@lucide/svelte/icons/building-2';
import Backpack from '@lucide/svelte/icons/backpack';
import CalendarPlus from '@lucide/svelte/icons/calendar-plus';
import CalendarRange from '@lucide/svelte/icons/calendar-range';
import ChartColumnBig from '@lucide/svelte/icons/chart-column-big';
import ChartNoAxesColumn from '@lucide/svelte/icons/chart-no-axes-column';
import DoorOpen from '@lucide/svelte/icons/door-open';
import Eraser from '@lucide/svelte/icons/eraser';
import FilePenLine from '@lucide/svelte/icons/file-pen-line';
import FileUp from '@lucide/svelte/icons/file-up';
import Gavel from '@lucide/svelte/icons/gavel';
import Files from '@lucide/svelte/icons/files';
import GraduationCap from '@lucide/svelte/icons/graduation-cap';
import HandCoins from '@lucide/svelte/icons/hand-coins';
import History from '@lucide/svelte/icons/history';
import Inbox from '@lucide/svelte/icons/inbox';
import KeyRound from '@lucide/svelte/icons/key-round';
import Lock from '@lucide/svelte/icons/lock';
import Landmark from '@lucide/svelte/icons/landmark';
import LayoutDashboard from '@lucide/svelte/icons/layout-dashboard';
import Mail from '@lucide/svelte/icons/mail';
import MailOpen from '@lucide/svelte/icons/mail-open';
import ReceiptText from '@lucide/svelte/icons/receipt-text';
import RotateCcw from '@lucide/svelte/icons/rotate-ccw';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Settings2 from '@lucide/svelte/icons/settings-2';
import ShieldAlert from '@lucide/svelte/icons/shield-alert';
import Shuffle from '@lucide/svelte/icons/shuffle';
import Tags from '@lucide/svelte/icons/tags';
import UserRound from '@lucide/svelte/icons/user-round';
import UserRoundX from '@lucide/svelte/icons/user-round-x';
import Users from '@lucide/svelte/icons/users';
import BellRing from '@lucide/svelte/icons/bell-ring';
import BookOpenText from '@lucide/svelte/icons/book-open-text';
import ChartLine from '@lucide/svelte/icons/chart-line';
import Wallet from '@lucide/svelte/icons/wallet';
import type { Key } from '$lib/i18n/i18n.svelte';

export type Nav = {
  group: Key;
  label: Key;
  icon: typeof Inbox;
  /** Pressed after `g`. */
  hotKey: string;
  /** Any one of several is enough. */
  permission?: string | readonly string[];
};
export type Route = {
  load: () => Promise<{ default: Component }>;
  nav?: Nav;
  /** What the page is for: without it, it says so instead of offering a form. */
  permission?: string;
  /** Shown without the shell and without a session. */
  bare?: boolean;
};

export const routes = {
  '/': {
    load: () => import('./features/overview/Overview.svelte'),
    nav: { group: 'nav.work', label: 'nav.overview', icon: LayoutDashboard, hotKey: 'r' }
  },
  '/inbox': {
    load: () => import('./features/inbox/Inbox.svelte'),
    nav: { group: 'nav.work', label: 'nav.inbox', icon: Inbox, hotKey: 'k' }
  },
  '/sesi': {
    load: () => import('./features/sesi/SesiList.svelte'),
    nav: { group: 'nav.work', label: 'nav.sesi', icon: CalendarRange, hotKey: 's' }
  },
  '/sesi/new': {
    load: () => import('./features/sesi/NewSesi.svelte'),
    permission: 'sesi.request',
    nav: { group: 'nav.work', label: 'nav.new_sesi', icon: CalendarPlus, hotKey: 'n', permission: 'sesi.request' }
  },
  '/sesi/:id': { load: () => import('./features/sesi/SesiPage.svelte') },
  '/sesi/:id/substitute': { load: () => import('./features/substitute/SubstitutePage.svelte') },
  '/reassign': {
    load: () => import('./features/reassign/ReassignPage.svelte'),
    nav: { group: 'nav.work', label: 'nav.reassign', icon: Shuffle, hotKey: '3', permission: 'sesi.substitute' }
  },
  '/reports/progress': {
    load: () => import('./features/reports/Progress.svelte'),
    permission: 'report.read',
    nav: { group: 'nav.work', label: 'nav.progress', icon: ChartLine, hotKey: ',', permission: 'report.read' }
  },
  '/reports/materi': {
    load: () => import('./features/reports/Materi.svelte'),
    permission: 'report.read',
    nav: { group: 'nav.work', label: 'nav.materi', icon: BookOpenText, hotKey: '.', permission: 'report.read' }
  },
  '/hr': {
    load: () => import('./features/hr/HrBoard.svelte'),
    permission: 'hr.read',
    nav: { group: 'nav.hr', label: 'nav.hr_board', icon: Gavel, hotKey: 'v', permission: 'hr.read' }
  },
  '/fm': {
    load: () => import('./features/fm/FmQueue.svelte'),
    nav: { group: 'nav.hr', label: 'nav.fm', icon: ShieldAlert, hotKey: 'y', permission: 'fm.read' }
  },
  '/fm/:id': { load: () => import('./features/fm/FmPage.svelte') },
  '/suspensions': {
    load: () => import('./features/suspension/Suspensions.svelte'),
    nav: { group: 'nav.hr', label: 'nav.suspensions', icon: UserRoundX, hotKey: 'q', permission: 'hr.read' }
  },
  '/suspensions/:id': { load: () => import('./features/suspension/SuspensionPage.svelte') },
  '/reactivations/:id': { load: () => import('./features/suspension/ReactivationPage.svelte') },
  '/terminations': {
    load: () => import('./features/termination/Terminations.svelte'),
    nav: { group: 'nav.hr', label: 'nav.terminations', icon: DoorOpen, hotKey: 'z', permission: 'hr.read' }
  },
  '/terminations/:id': { load: () => import('./features/termination/TerminationPage.svelte') },
  '/overrides/:id': { load: () => import('./features/override/OverridePage.svelte') },
  '/strikes/:id': { load: () => import('./features/hr/StrikePage.svelte'), permission: 'hr.read' },
  '/denda/:id': { load: () => import('./features/hr/DendaPage.svelte'), permission: 'hr.read' },
  '/casefile/:workflow/:id': {
    load: () => import('./features/casefile/CasefilePage.svelte'),
    permission: 'casefile.read'
  },
  '/reports/cancellations': {
    load: () => import('./features/reports/Cancellations.svelte'),
    permission: 'sesi.read',
    nav: {
      group: 'nav.hr',
      label: 'nav.cancellations',
      icon: ChartNoAxesColumn,
      hotKey: '1',
      permission: 'sesi.read'
    }
  },
  '/ledger': {
    load: () => import('./features/ledger/Ledger.svelte'),
    permission: 'ledger.read',
    nav: { group: 'nav.money', label: 'nav.ledger', icon: Landmark, hotKey: '2', permission: 'ledger.read' }
  },
  '/billing': {
    load: () => import('./features/billing/BillingRuns.svelte'),
    permission: 'billing.read',
    nav: { group: 'nav.money', label: 'nav.billing', icon: Files, hotKey: '4', permission: 'billing.read' }
  },
  '/billing/:id': { load: () => import('./features/billing/BillingRunPage.svelte'), permission: 'billing.read' },
  '/tagihan': {
    load: () => import('./features/tagihan/TagihanList.svelte'),
    permission: 'tagihan.read',
    nav: { group: 'nav.money', label: 'nav.tagihan', icon: ReceiptText, hotKey: '5', permission: 'tagihan.read' }
  },
  '/tagihan/:id': { load: () => import('./features/tagihan/TagihanPage.svelte'), permission: 'tagihan.read' },
  '/honorarium': {
    load: () => import('./features/honorarium/Honoraria.svelte'),
    permission: 'honorarium.read',
    nav: { group: 'nav.money', label: 'nav.honorarium', icon: Wallet, hotKey: '6', permission: 'honorarium.read' }
  },
  '/honorarium/:id': {
    load: () => import('./features/honorarium/HonorariumPage.svelte'),
    permission: 'honorarium.read'
  },
  '/payments': {
    load: () => import('./features/payments/Payments.svelte'),
    permission: 'payment.read',
    nav: { group: 'nav.money', label: 'nav.payments', icon: Banknote, hotKey: '7', permission: 'payment.read' }
  },
  '/payments/bulk': { load: () => import('./features/payments/BulkPaid.svelte'), permission: 'payment.record' },
  '/payments/bank': { load: () => import('./features/payments/Matching.svelte'), permission: 'payment.read' },
  '/payments/pph': { load: () => import('./features/payments/Pph.svelte'), permission: 'payment.read' },
  '/payments/:id': { load: () => import('./features/payments/PaymentPage.svelte'), permission: 'payment.read' },
  '/corrections': {
    load: () => import('./features/corrections/Corrections.svelte'),
    permission: 'correction.read',
    nav: {
      group: 'nav.money',
      label: 'nav.corrections',
      icon: FilePenLine,
      hotKey: '8',
      permission: 'correction.read'
    }
  },
  '/corrections/:kind/:id': {
    load: () => import('./features/corrections/CorrectionPage.svelte'),
    permission: 'correction.read'
  },
  '/aging': {
    load: () => import('./features/aging/Aging.svelte'),
    permission: 'ledger.read',
    nav: { group: 'nav.money', label: 'nav.aging', icon: HandCoins, hotKey: '9', permission: 'ledger.read' }
  },
  '/aging/:id': { load: () => import('./features/aging/SiswaAging.svelte'), permission: 'ledger.read' },
  '/reminders': {
    load: () => import('./features/reminders/Reminders.svelte'),
    permission: 'reminder.send',
    nav: { group: 'nav.money', label: 'nav.reminders', icon: BellRing, hotKey: '-', permission: 'reminder.send' }
  },
  '/periods': {
    load: () => import('./features/periods/Periods.svelte'),
    permission: 'period.read',
    nav: { group: 'nav.money', label: 'nav.periods', icon: Lock, hotKey: '0', permission: 'period.read' }
  },
  '/periods/:month': { load: () => import('./features/periods/PeriodPage.svelte'), permission: 'period.read' },
  '/period-cases/:workflow/:id': {
    load: () => import('./features/periods/CaseOfMonth.svelte'),
    permission: 'period.read'
  },
  '/tutor': {
    load: () => import('./features/tutor/Tutors.svelte'),
    nav: { group: 'nav.data', label: 'nav.tutor', icon: GraduationCap, hotKey: 'd', permission: 'tutor.read' }
  },
  '/tutor/new': { load: () => import('./features/tutor/NewTutor.svelte'), permission: 'tutor.manage' },
  '/tutor/:id': { load: () => import('./features/tutor/TutorPage.svelte') },
  '/siswa': {
    load: () => import('./features/siswa/SiswaList.svelte'),
    nav: { group: 'nav.data', label: 'nav.siswa', icon: Backpack, hotKey: 'w', permission: 'siswa.read' }
  },
  '/siswa/new': { load: () => import('./features/siswa/NewSiswa.svelte'), permission: 'siswa.manage' },
  '/siswa/:id': { load: () => import('./features/siswa/SiswaPage.svelte') },
  '/catalog': {
    load: () => import('./features/catalog/Catalog.svelte'),
    nav: { group: 'nav.data', label: 'nav.catalog', icon: BookOpen, hotKey: 'c', permission: 'catalog.read' }
  },
  '/offices': {
    load: () => import('./features/offices/Offices.svelte'),
    nav: { group: 'nav.data', label: 'nav.offices', icon: Building2, hotKey: 'l', permission: 'catalog.read' }
  },
  '/import': {
    load: () => import('./features/import/ImportPage.svelte'),
    nav: {
      group: 'nav.data',
      label: 'nav.import',
      icon: FileUp,
      hotKey: 'o',
      permission: ['tutor.manage', 'siswa.manage', 'price.manage', 'catalog.manage', 'office.manage']
    }
  },
  '/prices': {
    load: () => import('./features/prices/Prices.svelte'),
    nav: { group: 'nav.rules', label: 'nav.prices', icon: Tags, hotKey: 'h', permission: 'price.read' }
  },
  '/policies': {
    load: () => import('./features/policies/Policies.svelte'),
    nav: { group: 'nav.rules', label: 'nav.policies', icon: ScrollText, hotKey: 'b', permission: 'policy.read' }
  },
  '/policies/:kind/:number': { load: () => import('./features/policies/PolicyVersion.svelte') },
  '/publications/:id': { load: () => import('./features/policies/PublicationPage.svelte') },
  '/backtests': {
    load: () => import('./features/backtest/Backtests.svelte'),
    nav: {
      group: 'nav.rules',
      label: 'nav.backtests',
      icon: ChartColumnBig,
      hotKey: 'j',
      permission: 'policy.read'
    }
  },
  '/backtests/:id': { load: () => import('./features/backtest/BacktestPage.svelte') },
  '/settings': {
    load: () => import('./features/settings/Settings.svelte'),
    nav: { group: 'nav.rules', label: 'nav.settings', icon: Settings2, hotKey: 'f', permission: 'config.read' }
  },
  '/jobs': {
    load: () => import('./features/jobs/Jobs.svelte'),
    nav: { group: 'nav.system', label: 'nav.jobs', icon: RotateCcw, hotKey: 'p', permission: 'job.read' }
  },
  '/notifications': {
    load: () => import('./features/send-log/SendLog.svelte'),
    nav: { group: 'nav.system', label: 'nav.send_log', icon: Mail, hotKey: 'e', permission: 'notification.read' }
  },
  '/notifications/:id': { load: () => import('./features/send-log/NotificationPage.svelte') },
  '/templates': {
    load: () => import('./features/templates/Templates.svelte'),
    nav: { group: 'nav.rules', label: 'nav.templates', icon: MailOpen, hotKey: 't', permission: 'template.read' }
  },
  '/templates/:code': { load: () => import('./features/templates/TemplatePage.svelte') },
  '/audit': {
    load: () => import('./features/audit/Audit.svelte'),
    nav: { group: 'nav.system', label: 'nav.audit', icon: History, hotKey: 'a', permission: 'audit.read' }
  },
  '/audit/archives': { load: () => import('./features/audit/Archives.svelte') },
  '/audit/:type/:id': { load: () => import('./features/audit/EntityPage.svelte') },
  '/users': {
    load: () => import('./features/users/Users.svelte'),
    nav: { group: 'nav.access', label: 'nav.users', icon: Users, hotKey: 'u', permission: 'user.read' }
  },
  '/users/:id': { load: () => import('./features/users/UserPage.svelte') },
  '/roles': {
    load: () => import('./features/roles/Roles.svelte'),
    nav: { group: 'nav.access', label: 'nav.roles', icon: KeyRound, hotKey: 'i', permission: 'role.read' }
  },
  '/erasures': {
    load: () => import('./features/erasure/Erasures.svelte'),
    nav: {
      group: 'nav.access',
      label: 'nav.erasures',
      icon: Eraser,
      hotKey: 'x',
      permission: 'person.erase.request'
    }
  },
  '/erasures/:id': { load: () => import('./features/erasure/ErasurePage.svelte') },
  '/me': {
    load: () => import('./features/profile/Profile.svelte'),
    nav: { group: 'nav.access', label: 'nav.profile', icon: UserRound, hotKey: 'm' }
  },
  '/sign-in': { load: () => import('./features/sign-in/SignIn.svelte'), bare: true },
  '/forgot': { load: () => import('./features/sign-in/Forgot.svelte'), bare: true },
  '/reset': { load: () => import('./features/sign-in/Reset.svelte'), bare: true }
} as const satisfies Record<string, Route>;
