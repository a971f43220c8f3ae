import type { ReactElement } from 'react';
import { useScripted } from './use-scripted';

/** A moment: in UTC from the server, in the reader's time zone once scripts run, so that hydration agrees. */
export function Timestamp({ iso }: { iso: string }): ReactElement {
  const text = useScripted()
    ? new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
    : `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
  return (
    <time dateTime={iso} className="whitespace-nowrap">
      {text}
    </time>
  );
}
