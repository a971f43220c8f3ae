import { useEffect, useLayoutEffect, useRef } from 'react';

/** The action of each key; keys as `KeyboardEvent.key` names them. */
export type KeyMap = Record<string, (() => void) | undefined>;

/**
 * Runs before the page is painted, so that visible shortcuts work; the server, which does not paint, would log a
 * warning.
 */
const useBeforePaint = typeof document === 'undefined' ? useEffect : useLayoutEffect;

/** Runs a page's keyboard shortcuts, except where a key has another meaning: in fields, and in open dialogs. */
export function useKeys(keys: KeyMap): void {
  const latest = useRef(keys);
  useBeforePaint(() => {
    latest.current = keys;
  });
  useBeforePaint(() => {
    const onKey = (event: KeyboardEvent) => {
      const run = latest.current[event.key];
      if (!run || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat)
        return;
      if (meansSomethingElse(event)) return;
      event.preventDefault();
      run();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

function meansSomethingElse({ key, target }: KeyboardEvent): boolean {
  if (document.querySelector('dialog[open]')) return true;
  if (!(target instanceof Element)) return false;
  if (key === 'Escape') return false;
  if (target.closest('input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]'))
    return true;
  return key === ' ' && target.closest('a, button, summary, input, [role=option], [role=listbox]') !== null;
}
