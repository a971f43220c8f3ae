import type { ReactElement } from 'react';
import { Timestamp } from '~/ui/timestamp';
import { useScripted } from '~/ui/use-scripted';

/** On paper only: where the page can be found, and as of when it is. */
export function PrintedFrom({ url, now }: { url: string; now: number }): ReactElement {
  const scripted = useScripted();
  return (
    <p className="hidden text-xs text-ink-3 print:block">
      Oversell, {scripted ? new URL(url, window.location.origin).href : url}, as of{' '}
      <Timestamp iso={new Date(now).toISOString()} />
    </p>
  );
}
