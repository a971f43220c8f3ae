import { CircleAlert } from 'lucide-react';
import type { ReactElement } from 'react';

/** Why the server refused the last request. */
export function Refused({ message }: { message: string }): ReactElement {
  return (
    <p
      role="alert"
      className="flex items-center gap-2 rounded-xl border border-warning-line bg-warning-wash px-4 py-3 text-warning-ink"
    >
      <CircleAlert className="size-4 shrink-0" aria-hidden />
      {message}
    </p>
  );
}
