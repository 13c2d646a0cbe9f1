/** Accounts, roles and one's own sessions in the browser. Whoever signs in has to be an owner. */
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Window } from './browser';

type Role = { code: string; members: number };

/** Runs may repeat on one database: names carry the moment. */
const mark = Date.now().toString(36);
const clerk = { name: `Petugas Uji ${mark}`, email: `petugas.${mark}@demo.alur.app` };
const role = { name: `Peran Uji ${mark}`, code: `PERAN_UJI_${mark.toUpperCase()}` };

export function describeAccess(window: () => Window): void {
  const page = (): Page => window().page;
  const saved = (code: string) =>
    window()
      .read<{ items: (Role & { permissions: string[] })[] }>('/roles')
      .then(({ items }) => items.find((each) => each.code === code));

  async function saveChanges(): Promise<void> {
    await page().getByTestId('save').click();
    await page().getByTestId('change-count').waitFor({ state: 'detached' });
  }

  describe('users and roles', () => {
    test('a role is made and filled in the matrix, by keyboard alone', async () => {
      await page().goto('/roles');
      await page().getByTestId('new-role').click();
      await page().getByTestId('name').fill(role.name);
      expect(await page().getByTestId('code').inputValue()).toBe(role.code);
      await page().getByTestId('confirm').click();
      await page().getByTestId(`role-head-${role.code}`).waitFor();
      await page().getByTestId(`cell-${role.code}-audit.read`).focus();
      await page().keyboard.press('Space');
      await page().keyboard.press('ArrowDown');
      await page().keyboard.press('Space');
      const below = await page().evaluate(() => document.activeElement?.getAttribute('data-testid'));
      expect(await page().getByTestId(`change-${role.code}`).innerText()).toContain('jejak audit');
      await saveChanges();
      expect((await saved(role.code))?.permissions).toEqual(['audit.read', below!.replace(`cell-${role.code}-`, '')]);
    });

    test('changes are discarded, and the column of owners says why it is locked', async () => {
      await page().getByTestId(`cell-${role.code}-audit.read`).click();
      await page().getByTestId('discard').click();
      await page().getByTestId('change-count').waitFor({ state: 'detached' });
      await page().getByTestId('cell-OWNER-audit.read').focus();
      await page().keyboard.press('Space');
      await page().getByTestId('locked').waitFor();
      expect(await page().getByTestId('cell-OWNER-audit.read').isChecked()).toBe(true);
    });

    test('an account is made, and its e-mail is refused to the next', async () => {
      for (const attempt of ['new', 'taken']) {
        await page().goto('/users');
        await page().getByTestId('new-user').click();
        await page().getByTestId('name').fill(clerk.name);
        await page().getByTestId('email').fill(clerk.email.toUpperCase());
        await page().getByTestId(`role-${role.code}`).check();
        await page().getByTestId('confirm').click();
        if (attempt === 'new') await page().getByTestId('user-state').waitFor();
      }
      await page().getByTestId('error-email').waitFor();
      expect(await page().getByTestId('name').inputValue()).toBe(clerk.name);
      await page().keyboard.press('Escape');
    });

    test('an account is found, deactivated with a reason and told so in its audit trail', async () => {
      await page().goto(`/users?q=${encodeURIComponent(clerk.email)}`);
      await page().getByTestId('row').locator('a').click();
      await page().getByTestId('deactivate').click();
      await page().getByTestId('consequence').waitFor();
      await page().getByTestId('confirm').click();
      await page().getByTestId('error-reason').waitFor();
      await page().getByTestId('reason').fill('Uji penonaktifan');
      await page().getByTestId('confirm').click();
      await page().getByTestId('activate').waitFor();
      await page().getByTestId('user-audit').getByText('Uji penonaktifan').waitFor();
    });

    test('a role in use stays until nobody holds it', async () => {
      await page().getByTestId(`role-${role.code}`).uncheck();
      await page().getByTestId('save-roles').click();
      await page().getByTestId('save-roles').waitFor({ state: 'detached' });
      await page().goto('/roles');
      const { items } = await window().read<{ items: Role[] }>('/roles');
      const held = items.find((each) => each.members > 0 && each.code !== 'OWNER')!;
      await page().getByTestId(`role-head-${held.code}`).click();
      await page().getByTestId('in-use').waitFor();
      await page().keyboard.press('Escape');
      await page().getByTestId(`role-head-${role.code}`).click();
      await page().getByTestId('delete-role').click();
      await page().getByTestId(`role-head-${role.code}`).waitFor({ state: 'detached' });
    });

    test('the last owner keeps the role', async () => {
      const { items } = await window().read<{ items: { id: string }[] }>('/users?filter[role]=OWNER');
      expect(items).toHaveLength(1);
      await page().goto(`/users/${items[0]!.id}`);
      await page().getByTestId('role-OWNER').uncheck();
      await page().getByTestId('save-roles').click();
      await page().getByTestId('roles-problem').waitFor();
      await page().getByTestId('discard-roles').click();
      expect(await page().getByTestId('role-OWNER').isChecked()).toBe(true);
    });

    test('the session at hand is marked among one’s own', async () => {
      await page().goto('/me');
      await page().getByTestId('present').waitFor();
      const others = page().getByTestId('revoke-others');
      if (await others.isVisible()) await others.click();
      await others.waitFor({ state: 'detached' });
      expect(await page().getByTestId('session').count()).toBe(1);
    });
  });
}
