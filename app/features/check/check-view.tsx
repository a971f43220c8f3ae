import type { ReactElement, ReactNode } from 'react';
import type { CheckResult, CheckSchedule, CheckVerdict } from '@/model/app-check';
import { countOf } from '@/model/wording';
import { APP_FINDING_NAMES, describeReplays, PATTERN_WORDS } from '@/report/check-words';
import { formatCount } from '~/ui/format';
import { Panel } from '~/ui/panel';
import { VerdictBanner } from '~/ui/verdict-banner';

export interface CheckViewProps {
  result: CheckResult;
  /** Beside the heading. */
  actions?: ReactNode;
  renderSchedule: (schedule: CheckSchedule) => ReactElement;
}

/** The result of a check: verdict, the order that shows it, what to change, and what was covered. */
export function CheckView({ result, actions, renderSchedule }: CheckViewProps): ReactElement {
  const { explored, notes, replay } = result;
  const shown = result.schedule ?? explored?.simplest;
  return (
    <>
      <div className="flex flex-wrap items-start justify-between gap-3">
        <Heading result={result} />
        {actions}
      </div>
      <Banner result={result} />
      {shown && renderSchedule(shown)}
      {shown?.match && <WhatToChange pattern={shown.match.pattern} />}
      {explored && <Outcomes explored={explored} />}
      {notes.length > 0 && (
        <Panel id="notes" title="What this does not cover" help="Limits of this check.">
          <ul className="card divide-y divide-line text-sm">
            {notes.map((note) => (
              <li key={note} className="px-4 py-2 text-pretty">
                {note}
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {replay !== '' && (
        <Panel id="again" title="Run it again" help="The same order alone, on the same start state.">
          <pre className="card overflow-x-auto px-4 py-3 font-mono text-xs" tabIndex={0}>
            {replay}
          </pre>
        </Panel>
      )}
    </>
  );
}

/** The title and the help of the panel that shows a schedule of a check. */
export function titleOf(result: CheckResult, { reproduced }: CheckSchedule): { title: string; help: string } {
  return {
    title: result.schedule ? 'The schedule' : 'The simplest order that breaks something',
    // the verdict of a search says it already
    help: `Move by move, as the statements reached the database.${result.schedule ? ` ${describeReplays(reproduced)}` : ''}`,
  };
}

/** What was checked: its requests, and how the app is started. */
function Heading({ result: { name, requests, app } }: { result: CheckResult }): ReactElement {
  return (
    <header className="flex flex-col gap-1">
      <h1 className="text-xl font-semibold tracking-tight break-words sm:text-2xl">{name}</h1>
      <ul className="text-sm text-ink-2">
        {requests.map(({ request, title }, i) => (
          <li key={request} className="break-words">
            <strong className="font-semibold">T{request}</strong>{' '}
            <code className="font-mono text-xs">{title}</code>
            {app.statements[i] !== undefined && (
              <span className="text-ink-3">, {countOf(app.statements[i], 'statement')} on its own</span>
            )}
          </li>
        ))}
      </ul>
      <p className="text-[0.8125rem] break-words text-ink-3">
        {countOf(app.instances, 'instance')} of <code className="font-mono text-xs">{app.start}</code>
      </p>
    </header>
  );
}

const TONES = { violated: 'unsafe', inconclusive: 'warning', ok: 'safe' } as const;
const WORDS: Record<CheckVerdict, string> = { violated: 'Violated', inconclusive: 'Inconclusive', ok: 'OK' };

/** The verdict and its reason: the first thing the eye must find. */
function Banner({ result: { verdict, reason, explored } }: { result: CheckResult }): ReactElement {
  const { possible, run, violating } = explored?.schedules ?? {};
  return (
    <VerdictBanner
      verdict={verdict}
      tone={TONES[verdict]}
      headline={(className) => <h2 className={className}>{WORDS[verdict]}</h2>}
    >
      <p className="mt-1 text-pretty break-words text-ink-2">{reason}</p>
      {possible !== undefined && run !== undefined && (
        <p className="mt-2 text-[0.8125rem] text-ink-2">
          {countOf(possible, 'possible order')}, {formatCount(run)} run
          {(violating ?? 0) > 0 && `, ${formatCount(violating ?? 0)} that break something`}
        </p>
      )}
    </VerdictBanner>
  );
}

/** A text whose code stands between backticks. */
function withCode(text: string): ReactElement[] {
  return text.split('`').map((part, i) =>
    i % 2 === 0 ? (
      <span key={i}>{part}</span>
    ) : (
      <code key={i} className="font-mono text-xs">
        {part}
      </code>
    ),
  );
}

function WhatToChange({ pattern }: { pattern: keyof typeof PATTERN_WORDS }): ReactElement {
  const { name, what, advice, strategies } = PATTERN_WORDS[pattern];
  return (
    <Panel id="change" title={`What to change: ${name.toLowerCase()}`} help={`A request ${what}.`}>
      <div className="card px-4 py-3 text-sm text-pretty">
        <p>{withCode(advice)}</p>
        {strategies.length > 0 && (
          <p className="mt-1 text-ink-3">
            Strategies of the catalogue that do it:{' '}
            {strategies.map((id, i) => (
              <span key={id}>
                {i > 0 && ', '}
                <a href={`/strategies/${id}`} className="font-mono text-xs underline underline-offset-2">
                  {id}
                </a>
              </span>
            ))}
          </p>
        )}
      </div>
    </Panel>
  );
}

function Outcomes({ explored }: { explored: NonNullable<CheckResult['explored']> }): ReactElement {
  const { outcomes, masks } = explored;
  return (
    <Panel
      id="outcomes"
      title="Outcomes"
      help={`Of all orders, grouped by result.${masks.length > 0 ? ` Not compared: ${masks.join(', ')}.` : ''}`}
    >
      <div className="card overflow-x-auto" tabIndex={0} role="region" aria-label="Orders by outcome">
        <table className="w-full text-left text-[0.8125rem]">
          <thead>
            <tr className="text-xs text-ink-3">
              {['outcome', 'findings', 'orders', 'simplest'].map((title) => (
                <th key={title} scope="col" className="px-4 py-2 font-normal">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {outcomes.map(({ outcomes: texts, findings, schedules, example }) => (
              <tr key={example} className="border-t border-line">
                <td className="px-4 py-2">{texts.join(' + ')}</td>
                <td className={`px-4 py-2 ${findings.length > 0 ? 'text-unsafe-ink' : ''}`}>
                  {findings.map((kind) => APP_FINDING_NAMES[kind]).join(', ') || 'none'}
                </td>
                <td className="px-4 py-2">{formatCount(schedules)}</td>
                <td className="px-4 py-2 font-mono">{example}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
