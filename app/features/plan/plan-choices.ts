import { defaultCrowd, PLAN_DEFAULTS } from '@/plan/load-plan';
import type { ARRIVAL_PROCESSES, BURST_SYNCS, LoadModel, LoadPlan, Target } from '@/plan/load-plan';
import type { PlanNumber } from '@/plan/numbers';

export interface NumberChoice {
  name: PlanNumber;
  label: string;
  hint: string;
  /** What an empty field means. */
  placeholder?: string;
}

interface Choice<T extends string> {
  value: T;
  label: string;
  hint: string;
}

const usual = (name: Extract<PlanNumber, keyof typeof PLAN_DEFAULTS>) => ({
  placeholder: PLAN_DEFAULTS[name].toLocaleString('en'),
});

/** The numbers of stock and demand; `durationS` as the form holds it. */
export function demandNumbers(durationS: string): NumberChoice[] {
  const attempts = durationS === '' ? usual('attempts') : { placeholder: 'as many as come' };
  return [
    { name: 'stock', label: 'Stock', hint: 'Units on sale in each lane.', ...usual('stock') },
    {
      name: 'attempts',
      label: 'Attempts',
      hint: 'Per lane. Empty with a duration.',
      ...attempts,
    },
    { name: 'durationS', label: 'Duration (s)', hint: 'Run for this long instead of a fixed number.' },
    { name: 'quantity', label: 'Quantity', hint: 'Units a purchase asks for.', ...usual('quantity') },
  ];
}

const CONCURRENCY_HINTS: Record<LoadModel, string> = {
  closed: 'Buyers at once.',
  burst: 'Buyers released together.',
  open: 'Most attempts in flight at once.',
};

/** The numbers of the load: those that mean nothing under a model are hidden by the form. */
export function loadNumbers(model: string): NumberChoice[] {
  const hint = CONCURRENCY_HINTS[model as LoadModel];
  return [
    { name: 'concurrency', label: 'Concurrency', hint, ...usual('concurrency') },
    { name: 'rate', label: 'Rate', hint: 'How fast attempts arrive.' },
    {
      name: 'maxWaiting',
      label: 'Queue limit',
      hint: 'Purchases that may wait for a free connection.',
      placeholder: '1,000',
    },
    {
      name: 'rampS',
      label: 'Ramp up (s)',
      hint: model === 'open' ? 'The rate rises from nothing.' : 'Buyers arrive within it; may be empty.',
    },
    {
      name: 'crowd',
      label: 'At the door',
      hint: 'Buyers let in together when the sale opens.',
      placeholder:
        model === 'burst' ? 'all' : String(defaultCrowd({ model: 'closed', concurrency: Infinity })),
    },
    {
      name: 'pauseMs',
      label: 'Pause (ms)',
      hint: 'Mean rest between a buyer’s purchases.',
      placeholder: '0',
    },
    { name: 'thinkMs', label: 'Think time (ms)', hint: 'Between reading and writing.', ...usual('thinkMs') },
    {
      name: 'timeoutMs',
      label: 'Time-out (ms)',
      hint: 'After this the answer counts as unknown.',
      ...usual('timeoutMs'),
    },
  ];
}

export const PROCESSES: NumberChoice = {
  name: 'processes',
  label: 'Server processes',
  hint: 'Each with its own pool; 1 is this server.',
  ...usual('processes'),
};

export const SEED: NumberChoice = {
  name: 'seed',
  label: 'Seed',
  hint: 'Repeats arrivals and think times.',
};

export const MODELS: Choice<LoadModel>[] = [
  { value: 'closed', label: 'Closed', hint: 'a fixed number of buyers, each coming back at once' },
  { value: 'burst', label: 'Burst', hint: 'all buyers wait at a barrier, then are released together' },
  { value: 'open', label: 'Open', hint: 'attempts at a rate, however long the answers take' },
];

/** Empty values leave the plan's default, which is also right for models that the choice does not belong to. */
export const ARRIVALS: Choice<'' | (typeof ARRIVAL_PROCESSES)[number]>[] = [
  { value: '', label: 'As independent buyers come', hint: 'a Poisson process' },
  { value: 'constant', label: 'Evenly', hint: 'the same time between any two' },
];

export const SYNCS: Choice<'' | (typeof BURST_SYNCS)[number]>[] = [
  { value: '', label: 'All at once', hint: 'from a barrier' },
  { value: 'last-byte', label: 'Last bytes together', hint: 'the rest of each request is sent ahead' },
];

export const TARGETS: Choice<Target>[] = [
  { value: 'http', label: 'HTTP', hint: 'through the purchase routes, as a shop is called' },
  {
    value: 'direct',
    label: 'Direct',
    hint: 'the strategy is called in the server process, without HTTP',
  },
];

export const ORDERS: Choice<LoadPlan['order']>[] = [
  { value: 'sequential', label: 'One after the other', hint: 'lanes do not disturb each other' },
  { value: 'parallel', label: 'In parallel', hint: 'lanes share the machine' },
];
