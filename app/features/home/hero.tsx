import { Play } from 'lucide-react';
import { useRef, type ReactElement, type ReactNode } from 'react';
import type { RunningJob } from '@/model/job';
import { PLAN_DEFAULTS } from '@/plan/load-plan';
import { defaultText } from '@/plan/form';
import { PlanHiddenFields } from '~/features/plan/plan-hidden-fields';
import type { PostForm } from '~/features/plan/post-form';
import { TurnLink } from '~/ui/turn-link';
import { useKeys } from '~/ui/use-keys';
import { InterleavingFigure } from './interleaving-figure';

export interface HeroProps {
  Form: PostForm;
  busy: boolean;
  /** The running job, which the test would have to wait for. */
  turn: RunningJob | null;
  /** Whether `s` starts the test: not while a plan is open, since it starts that one then. */
  hasKey: boolean;
}

/** What the product is, how to see it, and what to expect. */
export function Hero({ Form, busy, turn, hasKey }: HeroProps): ReactElement {
  const form = useRef<HTMLFormElement>(null);
  useKeys(hasKey && !busy ? { s: () => form.current?.requestSubmit() } : {});
  return (
    <section className="grid items-center gap-8 lg:grid-cols-[1.15fr_1fr] lg:gap-16">
      <div className="flex flex-col items-start">
        <h1 className="text-4xl leading-[1.1] font-semibold tracking-[-0.03em] text-balance sm:text-5xl">
          Can this checkout sell the last unit twice?
        </h1>
        <p className="mt-4 max-w-xl text-base text-pretty text-ink-2 sm:text-lg">
          Oversell races real purchase code against a real PostgreSQL and Redis, shows every request as it
          happens, and proves from the final rows what was sold.
        </p>
        <Form
          method="post"
          action="/?index"
          ref={form}
          className="mt-7 flex flex-wrap items-center gap-x-4 gap-y-3"
        >
          <PlanHiddenFields fields={defaultText()} />
          <button className="button button-primary min-h-12 px-6 text-base" disabled={busy}>
            <Play className="size-4.5" fill="currentColor" aria-hidden />
            {busy ? 'Starting…' : 'Start test'}
            {hasKey && <kbd className="key max-sm:hidden">s</kbd>}
          </button>
          {turn ? (
            <span role="status" className="max-w-80 text-[0.8125rem] text-pretty text-ink-2">
              Running now: <TurnLink turn={turn} />. A test started now waits for it.
            </span>
          ) : (
            <span className="text-[0.8125rem] text-ink-3">about 10 seconds, nothing to set up</span>
          )}
        </Form>
        <ol className="mt-8 grid gap-3 text-[0.8125rem] text-ink-2 sm:grid-cols-3 sm:gap-6">
          <WhatHappens n={1} title="Fire">
            {PLAN_DEFAULTS.attempts.toLocaleString('en-US')} attempts at {PLAN_DEFAULTS.stock} units,{' '}
            {PLAN_DEFAULTS.concurrency} buyers at once, over real HTTP.
          </WhatHappens>
          <WhatHappens n={2} title="Compare">
            Once with <em className="font-semibold text-unsafe-ink not-italic">read-then-write</em>, once with{' '}
            <em className="font-semibold text-safe-ink not-italic">conditional-update</em>.
          </WhatHappens>
          <WhatHappens n={3} title="Prove">
            The orders and stock in the tables decide. Without proof that requests met there is no verdict.
          </WhatHappens>
        </ol>
      </div>
      <InterleavingFigure />
    </section>
  );
}

function WhatHappens({
  n,
  title,
  children,
}: {
  n: number;
  title: string;
  children: ReactNode;
}): ReactElement {
  return (
    <li className="border-t border-line pt-3 text-pretty">
      <span className="mb-0.5 block font-semibold text-ink">
        <span className="mr-1.5 text-ink-3">{n}</span>
        {title}
      </span>
      {children}
    </li>
  );
}
