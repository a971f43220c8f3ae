import { Option } from 'commander';
import { ConditionError, parseCondition } from '@/report/condition';
import type { Condition } from '@/report/condition';
import { LANE_METRICS } from '@/report/lane-metrics';
import { EXPECTATIONS } from '@/report/race-report';
import type { Demands, Expectation } from '@/report/race-report';
import { UsageError } from './command-io';
import type { Given } from './plan-flags';

const collect = (text: string, others: string[] | undefined) => [...(others ?? []), text];

/** The flags that say what a race has to show. */
export function demandOptions(): Option[] {
  return [
    new Option('--expect <what>', 'what every lane has to do: hold, break, or what its class says')
      .choices(EXPECTATIONS)
      .default('safe'),
    new Option(
      '--invariant <condition>',
      'a condition that every lane has to meet, such as oversold==0; repeatable',
    ).argParser(collect),
    new Option(
      '--threshold <condition>',
      'the same for a limit, such as p99<200 or retries/accepted<0.5; repeatable',
    ).argParser(collect),
  ];
}

/** For `--help`: the figures that a condition can name. */
export const FIGURES_HELP = `
Figures of a condition:
${Object.entries(LANE_METRICS)
  .map(([name, { about }]) => `  ${name.padEnd(15)}${about}`)
  .join('\n')}
`;

/**
 * @throws UsageError
 */
export function readDemands(given: Given): Demands {
  return {
    expect: given.expect as Expectation,
    invariants: readConditions('--invariant', given.invariant),
    thresholds: readConditions('--threshold', given.threshold),
  };
}

const SHOWN = 60;

function shorten(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

function readConditions(flag: string, texts: unknown): Condition[] {
  return ((texts ?? []) as string[]).map((text) => {
    try {
      return parseCondition(text);
    } catch (error) {
      if (error instanceof ConditionError)
        throw new UsageError(`${flag} '${shorten(text)}': ${error.message}`);
      throw error;
    }
  });
}
