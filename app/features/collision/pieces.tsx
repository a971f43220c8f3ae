import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { EvidenceRef } from '@/report/collision';
import { useEvidence } from '~/live/evidence-source';
import { CopyLink } from '~/ui/copy-button';
import { formatCount } from '~/ui/format';

export interface PiecesProps {
  shown: EvidenceRef;
  total: number;
  onMove: (piece: number) => void;
}

/** Buttons to the previous and next piece, and a field for any number. */
export function Pieces({ shown, total, onMove }: PiecesProps): ReactElement {
  // holds any text while the reader types; the shown piece follows where the text names one
  const [typed, setTyped] = useState<string | null>(null);
  const address = useEvidence().addressOf(shown);
  const exists = (piece: number) => Number.isInteger(piece) && piece >= 1 && piece <= total;
  return (
    <div className="flex flex-wrap items-center gap-1.5 text-[0.8125rem] whitespace-nowrap">
      <button
        type="button"
        className="button size-8 min-h-8 p-0"
        aria-label="Previous piece of evidence (p)"
        disabled={shown.piece === 0}
        onClick={() => onMove(shown.piece - 1)}
      >
        <ChevronLeft className="size-4" aria-hidden />
      </button>
      <input
        type="number"
        className="field w-20 min-h-8 text-right"
        aria-label="Piece of evidence"
        min={1}
        max={total}
        step={1}
        title={`From 1 to ${formatCount(total)}`}
        value={typed ?? shown.piece + 1}
        aria-invalid={typed !== null && !exists(Number(typed))}
        onChange={(event) => {
          setTyped(event.target.value);
          const asked = event.target.valueAsNumber;
          if (exists(asked)) onMove(asked - 1);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') setTyped(null);
        }}
        onBlur={() => setTyped(null)}
      />
      {/* fields are not printed */}
      <span className="hidden print:inline">Piece {formatCount(shown.piece + 1)}</span>
      <span className="text-ink-3">of {formatCount(total)}</span>
      <button
        type="button"
        className="button size-8 min-h-8 p-0"
        aria-label="Next piece of evidence (n)"
        disabled={shown.piece + 1 >= total}
        onClick={() => onMove(shown.piece + 1)}
      >
        <ChevronRight className="size-4" aria-hidden />
      </button>
      {address !== null && <CopyLink path={address} />}
    </div>
  );
}
