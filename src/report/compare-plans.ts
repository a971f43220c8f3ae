import type { PlanField } from '@/plan/field-kinds';
import { inSentence, sayValue } from '@/plan/field-words';
import { PLAN_ROWS } from '@/plan/fields';
import { isReplaced } from '@/plan/form';
import type { LoadPlan } from '@/plan/load-plan';

/** The settings that races are compared by: their load plan, and the pool that they ran on. */
export interface ComparedPlan {
  plan: LoadPlan;
  /** Of trials it is not known. */
  poolSize?: number;
}

/** One field of the plans beside each other. */
export interface PlanRow {
  name: string;
  /** As text, in the order of the races; null where a plan has no such field. */
  values: (string | null)[];
  /** Of each race, whether it differs from the baseline. */
  differs: boolean[];
}

/** Every field that one of the plans has, with which of them differ from the baseline's. */
export function comparePlans(compared: readonly ComparedPlan[], baseline: number): PlanRow[] {
  const row = (name: string, values: (string | null)[]) => ({
    name,
    values,
    differs: values.map((value) => value !== values[baseline]),
  });
  return [
    ...PLAN_ROWS.map(([name, field]) =>
      row(
        inSentence(field.label),
        compared.map(({ plan }) => sayField(plan, plan[name], field)),
      ),
    ),
    row(
      'connections in a pool',
      compared.map(({ poolSize }) => poolSize?.toLocaleString('en') ?? null),
    ),
  ].filter(({ values }) => values.some((value) => value !== null));
}

/** A field of a plan in words; a field that the plan leaves out shows the value it implies. */
function sayField(plan: LoadPlan, given: unknown, field: PlanField): string | null {
  // beside the field that replaces it, this one holds a bound that the user did not choose
  if (field.models?.includes(plan.model) === false || isReplaced(field, plan)) return null;
  const value = given ?? ('implied' in field ? field.implied : undefined);
  return value === undefined ? null : sayValue(field, value);
}

/** Seeds differ from race to race unless they are given. */
const MAY_DIFFER = ['seed'];

/** The fields that keep figures of two plans from being compared. */
export function listPlanDifferences(one: ComparedPlan, other: ComparedPlan): string[] {
  return comparePlans([one, other], 0)
    .filter((row) => isDifferent(row) && !MAY_DIFFER.includes(row.name))
    .map(({ name }) => name);
}

/** Whether any plan differs from the baseline in this. */
export function isDifferent({ differs }: PlanRow): boolean {
  return differs.includes(true);
}
