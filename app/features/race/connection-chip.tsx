import { CheckCheck, CloudOff, Loader, RefreshCw, Wifi } from 'lucide-react';
import type { ReactElement } from 'react';
import type { ConnectionState } from '~/live/connection';
import { formatSpan } from '~/ui/format';

const LOOKS: Record<ConnectionState, { Icon: typeof Wifi; word: string; className: string }> = {
  connecting: { Icon: Loader, word: 'Connecting', className: '' },
  live: { Icon: Wifi, word: 'Live', className: '' },
  resynced: { Icon: CheckCheck, word: 'Resynced', className: 'border-safe-line bg-safe-wash text-safe-ink' },
  reconnecting: {
    Icon: RefreshCw,
    word: 'Reconnecting',
    className: 'border-warning-line bg-warning-wash text-warning-ink',
  },
  stale: { Icon: CloudOff, word: 'Stale', className: 'border-warning-line bg-warning-wash text-warning-ink' },
};

/** How the page stands to the server, with the age of what it shows when that is old. */
export function ConnectionChip({ state, ageMs }: { state: ConnectionState; ageMs: number }): ReactElement {
  const { Icon, word, className } = LOOKS[state];
  return (
    <span className={`chip ${className}`} data-connection={state}>
      <Icon className="size-3.5" aria-hidden />
      {word}
      {state === 'stale' && <span className="font-normal">last heard {formatSpan(ageMs)} ago</span>}
    </span>
  );
}
