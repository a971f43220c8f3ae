/** The colours of the picture in the current theme. */
export type Palette = Record<keyof typeof TOKENS, string>;

const TOKENS = {
  ink: 'var(--color-ink)',
  ink3: 'var(--color-ink-3)',
  line: 'var(--color-line)',
  edge: 'var(--color-edge)',
  surface: 'var(--color-surface)',
  hover: 'var(--color-hover)',
  unsafe: 'var(--color-unsafe)',
  unsafeInk: 'var(--color-unsafe-ink)',
  focus: 'light-dark(#0072b2, #56b4e9)',
};

/** Reads the colours at an element: only the browser can resolve `light-dark()`. */
export function readPalette(element: HTMLElement): Palette {
  const probe = document.createElement('span');
  probe.hidden = true;
  element.append(probe);
  const entries = Object.entries(TOKENS).map(([name, color]) => {
    probe.style.color = color;
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  return Object.fromEntries(entries) as Palette;
}

/** Calls `onChange` whenever the theme may have changed: through the system, the page's switch, or printing. */
export function watchTheme(onChange: () => void): () => void {
  const queries = ['(prefers-color-scheme: dark)', 'print'].map((query) => window.matchMedia(query));
  const root = new MutationObserver(onChange);
  for (const query of queries) query.addEventListener('change', onChange);
  root.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => {
    for (const query of queries) query.removeEventListener('change', onChange);
    root.disconnect();
  };
}
