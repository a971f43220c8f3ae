import { vitePlugin as remix } from '@remix-run/dev';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';
import { alias } from './aliases';
import packageJson from './package.json';
import { refuseServerCode } from './scripts/refuse-server-code.mjs';

declare module '@remix-run/node' {
  interface Future {
    v3_singleFetch: true;
  }
}

/** An icon is smaller than the headers of a request for it. */
const joinIcons = (id: string) => (id.includes('/lucide-react/') ? 'icons' : undefined);

export default defineConfig(({ command, isSsrBuild = false }) => ({
  plugins: [
    refuseServerCode(),
    tailwindcss(),
    remix({
      future: {
        v3_fetcherPersist: true,
        v3_lazyRouteDiscovery: true,
        v3_relativeSplatPath: true,
        v3_routeConfig: true,
        v3_singleFetch: true,
        v3_throwAbortReason: true,
      },
    }),
  ],
  resolve: { alias },
  // what a worker may load is checked by the import rules
  worker: { format: 'es' },
  // Without these entries a cold dev start finds Recharts late and reloads the page in the middle of hydration.
  optimizeDeps: { entries: ['app/entry.client.tsx', 'app/root.tsx', 'app/routes/**/*.tsx'] },
  // names of the server's code stay: they are those of errors
  ...(isSsrBuild && { esbuild: { minifyIdentifiers: false, minifySyntax: true, minifyWhitespace: true } }),
  build: {
    target: 'es2022',
    ...(isSsrBuild && { minify: 'esbuild' }),
    rollupOptions: isSsrBuild ? {} : { output: { manualChunks: joinIcons } },
  },
  // Only what the running program depends on stays outside: of all else, such as recharts, the server needs a few
  // functions, and would load everything, which takes 1.5 s of every start. Vite's development server cannot run modules
  // of CommonJS that are inlined.
  ssr: command === 'build' ? { noExternal: true, external: Object.keys(packageJson.dependencies) } : {},
}));
