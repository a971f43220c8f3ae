import { Play } from 'lucide-react';
import { useId, type ReactElement, type ReactNode } from 'react';
import type { StrategyInfo } from '@/model/strategy';
import { PLAN_PRESETS, type PlanPreset } from '@/plan/presets';
import { toAddress } from '@/plan/address';
import { textOfPlan, type PlanText } from '@/plan/form';
import { PlanHiddenFields } from '~/features/plan/plan-hidden-fields';
import type { PostForm } from '~/features/plan/post-form';
import { unsafeFirst } from '~/features/strategies/pick-strategies';

export interface PresetRowProps {
  Form: PostForm;
  strategies: readonly StrategyInfo[];
  busy: boolean;
  /** Renders the link into the form; the caller knows how pages are linked. */
  renderLink: (address: string, className: string, title: string) => ReactNode;
}

/** Plans to start from: each can be opened in the form, or started at once. */
export function PresetRow({ strategies, ...rest }: PresetRowProps): ReactElement {
  const title = useId();
  return (
    <section aria-labelledby={title} className="flex flex-col gap-3">
      <h2 id={title} className="text-[0.9375rem] font-semibold tracking-tight">
        Presets
      </h2>
      <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3 xl:grid-cols-5">
        {PLAN_PRESETS.map((preset) => (
          <PresetCard key={preset.id} preset={preset} fields={fieldsOfPreset(preset, strategies)} {...rest} />
        ))}
      </ul>
    </section>
  );
}

/** A preset as the form shows it, with its strategies in the order of their lanes. */
export function fieldsOfPreset({ plan }: PlanPreset, strategies: readonly StrategyInfo[]): PlanText {
  const wanted = plan.strategies;
  const chosen = unsafeFirst(strategies).filter(({ id }) => wanted === 'all' || wanted.includes(id));
  return textOfPlan({ ...plan, strategies: chosen.map(({ id }) => id) });
}

interface PresetCardProps extends Omit<PresetRowProps, 'strategies'> {
  preset: PlanPreset;
  fields: PlanText;
}

function PresetCard({ Form, preset, fields, busy, renderLink }: PresetCardProps): ReactElement {
  return (
    <li className="card relative flex flex-col gap-2 p-4 hover:bg-hover">
      {renderLink(
        `${toAddress(fields)}#plan`,
        'font-semibold after:absolute after:inset-0 after:rounded-xl',
        preset.title,
      )}
      <p className="text-[0.8125rem] text-pretty text-ink-2">{preset.shows}</p>
      <Form method="post" action="/?index" className="mt-auto flex items-center justify-between gap-2 pt-1">
        <PlanHiddenFields fields={fields} />
        <span className="text-xs text-ink-3">{preset.takes}</span>
        <button
          className="button relative z-10 min-h-8 px-2.5 text-[0.8125rem]"
          disabled={busy}
          aria-label={`Start ${preset.title}`}
        >
          <Play className="size-3.5" fill="currentColor" aria-hidden />
          Start
        </button>
      </Form>
    </li>
  );
}
