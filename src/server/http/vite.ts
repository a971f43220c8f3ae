import type { Server } from 'node:http';
import type { ViteDevServer } from 'vite';

/**
 * Vite in middleware mode on the server's own port, or without one for loading modules only. Loaded only in
 * development.
 */
export async function openVite(http?: Server): Promise<ViteDevServer> {
  const { createServer } = await import('vite');
  const before = new Set(process.listeners('SIGTERM'));
  const reload = http ? { hmr: { server: http } } : { hmr: false, ws: false as const, watch: null };
  const vite = await createServer({ server: { middlewareMode: true, ...reload } });
  // the Remix plugin's child server would end the process on SIGTERM before ours is closed
  for (const listener of process.listeners('SIGTERM')) {
    if (!before.has(listener)) process.off('SIGTERM', listener);
  }
  return vite;
}
