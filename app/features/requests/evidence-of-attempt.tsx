import { useEffect, useState, type ReactElement } from 'react';
import { nameEvidence } from '~/features/collision/name-evidence';
import type { Collisions } from '~/features/collision/use-collision';
import type { NamingPage } from '@/model/verdict';
import { useEvidence } from '~/live/evidence-source';
import { formatCount, plural } from '~/ui/format';

export interface EvidenceOfAttemptProps {
  lane: number;
  n: number;
  collisions: Collisions;
}

/** Most pieces that get a button; one attempt can be in very many. */
const SHOWN = 8;

/** The pieces of evidence that an attempt is part of, each as a link. */
export function EvidenceOfAttempt({ lane, n, collisions }: EvidenceOfAttemptProps): ReactElement {
  const source = useEvidence();
  const [answer, setAnswer] = useState<NamingPage | string | null>(null);
  useEffect(() => {
    const leaving = new AbortController();
    source.listNaming(lane, n, leaving.signal).then(setAnswer, (error: unknown) => {
      if (!leaving.signal.aborted)
        setAnswer(error instanceof Error ? error.message : 'The evidence could not be read.');
    });
    return () => leaving.abort();
  }, [source, lane, n]);

  if (answer === null) return <p className="mt-3 text-xs text-ink-3">Looking through the evidence…</p>;
  if (typeof answer === 'string') return <p className="mt-3 text-xs text-warning-ink">{answer}</p>;
  const among = answer.isComplete ? '' : ' of the first 20,000 of each kind';
  if (answer.total === 0) return <p className="mt-3 text-xs text-ink-3">In no piece of evidence{among}.</p>;
  return (
    <div className="mt-3 flex flex-wrap items-center gap-1.5 text-xs print:hidden">
      <span className="text-ink-2">
        In {plural(answer.total, 'piece')} of evidence{among}:
      </span>
      {answer.pieces.slice(0, SHOWN).map(({ kind, piece }) => (
        <button
          key={`${kind} ${piece}`}
          type="button"
          className="chip bg-surface hover:bg-hover"
          title="Show the attempts behind it"
          onClick={() => collisions.show({ lane, kind, piece })}
        >
          {nameEvidence(kind)} {formatCount(piece + 1)}
        </button>
      ))}
      {answer.total > SHOWN && (
        <span className="text-ink-3">and {formatCount(answer.total - SHOWN)} more</span>
      )}
    </div>
  );
}
