/**
 * Opens the running program for the browser tests. ALUR_URL is its base, ALUR_SIGN_IN_LINK a fresh one-time link of an
 * owner, ALUR_APPROVER_LINK one of a senior admin.
 * Every page opened here fails its test on a script error or an untranslated key.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { expect } from 'vitest';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
];
const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: the browser tests need a running program`);
  return value.replace(/\/$/, '');
}

export const base = () => required('ALUR_URL');
export const signInLink = () => required('ALUR_SIGN_IN_LINK');
/** Of somebody else who holds every senior permission: what one has asked for, another decides. */
export const approverLink = () => required('ALUR_APPROVER_LINK');

export type Look = { scheme?: 'light' | 'dark'; width?: number; locale?: 'id' | 'en'; stranger?: boolean };
type StorageState = Awaited<ReturnType<BrowserContext['storageState']>>;

const contextOf = ({ scheme = 'light', width = 1440 }: Look) => ({
  baseURL: base(),
  viewport: { width, height: width > 800 ? 900 : 844 },
  colorScheme: scheme,
  timezoneId: 'America/New_York'
});

export class Program {
  private approverState: StorageState | undefined;

  private constructor(
    private readonly browser: Browser,
    private state: StorageState | undefined
  ) {}

  static async launch(): Promise<Program> {
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });
    return new Program(browser, undefined);
  }

  /** A window of a person far from Indonesia: nothing may depend on the browser's own zone. */
  async window(look: Look = {}): Promise<Window> {
    const storageState = look.stranger ? undefined : this.state;
    return this.opened(await this.browser.newContext({ ...contextOf(look), storageState }), look);
  }

  private async opened(context: BrowserContext, { locale = 'id' }: Look): Promise<Window> {
    await context.addInitScript((language) => localStorage.setItem('alur.locale', language), locale);
    return new Window(context, await context.newPage());
  }

  /** The senior admin, who signs in with a link once and keeps the session. */
  async approver(look: Look = {}): Promise<Window> {
    if (this.approverState) {
      const context = await this.browser.newContext({ ...contextOf(look), storageState: this.approverState });
      return this.opened(context, look);
    }
    const window = await this.window({ ...look, stranger: true });
    await window.page.goto(approverLink());
    await window.page.getByTestId('sign-in').click();
    await window.page.getByTestId('who').waitFor();
    this.approverState = await window.context.storageState();
    return window;
  }

  async remember(window: Window): Promise<void> {
    this.state = await window.context.storageState();
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}

export class Window {
  readonly errors: string[] = [];

  constructor(
    readonly context: BrowserContext,
    readonly page: Page
  ) {
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      // a refused command is an answer, not an error of the page; Chromium logs every 4xx
      const answer = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !answer) this.errors.push(message.text());
    });
  }

  async open(path: string): Promise<Page> {
    await this.page.goto(path);
    await this.page.waitForLoadState('networkidle');
    return this.page;
  }

  /** Reads from the API as the person who is signed in. */
  async read<T>(path: string): Promise<T> {
    return (await (await this.context.request.get(`${base()}/api/v1${path}`)).json()) as T;
  }

  /** Asks what would happen: a POST that writes nothing. */
  async ask<T>(path: string, data: unknown): Promise<T> {
    const { csrf_token } = await this.read<{ csrf_token: string }>('/session');
    const headers = { 'X-CSRF-Token': csrf_token, 'Idempotency-Key': crypto.randomUUID() };
    return (await (await this.context.request.post(`${base()}/api/v1${path}`, { data, headers })).json()) as T;
  }

  async expectSound(): Promise<void> {
    expect(this.errors).toEqual([]);
    expect((await this.page.locator('body').innerText()).match(/⟦[^⟧]*⟧/g) ?? []).toEqual([]);
  }

  async violations(): Promise<string[]> {
    await this.page.evaluate(`${axeSource};0`); // evaluate is not bound by the page's CSP, a script tag would be
    return this.page.evaluate(async (rules) => {
      type Finding = { id: string; nodes: { html: string; any: { message: string }[] }[] };
      const { axe } = window as unknown as { axe: { run: (...args: unknown[]) => Promise<{ violations: Finding[] }> } };
      const { violations } = await axe.run(document, { runOnly: rules });
      return violations.map(
        ({ id, nodes }) => `${id} × ${nodes.length}: ${nodes[0]!.html.slice(0, 120)} ${nodes[0]!.any[0]?.message}`
      );
    }, wcag);
  }

  /** How many pixels the page is wider than its window, shell and content taken together. */
  sidewaysScroll(): Promise<number> {
    return this.page.evaluate(() => {
      const main = document.getElementById('main')!;
      return Math.max(document.documentElement.scrollWidth - innerWidth, main.scrollWidth - main.clientWidth);
    });
  }

  async close(): Promise<void> {
    await this.expectSound();
    await this.context.close();
  }
}
