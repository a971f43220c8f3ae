import { fileURLToPath } from 'node:url';

/** The short names of folders, as tsconfig.json has them, for Vite and Vitest. */
export const alias = {
  '@': fileURLToPath(new URL('src', import.meta.url)),
  '~': fileURLToPath(new URL('app', import.meta.url)),
};
