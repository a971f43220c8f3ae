import type { ReactElement } from 'react';
import type { Move, ScheduleView } from '@/model/exploration';
import { FINDING_NAMES } from '@/model/wording';
import { Panel } from '~/ui/panel';
import { STEP_KEYS, StepControls, useSteps } from '~/ui/stepper';
import { MarkedSource } from './marked-source';
import { describeMove, Sent, Woken } from './sent';

export interface DebuggerProps {
  schedule: ScheduleView;
  attempts: number;
  source: string;
  /** The source's lines as escaped HTML. */
  lines: readonly string[];
}

/** Steps through one schedule, move by move, forwards and back, beside the code that runs. */
export function Debugger({ schedule, attempts, source, lines }: DebuggerProps): ReactElement {
  const { moves } = schedule;
  const steps = useSteps(moves.length);
  const { at, go } = steps;
  const actors = Array.from({ length: attempts }, (_, i) => `T${i + 1}`);
  const move = moves[at];
  return (
    <Panel
      id="debugger"
      title="The schedule, move by move"
      help={`${STEP_KEYS} ${new Intl.ListFormat('en').format(actors)} mark the line each is on.`}
      actions={<StepControls {...steps} />}
    >
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <div className="card flex min-w-0 flex-col gap-4 p-4">
          <MoveTable moves={moves} actors={actors} at={at} go={go} />
          {move && (
            <section aria-label="Current move" aria-live="polite" className="flex flex-col gap-2">
              <h3 className="font-semibold">{describeMove(move)}</h3>
              <Sent move={move} />
              <Woken move={move} />
            </section>
          )}
          <Ending schedule={schedule} />
        </div>
        <MarkedSource source={source} lines={lines} moves={moves.slice(0, at + 1)} actors={actors} />
      </div>
    </Panel>
  );
}

interface MoveTableProps {
  moves: readonly Move[];
  actors: readonly string[];
  at: number;
  go: (to: number) => void;
}

function MoveTable({ moves, actors, at, go }: MoveTableProps): ReactElement {
  return (
    <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Moves in order">
      <table className="w-full text-[0.8125rem]">
        <thead>
          <tr className="text-left">
            {['move', ...actors].map((name) => (
              <th key={name} scope="col" className="px-2 py-1 font-semibold">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {moves.map((move, i) => (
            <tr
              key={i}
              aria-current={i === at ? 'step' : undefined}
              onClick={() => go(i)}
              className={`cursor-pointer border-t border-line ${i === at ? 'bg-hover font-semibold' : ''}`}
            >
              <td className="px-2 py-1 text-ink-2">{i + 1}</td>
              {actors.map((actor) => (
                <td key={actor} className="px-2 py-1 align-top">
                  {move.actor === actor && describeMove(move).slice(actor.length + 2)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Ending({ schedule }: { schedule: ScheduleView }): ReactElement {
  const { stock, orders, outcomes, findings, cut } = schedule;
  return (
    <section aria-label="At the end" className="border-t border-line pt-3 text-[0.8125rem]">
      <p>
        At the end: {outcomes.map(({ actor, outcome }) => `${actor} ${outcome}`).join(', ')}; stock{' '}
        <strong className="font-semibold">{stock.join(', ')}</strong>; orders{' '}
        <strong className="font-semibold">
          {orders.map(({ actor, quantity }) => `${actor} × ${quantity}`).join(', ') || 'none'}
        </strong>
        .
      </p>
      {findings.map(({ kind, message }) => (
        <p key={kind} className="text-unsafe-ink">
          <strong className="font-semibold">{FINDING_NAMES[kind]}</strong>: {message}
        </p>
      ))}
      {cut !== undefined && <p className="text-warning-ink">Cut off: {cut}</p>}
    </section>
  );
}
