import type { ReactElement, ReactNode } from 'react';
import type { StrategyInfo } from '@/model/strategy';
import { ExpectedBadge } from '~/ui/lane/lane-mark';

export interface StrategyTextProps {
  strategy: StrategyInfo;
  /** Its name, as a link where there is one. */
  title: ReactNode;
}

/** The text on every card of a strategy: name, class, id and summary. */
export function StrategyText({ strategy, title }: StrategyTextProps): ReactElement {
  return (
    <>
      <span className="flex flex-wrap items-center justify-between gap-2">
        {title}
        <ExpectedBadge expected={strategy.expected} />
      </span>
      <code className="font-mono text-xs break-all text-ink-3">{strategy.id}</code>
      <span className="text-[0.8125rem] text-pretty text-ink-2">{strategy.summary}</span>
    </>
  );
}
