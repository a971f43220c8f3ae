import type { StopSignal } from './command-io';
import { EXIT, SIGNALLED } from './exit-code';
import type { ExitCode } from './exit-code';
import type { Assertion, Expectation } from '@/report/race-report';

/** The first code that is not `pass`: they come in the order of their weight. */
export function worstCode(codes: readonly ExitCode[]): ExitCode {
  return codes.find((code) => code !== EXIT.pass) ?? EXIT.pass;
}

/**
 * The exit code for what was demanded: a violation weighs more than a race that did not show, that more than a verdict
 * left open, and that more than a crossed threshold.
 */
export function exitCodeOf(
  assertions: readonly Pick<Assertion, 'kind' | 'result'>[],
  expect: Expectation,
  stoppedBy: StopSignal | null,
): ExitCode {
  if (stoppedBy !== null) return SIGNALLED[stoppedBy];
  const has = (kind: Assertion['kind'], result: Assertion['result']) =>
    assertions.some((one) => one.kind === kind && one.result === result);
  if (has('invariant', 'broken')) return EXIT.violated;
  if (has('expectation', 'broken')) return expect === 'race' ? EXIT.notReproduced : EXIT.violated;
  if (has('expectation', 'undecided') || has('invariant', 'undecided')) return EXIT.inconclusive;
  if (has('threshold', 'broken')) return EXIT.threshold;
  if (has('threshold', 'undecided')) return EXIT.inconclusive;
  return EXIT.pass;
}
