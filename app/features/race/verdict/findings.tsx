import { CircleCheckBig, TriangleAlert } from 'lucide-react';
import type { ReactElement } from 'react';
import type { LaneStatus } from '@/model/lane-status';
import type { LaneView } from '@/model/race';
import type { Evidence, Finding } from '@/model/verdict';
import { countFound, FINDING_NAMES } from '@/model/wording';
import type { Collisions } from '~/features/collision/use-collision';
import { Panel } from '~/ui/panel';
import { EvidenceList, firstPieces } from './evidence-list';
import { LaneCards } from './lane-cards';

export interface FindingsProps {
  lanes: readonly LaneView[];
  /** Where a piece of evidence is opened; null without scripts. */
  collisions: Collisions | null;
}

/** Every broken invariant with its evidence. Hidden while there is none. */
export function Findings({ lanes, collisions }: FindingsProps): ReactElement | null {
  if (lanes.every((lane) => lane.verdict.findings.length === 0)) return null;
  return (
    <Panel
      id="findings"
      title="Findings"
      help="Each broken invariant, with the attempts and orders to look up in the tables."
    >
      <LaneCards
        lanes={lanes}
        cards={lanes.map((lane) => ({
          lane,
          gist: <Gist lane={lane} />,
          body: (
            <>
              {lane.verdict.findings.length === 0 && <NothingFound status={lane.status} />}
              {lane.verdict.findings.map((finding) => (
                <FindingItem
                  key={finding.kind}
                  finding={finding}
                  first={firstPieces(finding.evidence, { lanes, collisions })}
                  lane={lane.index}
                  collisions={collisions}
                />
              ))}
            </>
          ),
        }))}
      />
    </Panel>
  );
}

/** The broken invariants of a lane with their counts, or that there are none. */
function Gist({ lane: { status, verdict } }: { lane: LaneView }): ReactElement {
  if (verdict.findings.length === 0) return <Sound status={status} />;
  return (
    <span className="flex flex-wrap gap-1.5">
      {verdict.findings.map((finding) => (
        <span key={finding.kind} className="chip border-unsafe-line text-unsafe-ink">
          {FINDING_NAMES[finding.kind]} {countFound(finding)}
        </span>
      ))}
    </span>
  );
}

function NothingFound({ status }: { status: LaneStatus }): ReactElement {
  return (
    <p className="px-4 py-3 text-ink-3">
      <Sound status={status} />
    </p>
  );
}

function Sound({ status }: { status: LaneStatus }): ReactElement {
  if (status !== 'finished') return <>Not audited yet.</>;
  return (
    <span className="flex items-center gap-2">
      <CircleCheckBig className="size-4 text-safe-ink" aria-hidden />
      No invariant was broken.
    </span>
  );
}

interface FindingItemProps {
  finding: Finding;
  /** The pieces of evidence to begin with. */
  first: readonly Evidence[];
  lane: number;
  collisions: Collisions | null;
}

function FindingItem({ finding, first, lane, collisions }: FindingItemProps): ReactElement {
  const { kind, message, pieces } = finding;
  return (
    <article className="px-4 py-3">
      <h3 className="flex items-center gap-2 font-semibold text-unsafe-ink">
        <TriangleAlert className="size-4 shrink-0" aria-hidden />
        {FINDING_NAMES[kind]}
        <span className="chip border-unsafe-line text-unsafe-ink">{countFound(finding)}</span>
      </h3>
      <p className="mt-1 text-pretty text-ink-2">{message}</p>
      <EvidenceList lane={lane} kind={kind} first={first} pieces={pieces} collisions={collisions} />
    </article>
  );
}
