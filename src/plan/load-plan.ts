/**
 * How load is applied. `burst` releases everybody at once from a barrier; `closed` keeps a number of buyers busy;
 * `open` sends at a rate, however long the answers take.
 */
export const LOAD_MODELS = ['burst', 'closed', 'open'] as const;
export type LoadModel = (typeof LOAD_MODELS)[number];

/** How arrivals of the open model are spread: evenly, or as independent buyers would come. */
export const ARRIVAL_PROCESSES = ['poisson', 'constant'] as const;
export type ArrivalProcess = (typeof ARRIVAL_PROCESSES)[number];

/** How a burst is released: all at once, or all but the last byte of each request ahead of the release. */
export const BURST_SYNCS = ['barrier', 'last-byte'] as const;
export type BurstSync = (typeof BURST_SYNCS)[number];

/** Where purchases go: through the routes of server processes, or into the strategy in the server process itself. */
export const TARGETS = ['http', 'direct'] as const;
export type Target = (typeof TARGETS)[number];

/** A race request with every default filled in: plain serialisable data. */
export interface LoadPlan {
  /** Strategy ids, one lane each. */
  strategies: string[];
  model: LoadModel;
  /** Units on sale at the start of each lane. */
  stock: number;
  /** Purchases in each lane; at most so many when the plan has a duration. */
  attempts: number;
  /** How long each lane's load goes on, s, instead of a number of attempts. */
  durationS?: number;
  /** Units a purchase asks for. */
  quantity: number;
  /** Buyers at once (`closed`), purchases released together (`burst`), or most that are in flight at once (`open`). */
  concurrency: number;
  /** Attempts per second of the open model. */
  rate?: number;
  /** How the open model's arrivals are spread; by default as independent buyers come. */
  arrivals?: ArrivalProcess;
  /** Purchases of the open model that may wait for a free connection; beyond that they are dropped, and counted. */
  maxWaiting?: number;
  /** Time over which buyers arrive (`closed`; measured by default) or the rate rises from nothing (`open`; default 0), s. */
  rampS?: number;
  /**
   * Buyers who are at the door when the sale opens (`closed`, `burst`): the server keeps their first purchases until all of
   * them have come, and lets them in together. Races of versions without a door do not say.
   */
  crowd?: number;
  /** Mean pause of a buyer of the closed model between two purchases, ms. */
  pauseMs?: number;
  sync?: BurstSync;
  /** Wait between reading and writing the stock, for strategies that have such a gap; ms. */
  thinkMs: number;
  /** Attempts without an answer after this time become indeterminate; ms. */
  timeoutMs: number;
  order: 'sequential' | 'parallel';
  /** Server processes that serve the purchases: this one, or so many of their own. */
  processes: number;
  target: Target;
  seed: number;
  /** Whether to race the unsafe twin of each strategy too, and to believe no lane that held where its twin held. */
  control: boolean;
}

/** Bounds that requests are held to, and that messages name. */
export const LIMITS = {
  /** Enough for the whole catalogue at once. */
  lanes: { min: 1, max: 40 },
  stock: { min: 0, max: 1_000_000 },
  /** Stock of an item outside of races: it is prepared for every strategy at once, unit rows included. */
  itemStock: { min: 0, max: 100_000 },
  attempts: { min: 1, max: 1_000_000 },
  quantity: { min: 1, max: 1_000 },
  durationS: { min: 0.1, max: 3_600 },
  concurrency: { min: 1, max: 1_000 },
  rate: { min: 0.1, max: 50_000 },
  maxWaiting: { min: 0, max: 100_000 },
  rampS: { min: 0, max: 600 },
  /** 0 and 1 are no crowd. */
  crowd: { min: 0, max: 1_000 },
  pauseMs: { min: 0, max: 60_000 },
  thinkMs: { min: 0, max: 10_000 },
  timeoutMs: { min: 100, max: 60_000 },
  /** Each process has a pool under test of its own. */
  processes: { min: 1, max: 8 },
  seed: { min: 0, max: 4_294_967_295 },
} as const;

/** The defaults of `POST /api/races`; `strategies` and `seed` are chosen per request. */
export const PLAN_DEFAULTS = {
  model: 'closed',
  stock: 100,
  attempts: 1_000,
  quantity: 1,
  concurrency: 100,
  thinkMs: 10,
  timeoutMs: 10_000,
  order: 'sequential',
  processes: 1,
  target: 'http',
  control: false,
} as const satisfies Partial<LoadPlan>;

/**
 * Buyers at the door of a plan that does not say: all of a burst, and of the closed model so few that the others, who
 * arrive over the ramp, still meet stock to race for.
 */
export function defaultCrowd({ model, concurrency }: Pick<LoadPlan, 'model' | 'concurrency'>): number {
  if (model === 'open') return 0;
  return model === 'burst' ? concurrency : Math.min(CLOSED_CROWD, concurrency);
}

const CLOSED_CROWD = 10;

/** What a plan of the open model means where it says nothing. */
export const OPEN_DEFAULTS = { arrivals: 'poisson', maxWaiting: 1_000 } as const satisfies Partial<LoadPlan>;

/**
 * How long a burst that is released by its last bytes waits before each release, ms: what the target has not read of a
 * request by then, it reads late.
 */
export const LAST_BYTE_SETTLE_MS = 50;

/** What the dashboard's Start test races: the textbook unsafe purchase against the recommended safe one. */
export const START_TEST = ['read-then-write', 'conditional-update'] as const;
