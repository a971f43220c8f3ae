import { useNavigation, useRevalidator } from '@remix-run/react';
import { useEffect } from 'react';

/** Races and trials take a second or more, so pages that follow them ask again as often. */
const POLL_MS = 1_000;

/**
 * Reads the page's data again and again while `active`, `everyMs` after the reading before; never while a form or a
 * link is being answered, as that would cut it off.
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
