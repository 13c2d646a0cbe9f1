/** What a person chose once and keeps: theme and operating zone. Kept in this browser only. */
import { operatingZones, type ZoneName } from '$lib/format/zone';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const stored = (key: string) => (typeof localStorage === 'undefined' ? null : localStorage.getItem(key));

function storedTheme(): Theme {
  const theme = stored('alur.theme');
  return themes.find((known) => known === theme) ?? 'system';
}

function storedZone(): ZoneName {
  const zone = stored('alur.zone');
  return zone && zone in operatingZones ? (zone as ZoneName) : 'WIB';
}

export const settings = $state<{ theme: Theme; zone: ZoneName }>({ theme: storedTheme(), zone: storedZone() });

const prefersDark = () => matchMedia('(prefers-color-scheme: dark)');

function applyTheme(): void {
  const dark = settings.theme === 'dark' || (settings.theme === 'system' && prefersDark().matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
}

export function setTheme(theme: Theme): void {
  settings.theme = theme;
  localStorage.setItem('alur.theme', theme);
  applyTheme();
}

export function setZone(zone: ZoneName): void {
  settings.zone = zone;
  localStorage.setItem('alur.zone', zone);
}

/** Follows the system while the person leaves the choice to it. Returns the clean-up. */
export function followSystemTheme(): () => void {
  const media = prefersDark();
  media.addEventListener('change', applyTheme);
  return () => media.removeEventListener('change', applyTheme);
}
