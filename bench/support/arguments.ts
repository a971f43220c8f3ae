import { parseArgs } from 'node:util';

export interface Options {
  strategies: string[];
  inFlight: number[];
  seconds: number;
  rounds: number;
  /** A file for the results as JSON. */
  json: string | undefined;
}

/** Something about the arguments that the person who typed them can put right. */
export class UsageError extends Error {}

const text = { type: 'string' } as const;

/** @throws UsageError */
export function readOptions(args: string[], known: string[]): Options {
  const values = parse(args);
  const strategies = values.only?.split(',') ?? known;
  const unknown = strategies.filter((id) => !known.includes(id));
  if (unknown.length > 0) {
    throw new UsageError(`There is no safe strategy ${unknown.join(', ')}. There is: ${known.join(', ')}.`);
  }
  return {
    strategies,
    inFlight: values['in-flight'].split(',').map((given) => wholeNumber('--in-flight', given, 1_000)),
    seconds: wholeNumber('--seconds', values.seconds, 60),
    rounds: wholeNumber('--rounds', values.rounds, 100),
    json: values.json,
  };
}

function parse(args: string[]) {
  const options = {
    only: text,
    json: text,
    'in-flight': { ...text, default: '8,32,100' },
    // whole seconds, because pgbench knows no others
    seconds: { ...text, default: '2' },
    rounds: { ...text, default: '3' },
  };
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** @throws UsageError */
export function wholeNumber(flag: string, given: string, largest: number): number {
  const number = Number(given);
  if (/^\d+$/.test(given) && number >= 1 && number <= largest) return number;
  throw new UsageError(`${flag} takes whole numbers from 1 to ${largest}, not "${given}".`);
}
