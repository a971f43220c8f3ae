/** The stored override of the reader's colour scheme; `system` follows the operating system. */
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** The theme that a form or a cookie names; `system` for anything else. */
export function parseTheme(value: unknown): Theme {
  return THEMES.find((theme) => theme === value) ?? 'system';
}

/** Reads the theme from a Cookie header, on the server, so that the first paint already has it. */
export function readThemeCookie(header: string | null): Theme {
  return parseTheme(/(?:^|;\s*)theme=(\w+)/.exec(header ?? '')?.[1]);
}

/** The Set-Cookie header that keeps a theme for a year, or forgets it. */
export function writeThemeCookie(theme: Theme): string {
  const age = theme === 'system' ? 0 : 31_536_000;
  return `theme=${theme}; Path=/; Max-Age=${age}; SameSite=Lax; HttpOnly`;
}
