import { useNavigation, useRevalidator } from '@remix-run/react';
import { useEffect } from 'react';

/** Races and trials take a second or more, so pages that follow them poll at that rate. */
const POLL_MS = 1_000;

/**
 * Reloads the page's data repeatedly while `active`, `everyMs` after the previous load; never while a form or a link is
 * in flight, as that would abort it.
 */
export function usePoll(active: boolean, everyMs = POLL_MS): void {
  const { revalidate, state } = useRevalidator();
  const idle = useNavigation().state === 'idle' && state === 'idle';
  useEffect(() => {
    if (!active || !idle) return;
    const timer = setTimeout(revalidate, everyMs);
    return () => clearTimeout(timer);
  }, [active, idle, everyMs, revalidate]);
}
