import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useRef, useState, type ReactElement } from 'react';
import type { Evidence } from '@/model/verdict';
import { nameEvidence } from '~/features/collision/name-evidence';
import type { Collisions } from '~/features/collision/use-collision';
import type { EvidenceKind } from '@/report/collision';
import { useEvidence } from '~/live/evidence-source';
import { formatCount } from '~/ui/format';
import { isCompactLayout } from '~/ui/lane/many-lanes';

export interface EvidenceListProps {
  lane: number;
  kind: EvidenceKind;
  /** The first pieces, which came with the race. */
  first: readonly Evidence[];
  /** Number of all pieces. */
  pieces: number;
  /** Where a piece is opened; null without scripts. */
  collisions: Collisions | null;
}

const PAGE = 5;
/** The same on a still page of many lanes, where every lane is unfolded on paper. */
const FEW = 3;

/** The pieces that a list begins with. */
export function firstPieces(
  evidence: readonly Evidence[],
  { lanes, collisions }: { lanes: readonly unknown[]; collisions: Collisions | null },
): readonly Evidence[] {
  return collisions === null && isCompactLayout(lanes) ? evidence.slice(0, FEW) : evidence;
}

/** Every piece of evidence, a few at a time; each opens into the attempts that it names. */
export function EvidenceList({ first, pieces, ...place }: EvidenceListProps): ReactElement | null {
  const { page, turn, problem } = useEvidencePages(place, first);
  if (pieces === 0) return null;
  const { offset, evidence } = page;
  return (
    <div className="mt-2">
      <ul className="flex flex-col gap-1 text-[0.8125rem] *:flex *:flex-wrap *:items-baseline *:gap-x-2 *:border-l-2 *:pl-2.5">
        {evidence.map((piece, i) => (
          <EvidenceItem key={offset + i} piece={piece} number={offset + i} {...place} />
        ))}
      </ul>
      {problem !== null && (
        <p role="alert" className="mt-1.5 text-xs text-warning-ink">
          {problem}
        </p>
      )}
      {pieces > PAGE && place.collisions && (
        <nav
          aria-label={`Evidence for ${nameEvidence(place.kind)}`}
          className="mt-2 flex items-center gap-2 text-xs text-ink-3"
        >
          <Turn
            label="Earlier evidence"
            Icon={ChevronLeft}
            to={offset - PAGE}
            pieces={pieces}
            onTurn={turn}
          />
          <span>
            {formatCount(offset + 1)} to {formatCount(Math.min(pieces, offset + PAGE))} of{' '}
            {formatCount(pieces)}
          </span>
          <Turn
            label="Further evidence"
            Icon={ChevronRight}
            to={offset + PAGE}
            pieces={pieces}
            onTurn={turn}
          />
        </nav>
      )}
    </div>
  );
}

interface Pages {
  page: { offset: number; evidence: readonly Evidence[] };
  turn: (offset: number) => void;
  problem: string | null;
}

/** The current page; later ones are fetched when the reader turns to them. */
function useEvidencePages(
  { lane, kind }: Pick<EvidenceListProps, 'lane' | 'kind'>,
  first: readonly Evidence[],
): Pages {
  const source = useEvidence();
  const [fetched, setFetched] = useState<Pages['page'] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const asked = useRef(0);
  const turn = (offset: number) => {
    setProblem(null);
    asked.current = offset;
    if (offset + PAGE <= first.length)
      return setFetched({ offset, evidence: first.slice(offset, offset + PAGE) });
    source.listEvidence({ lane, kind, offset, limit: PAGE }).then(
      // ignores a response that arrives after the reader has turned to another page
      ({ evidence }) => asked.current === offset && setFetched({ offset, evidence }),
      (error: unknown) =>
        setProblem(error instanceof Error ? error.message : 'The evidence could not be read.'),
    );
  };
  return { page: fetched ?? { offset: 0, evidence: first.slice(0, PAGE) }, turn, problem };
}

interface TurnProps {
  label: string;
  Icon: typeof ChevronLeft;
  to: number;
  pieces: number;
  onTurn: (offset: number) => void;
}

function Turn({ label, Icon, to, pieces, onTurn }: TurnProps): ReactElement {
  return (
    <button
      type="button"
      className="button size-7 min-h-7 p-0"
      aria-label={label}
      disabled={to < 0 || to >= pieces}
      onClick={() => onTurn(to)}
    >
      <Icon className="size-3.5" aria-hidden />
    </button>
  );
}

interface EvidenceItemProps extends Omit<EvidenceListProps, 'first' | 'pieces'> {
  piece: Evidence;
  number: number;
}

function EvidenceItem({ piece, number, lane, kind, collisions }: EvidenceItemProps): ReactElement {
  const { attemptId, orderId, units, note } = piece;
  const shown = collisions?.shown;
  const isShown = shown?.lane === lane && shown.kind === kind && shown.piece === number;
  return (
    <li className={isShown ? 'border-ink' : 'border-line'} aria-current={isShown ? 'true' : undefined}>
      {attemptId !== undefined && (
        <AttemptLink
          id={attemptId}
          onShow={collisions && (() => collisions.show({ lane, kind, piece: number }))}
        />
      )}
      {orderId !== undefined && <code className="font-mono text-xs text-ink-2">order {orderId}</code>}
      {kind === 'losses' && units !== undefined && (
        <span className="font-medium">{units === 1 ? '1 unit' : `${formatCount(units)} units`}</span>
      )}
      <span className="text-ink-3">{note}</span>
    </li>
  );
}

function AttemptLink({ id, onShow }: { id: string; onShow: (() => void) | null }): ReactElement {
  const text = <code className="font-mono text-xs break-all">{id}</code>;
  if (!onShow) return text;
  return (
    <button
      type="button"
      onClick={onShow}
      className="rounded text-left text-ink underline decoration-edge underline-offset-2 hover:decoration-ink"
      title="Show the attempts behind it"
    >
      {text}
    </button>
  );
}
