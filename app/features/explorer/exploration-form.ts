import type { StrategyInfo } from '@/model/strategy';

/** An exploration as form fields hold it: text that is not checked yet. */
export type ExplorationFields = Record<string, string>;

/** The default values of the folded fields. */
export const UNBOUNDED = { maxSchedules: '20000', preemptions: '', sample: '', seed: '', maxRetries: '4' };

/** The form's initial values for a strategy: the smallest plan that makes the point. */
export function defaultExploration(strategy: Pick<StrategyInfo, 'id' | 'anomaly'>): ExplorationFields {
  return {
    strategy: strategy.id,
    attempts: '2',
    quantities: '',
    stock: '1',
    items: '1',
    ...UNBOUNDED,
    reduction: 'on',
    ...(strategy.anomaly === 'drift between stores' && { crash: 'on' }),
    ...(strategy.anomaly === 'expired lease' && { leaseExpiry: 'on' }),
  };
}

const NAMES = ['strategy', 'attempts', 'quantities', 'stock', 'items', ...Object.keys(UNBOUNDED)];
const TICKED = ['reduction', 'crash', 'leaseExpiry'];
/** If ticked, as many processes as make a difference. */
const OWN_MEMORY = 'ownMemory';

/** Picks an exploration's fields out of a posted form. */
export function readExplorationForm(form: FormData): ExplorationFields {
  const fields: ExplorationFields = {};
  for (const name of [...NAMES, ...TICKED, OWN_MEMORY]) {
    const value = form.get(name);
    if (typeof value === 'string') fields[name] = value.trim();
  }
  return fields;
}

/** The fields as a request: numeric text as numbers, empty fields left to their defaults. */
export function toExplorationRequest(fields: ExplorationFields): Record<string, unknown> {
  const request: Record<string, unknown> = {};
  for (const name of NAMES) {
    const text = fields[name];
    if (text === undefined || text === '') continue;
    if (name === 'strategy') request[name] = text;
    else if (name === 'quantities') request[name] = text.split(',').map((part) => toNumber(part.trim()));
    else request[name] = toNumber(text);
  }
  for (const name of TICKED) request[name] = fields[name] === 'on';
  if (fields[OWN_MEMORY] === 'on') request.processes = 2;
  return request;
}

function toNumber(text: string): number | string {
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}
