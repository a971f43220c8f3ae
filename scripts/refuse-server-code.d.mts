import type { Plugin } from 'vite';

export function serverModule(id: string, importer: string): string | undefined;
export function refuseServerCode(): Plugin;
