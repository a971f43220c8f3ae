import type { StepKind } from '@/model/step-kind';

/** What an attempt still does when its buyer has been answered: the consumer of a queue, for instance. */
export const AFTERWARDS: { name: string; kind: StepKind } = { name: 'after the answer', kind: 'sql' };

/** The commit of a statement that stands outside a transaction. */
export function commitOf(step: string): string {
  return `commit of ${step}`;
}
