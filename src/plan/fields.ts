import { amount, choice, whole, type Choice, type PlanField } from './field-kinds';

/**
 * How load is applied: `closed` keeps a number of buyers busy, `burst` releases that many at once from a barrier, and
 * `open` sends at a rate, however long the responses take.
 */
const MODELS = [
  { value: 'closed', label: 'Closed', hint: 'a fixed number of buyers, each coming back at once' },
  { value: 'burst', label: 'Burst', hint: 'all buyers wait at a barrier, then are released together' },
  { value: 'open', label: 'Open', hint: 'attempts at a rate, however long the answers take' },
] as const satisfies Choice[];

const ARRIVALS = [
  { value: 'poisson', label: 'As independent buyers come', hint: 'a Poisson process' },
  { value: 'constant', label: 'Evenly', hint: 'the same time between any two' },
] as const satisfies Choice[];

const SYNCS = [
  { value: 'barrier', label: 'All at once', hint: 'from a barrier' },
  { value: 'last-byte', label: 'Last bytes together', hint: 'the rest of each request is sent ahead' },
] as const satisfies Choice[];

const ORDERS = [
  { value: 'sequential', label: 'One after the other', hint: 'lanes do not disturb each other' },
  { value: 'parallel', label: 'In parallel', hint: 'lanes share the machine' },
] as const satisfies Choice[];

const TARGETS = [
  { value: 'http', label: 'HTTP', hint: 'through the purchase routes, as a shop is called' },
  { value: 'direct', label: 'Direct', hint: 'the strategy is called in the server process, without HTTP' },
] as const satisfies Choice[];

export type LoadModel = (typeof MODELS)[number]['value'];
export type Target = (typeof TARGETS)[number]['value'];
/** Buyers at the door in the closed model, unless the plan says otherwise. */
export const CLOSED_CROWD = 10;

/**
 * Every field of a load plan. Schema, type, form, address, comparison and the API's description are derived from this
 * table, in its order. `rules.ts` has the rules between fields, `report/plan-words.ts` the plan in a sentence, and
 * `toLoad` in `jobs/race/lane-load-plan.ts` passes on those that the load generator uses, as `load/lane-load.ts` names them.
 * The command line makes its flags of it too (`cli/plan-flags.ts`).
 */
export const PLAN_FIELDS = {
  strategies: {
    kind: 'strategies',
    label: 'Strategies',
    hint: 'one lane each',
    min: 1,
    // enough for the whole catalogue at once
    max: 40,
    // the textbook unsafe purchase against the recommended safe one
    initial: ['read-then-write', 'conditional-update'],
  },
  model: choice('Load model', MODELS, { group: 'load', default: 'closed' }),
  stock: whole('Stock', 'Units on sale in each lane.', [0, 1_000_000], { group: 'demand', default: 100 }),
  attempts: whole('Attempts', 'Per lane. Empty with a duration.', [1, 1_000_000], {
    group: 'demand',
    default: 1_000,
    unless: 'durationS',
    description: 'In each lane; 1000 unless durationS is given instead',
  }),
  durationS: amount('Duration', 'Run for this long instead of a fixed number.', [0.1, 3_600], {
    group: 'demand',
    unit: 's',
    description: 'How long each lane’s load goes on, instead of a number of attempts',
  }),
  quantity: whole('Quantity', 'Units a purchase asks for.', [1, 1_000], { group: 'demand', default: 1 }),
  concurrency: whole(
    'Concurrency',
    {
      closed: 'Buyers at once.',
      burst: 'Buyers released together.',
      open: 'Most attempts in flight at once.',
    },
    [1, 1_000],
    { group: 'load', default: 100 },
  ),
  rate: amount('Rate', 'How fast attempts arrive.', [0.1, 50_000], {
    group: 'load',
    models: ['open'],
    unit: 'attempts per second',
    description: 'Attempts per second; the open model requires it',
  }),
  arrivals: choice('Arrivals', ARRIVALS, {
    group: 'load',
    models: ['open'],
    implied: 'poisson',
    description: 'As independent buyers come, or evenly',
  }),
  maxWaiting: whole('Queue limit', 'Purchases that may wait for a free connection.', [0, 100_000], {
    group: 'load',
    models: ['open'],
    implied: 1_000,
    description: 'Purchases that may wait for a free connection; more are dropped, and counted',
  }),
  rampS: amount(
    'Ramp up',
    { closed: 'Buyers arrive within it; may be empty.', open: 'The rate rises from nothing.' },
    [0, 600],
    {
      group: 'load',
      models: ['closed', 'open'],
      unit: 's',
      description: 'Time over which buyers arrive (closed) or the rate rises from nothing (open)',
    },
  ),
  // a door for fewer than two buyers holds no purchase back
  crowd: whole('At the door', 'Buyers let in together when the sale opens.', [0, 1_000], {
    group: 'load',
    models: ['closed', 'burst'],
    placeholder: { closed: String(CLOSED_CROWD), burst: 'all' },
    description:
      'Buyers at the door when the sale opens, whose first purchases the server lets in together; by default 10 (closed) or all (burst)',
  }),
  pauseMs: whole('Pause', 'Mean rest between a buyer’s purchases.', [0, 60_000], {
    group: 'load',
    models: ['closed'],
    unit: 'ms',
    implied: 0,
  }),
  sync: choice('Release', SYNCS, {
    group: 'load',
    models: ['burst'],
    implied: 'barrier',
    description: 'last-byte sends all but the last byte of each request ahead',
  }),
  thinkMs: whole('Think time', 'Between reading and writing.', [0, 10_000], {
    group: 'load',
    unit: 'ms',
    default: 10,
  }),
  timeoutMs: whole('Time-out', 'After this the answer counts as unknown.', [100, 60_000], {
    group: 'load',
    unit: 'ms',
    default: 10_000,
  }),
  order: choice('Order of the lanes', ORDERS, { group: 'race', default: 'sequential' }),
  processes: whole('Server processes', 'Each with its own pool; 1 is this server.', [1, 8], {
    group: 'server',
    targets: ['http'],
    default: 1,
    description: 'Server processes that serve the purchases, each with a pool of its own; 1 is this server',
  }),
  target: choice('Target', TARGETS, { group: 'server', default: 'http' }),
  control: {
    kind: 'switch',
    group: 'race',
    label: 'Positive control',
    hint: 'also race the unsafe twin: a lane that holds under a load that breaks nothing has proved nothing',
    description: 'Also race the unsafe twin; a lane that holds where its twin holds is inconclusive',
    default: false,
    initial: true,
  },
  seed: whole('Seed', 'Repeats arrivals and think times.', [0, 4_294_967_295], {
    group: 'race',
    drawn: true,
    description: 'Replays the same think times; drawn at random when absent',
  }),
} as const satisfies Record<string, PlanField>;

/** The rows of the table with their names. */
export const PLAN_ROWS = Object.entries(PLAN_FIELDS) as [keyof typeof PLAN_FIELDS, PlanField][];
