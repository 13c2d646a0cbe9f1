import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const compressible = /\.(js|css|html|svg|json)$/;

async function compress(path: string): Promise<void> {
  const raw = await readFile(path);
  const [br, gz] = await Promise.all([promisify(brotliCompress)(raw), promisify(gzip)(raw, { level: 9 })]);
  await Promise.all([writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz)]);
}

/**
 * Writes .br and .gz beside every text file, so that the server sends them without work at run time.
 * It runs in `writeBundle`, on the files on disk: in earlier hooks the bundle still holds Vite's placeholders.
 */
export function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    async writeBundle({ dir }) {
      if (!dir) return;
      const files = await readdir(dir, { recursive: true });
      await Promise.all(files.filter((file) => compressible.test(file)).map((file) => compress(join(dir, file))));
    }
  };
}
