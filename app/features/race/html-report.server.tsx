import { gzipSync } from 'node:zlib';
import type { ReactElement } from 'react';
import type { RaceView } from '@/model/race';
import type { RaceReport } from '@/report/race-report';
import { EMBEDDED_ID } from '@/report/read-report';
import { describeOutcome } from '@/report/report-words';
import { StillCollision } from '~/features/collision/collision-panel';
import { PlanSummary } from '~/features/plan/plan-summary';
import { isCompactLayout } from '~/ui/lane/many-lanes';
import { renderOffline } from '~/ui/offline-document.server';
import { DemandList } from './demand-list';
import { RaceSections } from './race-sections';

/**
 * The report of a race as one HTML document that needs no script, no other file and no network: its race page without
 * what can be pressed.
 */
export function renderHtmlReport(report: RaceReport): string {
  const { race, writtenBy, collision } = report;
  const outcome = describeOutcome(report);
  return renderOffline({
    title: outcome,
    footer: `Written by ${writtenBy}. Numbers come from the orders, the stock and the history of each lane.`,
    children: (
      <>
        <ReportHeading race={race} hasPlan={report.hasPlan !== false} outcome={outcome} />
        <RaceSections
          race={race}
          demands={<DemandList race={race} assertions={report.assertions} />}
          collision={collision && <StillCollision lanes={race.lanes} collision={collision} />}
          collisions={null}
          stockOnly={isCompactLayout(race.lanes)}
        />
        <script
          type="application/json"
          id={EMBEDDED_ID}
          dangerouslySetInnerHTML={{ __html: toData(report) }}
        />
      </>
    ),
  });
}

/** The report as data, which never runs and in which no text can end the script: a page that opens the file reads it. */
function toData(report: RaceReport): string {
  return JSON.stringify({ gzip: gzipSync(JSON.stringify(report), { level: 9 }).toString('base64') });
}

function ReportHeading({
  race,
  hasPlan,
  outcome,
}: {
  race: RaceView;
  hasPlan: boolean;
  outcome: string;
}): ReactElement {
  const when = race.startedAt;
  return (
    <header className="flex flex-col gap-1">
      <h1 className="text-xl font-semibold tracking-tight sm:text-2xl">{outcome}</h1>
      {hasPlan && <PlanSummary race={race} />}
      <p className="text-[0.8125rem] text-ink-3">
        Race <code className="font-mono text-xs">{race.id}</code>
        {when !== null && (
          <>
            , started <time dateTime={when}>{`${when.slice(0, 10)} ${when.slice(11, 19)} UTC`}</time>
          </>
        )}
        {race.reason === null ? '' : `. ${race.reason}`}
      </p>
    </header>
  );
}
