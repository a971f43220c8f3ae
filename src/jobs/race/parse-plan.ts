import { randomInt } from 'node:crypto';
import { refuse } from '@/lib/lab-error';
import type { Refusal } from '@/lib/lab-error';
import { PLAN_FIELDS } from '@/plan/fields';
import { fromForm } from '@/plan/form';
import { defaultCrowd, PLAN_DEFAULTS, type LoadPlan } from '@/plan/load-plan';
import { toIssues } from '@/plan/input-schemas';
import { raceRequest } from '@/plan/schema';
import type { RegisteredStrategy } from '@/scenarios/registry';

/** Parses a race request into a complete plan, or a refusal that names every invalid field. */
export function parsePlan(
  input: unknown,
  strategies: Map<string, RegisteredStrategy>,
  options: { fromForm: boolean },
): { ok: true; plan: LoadPlan } | Refusal {
  const parsed = raceRequest.safeParse(options.fromForm ? fromForm(input) : input);
  if (!parsed.success)
    return refuse('invalid', 'bad-race', 'The race cannot be run as asked.', toIssues(parsed.error));
  const unknown = parsed.data.strategies.filter((id) => !strategies.has(id));
  if (unknown.length > 0) {
    const known = [...strategies.keys()].join(', ');
    return refuse(
      'invalid',
      'unknown-strategy',
      `There is no strategy ${unknown.join(', ')}.`,
      unknown.map((id) => ({ path: 'strategies', message: `${id} is not one of ${known}` })),
    );
  }
  const { attempts: given, seed = randomInt(PLAN_FIELDS.seed.max), ...rest } = parsed.data;
  const attempts =
    given ?? (rest.durationS === undefined ? PLAN_DEFAULTS.attempts : PLAN_FIELDS.attempts.max);
  const asked = rest.crowd ?? defaultCrowd(rest);
  const crowd = Math.min(asked, rest.concurrency, attempts);
  return { ok: true, plan: { ...rest, attempts, ...(rest.model !== 'open' && { crowd }), seed } };
}
