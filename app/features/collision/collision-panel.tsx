import { ListFilter } from 'lucide-react';
import { forwardRef, useEffect, useMemo, useRef, useState, type ReactElement, type ReactNode } from 'react';
import type { AttemptRecord } from '@/model/attempt-record';
import type { LaneView } from '@/model/race';
import type { Evidence } from '@/model/verdict';
import type { Collision, EvidenceKind } from '@/report/collision';
import { AttemptFacts } from '~/features/requests/attempt-facts';
import type { MarkedRows } from '~/features/requests/use-log-view';
import { useEvidence } from '~/live/evidence-source';
import { LaneLabel } from '~/ui/lane/lane-label';
import { Panel } from '~/ui/panel';
import { useKeys } from '~/ui/use-keys';
import { nameEvidence } from './name-evidence';
import { BeatTable } from './step-table';
import { explainCollision, toCollision } from './collision-model';
import { CollisionTimeline } from './timeline/collision-timeline';
import { StillTimeline } from './timeline/still-timeline';
import { LETTERS } from './letters';
import { OrderRows } from './order-rows';
import { Pieces } from './pieces';
import { StepCard } from './step-card';
import { tellStory } from './explanation';
import type { CollisionState, Collisions } from './use-collision';

export interface CollisionPanelProps {
  lanes: readonly LaneView[];
  collisions: Collisions;
  /** Highlights the attempts in the log; undefined where there is none. */
  onShowRows: ((rows: MarkedRows) => void) | undefined;
}

/** The two attempts of a piece of evidence: their steps on one time axis, what they saw, and their rows. */
export function CollisionPanel({ lanes, collisions, onShowRows }: CollisionPanelProps): ReactElement | null {
  const { shown, asked, instead, total, current, show } = collisions;
  const panel = useRef<HTMLDivElement>(null);
  const followed = useRef(asked);
  const move = (piece: number) => {
    if (shown && piece >= 0 && piece < total) show({ ...shown, piece });
  };
  useKeys({ n: () => move((shown?.piece ?? 0) + 1), p: () => move((shown?.piece ?? 0) - 1) });
  useEffect(() => {
    // only a piece that the reader chose is scrolled to, not the page's first one or one that turns up in a running
    // race
    if (asked !== followed.current) panel.current?.scrollIntoView({ block: 'nearest' });
    followed.current = asked;
  }, [asked]);
  const lane = shown && lanes[shown.lane];
  if (!lane) return null;
  return (
    <Frame
      ref={panel}
      lane={lane}
      kind={shown.kind}
      instead={instead}
      actions={<Pieces shown={shown} total={total} onMove={move} />}
    >
      <Content
        current={current}
        sku={lane.sku}
        onShowRows={
          onShowRows && ((attempts) => onShowRows({ lane: lane.index, seqs: attempts.map(({ seq }) => seq) }))
        }
      />
    </Frame>
  );
}

/** The same of one piece that is at hand, on a page that cannot turn to others. */
export function StillCollision({
  lanes,
  collision,
}: {
  lanes: readonly LaneView[];
  collision: Collision;
}): ReactElement | null {
  const lane = lanes[collision.lane];
  if (!lane) return null;
  return (
    <Frame lane={lane} kind={collision.kind} instead={null}>
      <Content current={{ state: 'ready', ...collision }} sku={lane.sku} isStill onShowRows={undefined} />
    </Frame>
  );
}

interface FrameProps {
  lane: LaneView;
  kind: EvidenceKind;
  /** Why another piece is shown than the requested one; null if it is that one. */
  instead: string | null;
  actions?: ReactNode;
  children: ReactNode;
}

const Frame = forwardRef<HTMLDivElement, FrameProps>(function Frame(
  { lane, kind, instead, actions, children },
  panel,
) {
  const isLinked = useEvidence().addressOf({ lane: lane.index, kind, piece: 0 }) !== null;
  return (
    <Panel
      id="collision"
      title="The collision"
      help={`The attempts behind one piece of evidence, on one time axis.${isLinked ? ' Each one can be linked to.' : ''}`}
      actions={actions}
    >
      <div ref={panel} className="card flex scroll-my-28 flex-col gap-4 px-4 py-4 sm:px-5">
        {instead !== null && (
          <p role="status" className="text-warning-ink">
            {instead}
          </p>
        )}
        <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <LaneLabel lane={lane} />
          <span className="chip border-unsafe-line text-unsafe-ink">{nameEvidence(kind)}</span>
        </p>
        {children}
      </div>
    </Panel>
  );
});

interface ContentProps {
  current: CollisionState;
  sku: string;
  /** Whether nothing on the page can be pressed. */
  isStill?: boolean;
  onShowRows: ((attempts: readonly AttemptRecord[]) => void) | undefined;
}

function Content({ current, sku, isStill = false, onShowRows }: ContentProps): ReactElement {
  if (current.state === 'loading') return <p className="min-h-64 text-ink-3">Reading the attempts…</p>;
  if (current.state === 'failed') return <p className="min-h-24 text-warning-ink">{current.message}</p>;
  const { evidence, attempts } = current;
  return (
    <>
      <Explanation evidence={evidence} attempts={attempts} />
      {attempts.length > 0 && (
        <>
          <Steps
            key={attempts.map(({ attemptId }) => attemptId).join()}
            attempts={attempts}
            isStill={isStill}
          />
          <div className="grid gap-x-10 gap-y-4 lg:grid-cols-2">
            {attempts.map((attempt, who) => (
              <section key={attempt.attemptId} aria-label={`Attempt ${attempt.attemptId}`}>
                <h3 className="mb-1.5 flex items-baseline gap-2 font-semibold">
                  {LETTERS[who]}
                  <code className="font-mono text-xs font-normal break-all text-ink-2">
                    {attempt.attemptId}
                  </code>
                </h3>
                <AttemptFacts attempt={attempt} />
              </section>
            ))}
          </div>
          <OrderRows orders={attempts.flatMap(({ orders }) => orders)} attempts={attempts} sku={sku} />
          {onShowRows && (
            <button
              type="button"
              className="button self-start print:hidden"
              onClick={() => onShowRows(attempts)}
            >
              <ListFilter className="size-4" aria-hidden />
              {attempts.length === 1 ? 'Show it in the log' : 'Show both in the log'}
            </button>
          )}
        </>
      )}
    </>
  );
}

function Explanation({
  evidence,
  attempts,
}: {
  evidence: Evidence;
  attempts: readonly AttemptRecord[];
}): ReactElement {
  const explained = explainCollision(attempts);
  return (
    <div aria-live="polite">
      {explained && <p className="text-base font-semibold text-pretty">{explained}</p>}
      <p className="text-pretty text-ink-2">
        {evidence.orderId !== undefined && `Order ${evidence.orderId}: `}
        {evidence.note}.
      </p>
    </div>
  );
}

/** The picture, its explanation, the selected step, and the table of all steps. */
function Steps({
  attempts,
  isStill,
}: {
  attempts: readonly AttemptRecord[];
  isStill: boolean;
}): ReactElement {
  const collision = useMemo(() => toCollision(attempts), [attempts]);
  const story = useMemo(() => tellStory(collision, attempts), [collision, attempts]);
  const [active, setActive] = useState(story?.points[2].beat ?? 0);
  const { beats } = collision;
  const beat = beats[active];
  return (
    <>
      {isStill ? (
        <StillTimeline collision={collision} />
      ) : (
        <CollisionTimeline collision={collision} story={story} active={active} onActive={setActive} />
      )}
      {story && (
        <ol className="flex flex-col gap-1 text-[0.8125rem]" aria-label="How it went wrong">
          {story.points.map(({ text, beat: at }, i) => (
            <li key={at} className="flex gap-2">
              <span
                className="grid size-5 shrink-0 place-items-center rounded-full bg-unsafe-ink text-2xs font-bold text-surface"
                aria-hidden
              >
                {i + 1}
              </span>
              <span className={i === 2 ? 'font-semibold text-unsafe-ink' : ''}>{text}</span>
            </li>
          ))}
        </ol>
      )}
      {beat && <StepCard beat={beat} attempts={attempts} />}
      <BeatTable beats={beats} attempts={attempts} active={active} onActive={setActive} />
    </>
  );
}
