// Remix refuses `.server` files in the browser's bundle; this does the same for src/, by where a module lies.
import { dirname, join, resolve } from 'node:path';
import { root } from './project.mjs';

const source = join(root, 'src');
/** What the import rules keep free of Node and of clients (.dependency-cruiser.cjs, `browserSafe`). */
const BROWSER_SAFE = ['model', 'plan', 'report', 'lib'].map((room) => join(source, room, '/'));

/**
 * The module of src/ that an import names, unless the browser may load it.
 *
 * @param {string} id as written: `@/…`, relative, or the path of a file
 * @param {string} importer path of the file that imports it
 * @returns {string | undefined}
 */
export function serverModule(id, importer) {
  const path = id.startsWith('@/') ? join(source, id.slice(2)) : resolve(dirname(importer), id);
  const isInSource = path.startsWith(join(source, '/'));
  return isInSource && !BROWSER_SAFE.some((folder) => path.startsWith(folder)) ? path : undefined;
}

/** A plugin for Vite. Remix has taken loaders and actions out of a route before this sees its imports. */
export function refuseServerCode() {
  return {
    name: 'refuse-server-code',
    enforce: 'pre',
    resolveId(id, importer, options) {
      // the scan for dependencies reads routes as they are written
      if (importer === undefined || options.ssr === true || options.scan === true) return;
      const path = serverModule(id, importer);
      if (path === undefined) return;
      throw new Error(`The browser would load server code: ${path} is imported by ${importer}.`);
    },
  };
}
