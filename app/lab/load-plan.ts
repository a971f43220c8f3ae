/** How load is applied. `burst` releases everybody at once from a barrier; `closed` keeps a number of buyers busy. */
export const LOAD_MODELS = ['burst', 'closed'] as const;
export type LoadModel = (typeof LOAD_MODELS)[number];

/** A race request with every default filled in: plain serialisable data. */
export interface LoadPlan {
  /** Strategy ids, one lane each. */
  strategies: string[];
  model: LoadModel;
  /** Units on sale at the start of each lane. */
  stock: number;
  /** Purchases in each lane. */
  attempts: number;
  /** Units a purchase asks for. */
  quantity: number;
  /** Buyers at once (`closed`), or purchases released together (`burst`). */
  concurrency: number;
  /** Wait between reading and writing the stock, for strategies that have such a gap; ms. */
  thinkMs: number;
  /** Attempts without an answer after this time become indeterminate; ms. */
  timeoutMs: number;
  order: 'sequential' | 'parallel';
  processes: number;
  target: 'http';
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
  concurrency: { min: 1, max: 1_000 },
  thinkMs: { min: 0, max: 10_000 },
  timeoutMs: { min: 100, max: 60_000 },
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

/** What the dashboard's Start test races: the textbook unsafe purchase against the recommended safe one. */
export const START_TEST = ['read-then-write', 'conditional-update'] as const;
