import type { StepKind } from '@/model/step-kind';

/** What an attempt still does after its buyer has the response: the consumer of a queue, for instance. */
export const AFTERWARDS: { name: string; kind: StepKind } = { name: 'after the answer', kind: 'sql' };

/** The commit of a statement outside a transaction. */
export function commitOf(step: string): string {
  return `commit of ${step}`;
}
