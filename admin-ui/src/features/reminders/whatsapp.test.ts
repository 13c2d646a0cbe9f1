import { expect, test } from 'vitest';
import { whatsappLink } from './whatsapp';

test('a link holds the number without its plus and the text as it is', () => {
  expect(whatsappLink('+628123456789', 'Halo Ibu & Bapak,\n50% #1')).toBe(
    'https://wa.me/628123456789?text=Halo%20Ibu%20%26%20Bapak%2C%0A50%25%20%231'
  );
});
