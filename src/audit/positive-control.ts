import type { Verdict } from '@/model/verdict';

/** A lane under the same load plan whose purchase is known to be unsafe. */
export interface Control {
  strategy: string;
  broke: boolean;
}

/**
 * Weighs the verdict by the result of a control (a positive control, as in any experiment): `ok` means more when the
 * control broke under the same load, and nothing when it did not. Findings stand by themselves.
 */
export function weighByControl(verdict: Verdict, control: Control | null): Verdict {
  if (verdict.status !== 'ok' || !control) return verdict;
  if (control.broke) {
    return {
      ...verdict,
      reason: `${verdict.reason} Its control, ${control.strategy}, broke under the same load.`,
    };
  }
  const reason = `Nothing broke, but neither did its control, ${control.strategy}: this load cannot tell safe from unsafe. Raise concurrency, think time or attempts.`;
  return { ...verdict, status: 'inconclusive', reason };
}
