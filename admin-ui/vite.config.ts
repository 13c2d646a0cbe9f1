import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { precompress } from './precompress.ts';

const server = process.env.ALUR_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [svelte(), precompress()],
  resolve: { alias: { $lib: fileURLToPath(new URL('src/lib', import.meta.url)) } },
  server: { port: 5173, strictPort: true, proxy: { '/api': server } },
  // Nothing is inlined: the server's content security policy allows no data: scripts and we keep it that way.
  build: { target: 'es2022', reportCompressedSize: false, assetsInlineLimit: 0 },
  test: {
    projects: [
      {
        extends: true,
        resolve: { conditions: ['browser'] },
        test: { name: 'unit', include: ['src/**/*.test.ts'] }
      },
      {
        test: {
          name: 'browser',
          include: ['tests/**/*.test.ts'],
          testTimeout: 40_000,
          hookTimeout: 40_000,
          fileParallelism: false
        }
      }
    ]
  }
});
