/** A user agent as people call it: browser and system. Pure; an unknown one is null, never a guess. */
const browsers: [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/Chrome\/|\bCriOS\//, 'Chrome'],
  [/\bVersion\/[\d.]+.*\bSafari\//, 'Safari']
];
const systems: [RegExp, string][] = [
  [/\bWindows NT\b/, 'Windows'],
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux']
];

const first = (list: [RegExp, string][], text: string) => list.find(([mark]) => mark.test(text))?.[1];

export type Device = { browser: string; system: string; handheld: boolean };

export function deviceOf(userAgent: string | null): Device | null {
  const browser = first(browsers, userAgent ?? '');
  const system = first(systems, userAgent ?? '');
  if (!browser || !system) return null;
  return { browser, system, handheld: ['iPhone', 'iPad', 'Android'].includes(system) };
}
