import { Check, CircleHelp, Minus, TriangleAlert } from 'lucide-react';
import type { ReactElement } from 'react';
import type { LaneView } from '@/model/race';
import type { CheckSummary, Liveness } from '@/model/verdict';
import { formatMs } from '@/model/wording';
import { formatCount, formatMicros, plural } from '~/ui/format';
import { Panel } from '~/ui/panel';
import { LaneCards } from './lane-cards';

interface StatusStyle {
  Icon: typeof Check;
  word: string;
  text: string;
}

const STYLES: Record<CheckSummary['status'], StatusStyle> = {
  broken: { Icon: TriangleAlert, word: 'broken', text: 'text-unsafe-ink' },
  undecided: { Icon: CircleHelp, word: 'undecided', text: 'text-warning-ink' },
  held: { Icon: Check, word: 'held', text: 'text-safe-ink' },
  'not-applicable': { Icon: Minus, word: 'not applicable', text: 'text-ink-3' },
};

/** The basis of each lane's verdict: the thirteen checks, the proof that it raced, and how buyers were served. */
export function VerdictChecks({ lanes }: { lanes: readonly LaneView[] }): ReactElement | null {
  const judged = lanes.flatMap((lane) => (lane.checks ? [{ lane, checks: lane.checks }] : []));
  if (judged.length === 0) return null;
  return (
    <Panel
      id="checks"
      title="What was checked"
      help="Thirteen checks make a verdict. A broken check fails the lane; an undecided one makes it inconclusive."
    >
      <LaneCards
        lanes={lanes}
        cards={judged.map(({ lane, checks }) => ({
          lane,
          gist: <Gist checks={checks} />,
          body: (
            <>
              <ol className="flex flex-col gap-1 px-4 py-3 text-[0.8125rem]">
                {checks.map((check) => (
                  <CheckItem key={check.id} check={check} />
                ))}
              </ol>
              <Facts title="Did it race?" facts={certificateOf(lane)} />
              {lane.liveness && <Facts title="How buyers were served" facts={servedOf(lane.liveness)} />}
            </>
          ),
        }))}
      />
    </Panel>
  );
}

/** The number of checks by result, the worst first. */
function Gist({ checks }: { checks: readonly CheckSummary[] }): ReactElement {
  const statuses = Object.keys(STYLES) as CheckSummary['status'][];
  return (
    <span className="flex flex-wrap gap-x-3">
      {statuses.map((status) => {
        const count = checks.filter((check) => check.status === status).length;
        const { word, text } = STYLES[status];
        return (
          count > 0 && (
            <span key={status} className={text}>
              {count} {word}
            </span>
          )
        );
      })}
    </span>
  );
}

function CheckItem({ check }: { check: CheckSummary }): ReactElement {
  const { Icon, word, text } = STYLES[check.status];
  const title = `${check.no}. ${check.title}`;
  const head = (
    <span className="flex items-baseline gap-2">
      <Icon className={`size-3.5 shrink-0 translate-y-0.5 ${text}`} strokeWidth={2.5} aria-hidden />
      <span className={check.status === 'not-applicable' ? 'text-ink-3' : undefined}>{title}</span>
      <span className={`ml-auto shrink-0 text-xs ${text}`}>{word}</span>
    </span>
  );
  if (check.why === undefined) return <li>{head}</li>;
  return (
    <li>
      <details open={check.status === 'broken' || check.status === 'undecided'}>
        <summary className="rounded hover:bg-hover">{head}</summary>
        <p className="pl-5.5 text-xs text-pretty text-ink-2">{check.why}</p>
      </details>
    </li>
  );
}

type Fact = [name: string, value: string];

function Facts({ title, facts }: { title: string; facts: Fact[] }): ReactElement {
  return (
    <div className="px-4 py-3">
      <h3 className="text-2xs text-ink-3">{title}</h3>
      <dl className="mt-1 grid grid-cols-2 gap-x-6 gap-y-1.5 text-[0.8125rem]">
        {facts.map(([name, value]) => (
          <div key={name} className="flex flex-col-reverse">
            <dt className="text-xs text-ink-3">{name}</dt>
            <dd className="font-medium">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** The proof that requests overlapped (docs/audit.md 13). */
function certificateOf({ overlap, time, arrivalSpreadMs }: LaneView): Fact[] {
  const facts: Fact[] = [
    ['attempts in flight at the peak', formatCount(overlap.peakInFlight)],
    [
      `read-to-write windows overlapped, of ${formatCount(overlap.knownWindows)} known`,
      formatCount(overlap.overlappingWindows),
    ],
    ['attempts that waited for, or failed on, the lock of a sale', formatCount(overlap.waited)],
    ['attempts that met the uncommitted write of a sale', formatCount(overlap.metWrites)],
    ['sales that were contested', formatCount(overlap.raced)],
    ['statements found waiting for a lock', lockWaits(overlap.lockWaits, time?.sampled?.active)],
  ];
  if (arrivalSpreadMs !== null)
    facts.push(['all of the first release sent within', formatMs(arrivalSpreadMs)]);
  return facts;
}

function lockWaits(waiting: number | null, active: number | undefined): string {
  if (waiting === null) return 'not asked';
  return `${formatCount(waiting)} of ${formatCount(active ?? 0)} sampled`;
}

/** None of it makes a verdict violated (docs/audit.md 12). */
function servedOf({ undersold, falseSoldOut, conflicts, retriesPerSale, worstAttempt }: Liveness): Fact[] {
  const facts: Fact[] = [
    ['told sold out while units were left at the end', formatCount(undersold)],
    ['told sold out while enough provably remained', formatCount(falseSoldOut)],
    ['gave up in conflict', formatCount(conflicts)],
    ['retries for each sale', retriesPerSale === null ? 'nothing sold' : retriesPerSale.toFixed(2)],
  ];
  if (worstAttempt) {
    const { latencyUs, timesMedian, retries } = worstAttempt;
    const tries = retries > 0 ? `, ${plural(retries, 'retry', 'retries')}` : '';
    facts.push([`worst wait, ${timesMedian.toFixed(1)} times the median${tries}`, formatMicros(latencyUs)]);
  }
  return facts;
}
