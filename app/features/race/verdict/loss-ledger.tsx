import type { ReactElement } from 'react';
import type { LaneView } from '@/model/race';
import type { LossLedger as Ledger } from '@/model/verdict';
import type { Collisions } from '~/features/collision/use-collision';
import { formatCount, plural } from '~/ui/format';
import { Panel } from '~/ui/panel';
import { EvidenceList, firstPieces } from './evidence-list';
import { LaneCards } from './lane-cards';
import { summariseLosses } from './loss-words';

export interface LossLedgerProps {
  lanes: readonly LaneView[];
  collisions: Collisions | null;
}

/** Explains each unit by which orders and stock differ. Hidden while there is none. */
export function LossLedger({ lanes, collisions }: LossLedgerProps): ReactElement | null {
  const lossy = lanes.flatMap((lane) =>
    lane.ledger && summariseLosses(lane.ledger) !== '' ? [{ lane, ledger: lane.ledger }] : [],
  );
  if (lossy.length === 0) return null;
  return (
    <Panel
      id="ledger"
      title="Loss ledger"
      help="Units sold but never deducted, and the pair of sales behind each."
    >
      <LaneCards
        lanes={lanes}
        cards={lossy.map(({ lane, ledger }) => ({
          lane,
          gist: summariseLosses(ledger),
          body: (
            <div className="px-4 py-3">
              <Sum ledger={ledger} />
              <EvidenceList
                lane={lane.index}
                kind="losses"
                first={firstPieces(ledger.entries, { lanes, collisions })}
                pieces={ledger.pieces}
                collisions={collisions}
              />
            </div>
          ),
        }))}
      />
    </Panel>
  );
}

/** The parts that add up to the difference between orders and stock. */
function Sum({
  ledger: { units, attributed, unattributed, created, leaked, pieces },
}: {
  ledger: Ledger;
}): ReactElement {
  const parts = [
    { name: `booked on ${plural(pieces, 'pair')} of sales`, value: attributed },
    { name: 'that nothing recorded explains', value: unattributed },
    { name: 'too many, and no attempt is known to have put them there', value: created },
    { name: 'left the stock without an order', value: leaked },
  ].filter(({ value }) => value !== 0);
  return (
    <dl className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
      <dt className="sr-only">units ordered, less those that the stock lost</dt>
      <dd className="text-lg font-semibold">{formatCount(units)}</dd>
      <span className="text-ink-3" aria-hidden>
        =
      </span>
      {parts.map(({ name, value }, i) => (
        <div key={name} className="flex flex-row-reverse items-baseline gap-1.5">
          <dt className="text-ink-2">{name}</dt>
          <dd className="font-semibold">
            {value < 0 ? '− ' : i > 0 && '+ '}
            {formatCount(Math.abs(value))}
          </dd>
        </div>
      ))}
    </dl>
  );
}
