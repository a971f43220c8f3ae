import { z } from 'zod';
import { describeMiss, show, type NumberRange } from './numbers';

/**
 * Messages for invalid input, after the name of the field: in words, where zod would name its own types. Schemas with
 * better messages have their own, which take precedence.
 */
z.config({ customError: describeInput });

const KINDS: Record<string, string> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
};

function describeInput(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      if (issue.input === undefined) return 'is missing';
      return `must be ${KINDS[issue.expected] ?? issue.expected}, not ${show(issue.input)}`;
    }
    case 'invalid_value': {
      const values = issue.values.map(String);
      const allowed = values.length === 1 ? `"${values[0]}"` : `one of ${values.join(', ')}`;
      return issue.input === undefined
        ? `is missing: ${allowed}`
        : `must be ${allowed}, not ${show(issue.input)}`;
    }
    case 'unrecognized_keys':
      return `must not have ${issue.keys.map((key) => `"${key}"`).join(', ')}`;
    case 'too_big':
      return describeSize(issue.origin, issue.maximum, 'most', issue.input);
    case 'too_small':
      return describeSize(issue.origin, issue.minimum, 'least', issue.input);
    case 'invalid_format':
      return issue.format === 'datetime' ? 'must be a date and time as 2026-01-31T12:00:00Z' : undefined;
    case 'invalid_union':
      return 'must be of another kind';
    default:
      return undefined;
  }
}

function describeSize(
  origin: string,
  bound: number | bigint,
  side: 'most' | 'least',
  input: unknown,
): string {
  const limit = `at ${side} ${bound.toLocaleString('en')}`;
  const isOne = Number(bound) === 1;
  if (origin === 'string') return `must have ${limit} ${isOne ? 'character' : 'characters'}`;
  if (origin === 'array') return `must have ${limit} ${isOne ? 'entry' : 'entries'}`;
  return `must be ${limit}, not ${show(input)}`;
}

/** A whole number between two bounds, which its message names. */
export function wholeNumber(min: number, max: number): z.ZodNumber {
  return numberIn({ min, max, unit: '', fractions: false });
}

/** A number within a range, which its message names. */
export function numberIn(range: NumberRange): z.ZodNumber {
  const { min, max, fractions } = range;
  const error = ({ input }: { input?: unknown }) =>
    input === undefined ? 'is missing' : describeMiss(range, input);
  const schema = z.number({ error });
  return (fractions ? schema : schema.int({ error })).min(min, { error }).max(max, { error });
}
