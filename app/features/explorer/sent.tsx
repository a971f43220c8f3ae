import type { ReactElement } from 'react';
import type { Move } from '@/model/exploration';

/** The statements and commands that a move sent, with their results. */
export function Sent({ move }: { move: Pick<Move, 'sql' | 'redis'> }): ReactElement {
  if (move.sql.length + move.redis.length === 0)
    return <p className="text-ink-3">Sends nothing to PostgreSQL or Redis.</p>;
  return (
    <ul className="flex flex-col gap-2 font-mono text-xs break-words">
      {move.sql.map(({ text, values, hasWaited, rows, rowCount, error }, i) => (
        <li key={`sql ${i}`} className="rounded-md bg-sunken px-3 py-2">
          {hasWaited && <span className="block font-sans text-ink-3">Answered now, after its wait:</span>}
          {text.replaceAll('"public".', '').replaceAll('"', '')}
          {values.length > 0 && <span className="block text-ink-2">values {JSON.stringify(values)}</span>}
          {rows?.map((row, n) => (
            <strong key={n} className="block font-semibold">
              → {JSON.stringify(row)}
            </strong>
          ))}
          {rowCount !== undefined && (
            <span className="block text-ink-2">
              {rowCount} {rowCount === 1 ? 'row' : 'rows'}
            </span>
          )}
          {error !== undefined && <span className="block text-unsafe-ink">{error}</span>}
        </li>
      ))}
      {move.redis.map(({ command, args, answer, error }, i) => (
        <li key={`redis ${i}`} className="rounded-md bg-sunken px-3 py-2">
          {command} {args.join(' ')}
          {answer !== undefined && (
            <strong className="block font-semibold">→ {JSON.stringify(answer)}</strong>
          )}
          {error !== undefined && <span className="block text-unsafe-ink">{error}</span>}
        </li>
      ))}
    </ul>
  );
}

/** What attempts sent and received that could go on because of a move. */
export function Woken({ move }: { move: Pick<Move, 'woke'> }): ReactElement[] {
  return move.woke.map((one) => (
    <div key={one.actor} className="mt-2">
      <p className="mb-1 text-xs text-ink-3">
        {one.actor}, {one.step}:
      </p>
      <Sent move={one} />
    </div>
  ));
}

/** A move in words: the attempt, its step, and the effect on the others. */
export function describeMove({ actor, event, step, hadToWait, waitsFor, woke, ended }: Move): string {
  const dies = hadToWait ? `dies while it waits in “${step}”` : `dies before “${step}”`;
  const does = { step, crash: dies, lease: 'loses the lease of its lock' }[event];
  const parts = [`${actor}: ${does}`];
  if (waitsFor.length > 0) parts.push(`waits for ${waitsFor.join(', ')}`);
  for (const one of woke) parts.push(`${one.actor} goes on with “${one.step}”`);
  for (const one of ended) parts.push(`${one.actor} ends: ${one.outcome}`);
  return parts.join('; ');
}
