import {
  CircleCheck,
  CircleDashed,
  CirclePause,
  CircleSlash,
  Loader,
  OctagonAlert,
  Radio,
  Unplug,
} from 'lucide-react';
import type { ReactElement } from 'react';
import type { JobStatus } from '@/model/job';

interface StatusStyle {
  Icon: typeof Radio;
  word: string;
  className: string;
}

/** A job with findings is `finished` like any other; only the lab's own trouble is coloured here. */
const STYLES: Record<JobStatus, StatusStyle> = {
  queued: { Icon: CircleDashed, word: 'Queued', className: '' },
  preparing: { Icon: Loader, word: 'Preparing', className: '' },
  running: { Icon: Radio, word: 'Running', className: 'border-ink text-ink' },
  stopping: { Icon: CirclePause, word: 'Stopping', className: '' },
  finished: { Icon: CircleCheck, word: 'Finished', className: '' },
  failed: {
    Icon: OctagonAlert,
    word: 'Failed',
    className: 'border-warning-line bg-warning-wash text-warning-ink',
  },
  aborted: {
    Icon: CircleSlash,
    word: 'Aborted',
    className: 'border-warning-line bg-warning-wash text-warning-ink',
  },
  stopped: {
    Icon: CircleSlash,
    word: 'Stopped',
    className: 'border-warning-line bg-warning-wash text-warning-ink',
  },
  refused: {
    Icon: CircleSlash,
    word: 'Refused',
    className: 'border-warning-line bg-warning-wash text-warning-ink',
  },
  interrupted: {
    Icon: Unplug,
    word: 'Interrupted',
    className: 'border-warning-line bg-warning-wash text-warning-ink',
  },
};

/** The status of a job: icon and word. */
export function StatusPill({ status }: { status: JobStatus }): ReactElement {
  const { Icon, word, className } = STYLES[status];
  return (
    <span className={`chip ${className}`} data-status={status}>
      <Icon className={`size-3.5 ${status === 'running' ? 'pulse' : ''}`} aria-hidden />
      {word}
    </span>
  );
}
