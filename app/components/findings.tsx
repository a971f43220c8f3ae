import { CircleCheckBig, TriangleAlert } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Evidence, Finding } from '~/lab/audit/verdict';
import type { LaneStatus, LaneView } from '~/lab/race';
import { formatCount } from './format';
import { LaneLabel } from './lane-label';
import { Panel } from './panel';

export interface FindingsProps {
  lanes: readonly LaneView[];
  /** Shows the steps of an attempt; null where no attempt can be looked up. */
  onInspect: ((lane: number, attemptId: string) => void) | null;
}

/** Evidence shown before one has to ask for more. */
const FIRST = 5;

/** Every broken invariant with its evidence. Hidden while there is none. */
export function Findings({ lanes, onInspect }: FindingsProps): ReactElement | null {
  if (lanes.every((lane) => lane.verdict.findings.length === 0)) return null;
  return (
    <Panel
      id="findings"
      title="Findings"
      help="Each broken invariant, with attempts and orders that anybody can look up in the tables."
    >
      <div className="lanes items-start">
        {lanes.map((lane) => (
          <div key={lane.index} className="card divide-y divide-line">
            <div className="px-4 py-3">
              <LaneLabel lane={lane} />
            </div>
            {lane.verdict.findings.length === 0 && <NothingFound status={lane.status} />}
            {lane.verdict.findings.map((finding) => (
              <FindingItem key={finding.kind} finding={finding} lane={lane.index} onInspect={onInspect} />
            ))}
          </div>
        ))}
      </div>
    </Panel>
  );
}

function NothingFound({ status }: { status: LaneStatus }): ReactElement {
  return (
    <p className="flex items-center gap-2 px-4 py-3 text-ink-3">
      {status === 'finished' ? (
        <>
          <CircleCheckBig className="size-4 text-safe-ink" aria-hidden />
          No invariant was broken.
        </>
      ) : (
        'Not audited yet.'
      )}
    </p>
  );
}

interface FindingItemProps {
  finding: Finding;
  lane: number;
  onInspect: FindingsProps['onInspect'];
}

function FindingItem({ finding, lane, onInspect }: FindingItemProps): ReactElement {
  const rest = finding.evidence.slice(FIRST);
  return (
    <article className="px-4 py-3">
      <h3 className="flex items-center gap-2 font-semibold text-unsafe-ink">
        <TriangleAlert className="size-4 shrink-0" aria-hidden />
        {finding.kind}
        <span className="chip border-unsafe-line text-unsafe-ink">{formatCount(finding.count)}</span>
      </h3>
      <p className="mt-1 text-pretty text-ink-2">{finding.message}</p>
      <EvidenceItems evidence={finding.evidence.slice(0, FIRST)} lane={lane} onInspect={onInspect} />
      {rest.length > 0 && (
        <details>
          <summary className="mt-1.5 inline-block rounded text-xs font-medium text-ink-2 underline underline-offset-2">
            {formatCount(rest.length)} more pieces of evidence
          </summary>
          <EvidenceItems evidence={rest} lane={lane} onInspect={onInspect} />
        </details>
      )}
    </article>
  );
}

interface EvidenceItemsProps {
  evidence: Evidence[];
  lane: number;
  onInspect: FindingsProps['onInspect'];
}

function EvidenceItems({ evidence, lane, onInspect }: EvidenceItemsProps): ReactElement | null {
  if (evidence.length === 0) return null;
  return (
    <ul className="mt-2 flex flex-col gap-1 text-[0.8125rem]">
      {evidence.map(({ attemptId, orderId, note }, i) => (
        <li key={i} className="flex flex-wrap items-baseline gap-x-2 border-l-2 border-line pl-2.5">
          {attemptId !== undefined && <AttemptId id={attemptId} lane={lane} onInspect={onInspect} />}
          {orderId !== undefined && <code className="font-mono text-xs text-ink-2">order {orderId}</code>}
          <span className="text-ink-3">{note}</span>
        </li>
      ))}
    </ul>
  );
}

interface AttemptIdProps {
  id: string;
  lane: number;
  onInspect: FindingsProps['onInspect'];
}

function AttemptId({ id, lane, onInspect }: AttemptIdProps): ReactElement {
  const text = <code className="font-mono text-xs break-all">{id}</code>;
  if (!onInspect) return text;
  return (
    <button
      type="button"
      onClick={() => onInspect(lane, id)}
      className="rounded text-left text-ink underline decoration-edge underline-offset-2 hover:decoration-ink"
      title="Show its steps"
    >
      {text}
    </button>
  );
}
