import type { ReactElement } from 'react';
import type { AttemptRecord } from '@/model/attempt-record';
import { formatMs } from '@/model/wording';
import type { TimelineStep } from './collision-model';
import { LETTERS } from './letters';

export interface BeatTableProps {
  beats: readonly TimelineStep[];
  attempts: readonly AttemptRecord[];
  active: number;
  onActive: (beat: number) => void;
}

/** Every step of both attempts in the order in which it began, as T1 and T2 like in textbooks. */
export function BeatTable({ beats, attempts, active, onActive }: BeatTableProps): ReactElement {
  return (
    <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label="Steps in order">
      <table className="w-full text-[0.8125rem]">
        <thead>
          <tr className="text-left text-2xs text-ink-3">
            <th scope="col" className="w-20 py-1 pr-4 text-right font-normal">
              began at
            </th>
            {attempts.map((attempt, who) => (
              <th key={attempt.attemptId} scope="col" className="py-1 pr-4 font-normal">
                <strong className="font-semibold text-ink">{LETTERS[who]}</strong>{' '}
                <span className="max-sm:hidden">{attempt.attemptId}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {beats.map((beat, i) => (
            <tr
              key={i}
              className={`border-t border-line ${i === active ? 'bg-hover' : ''}`}
              onPointerEnter={() => onActive(i)}
            >
              <td className="py-1 pr-4 text-right whitespace-nowrap text-ink-3">{formatMs(beat.fromMs)}</td>
              {attempts.map((attempt, who) => (
                <td key={attempt.attemptId} className="py-1 pr-4 align-top">
                  {beat.who === who && (
                    <>
                      {beat.name}
                      {beat.value !== null && <strong className="ml-2 font-semibold">{beat.value}</strong>}
                    </>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
