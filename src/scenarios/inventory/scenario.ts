import type { Scenario } from '../scenario';
import { INVENTORY_RULES } from './audit/audit';
import { createItem, ensureDemoItem, readFinalState, readStock } from './storage';

/** One item with a number of units in stock, which buyers want to buy. */
const inventory: Scenario = {
  id: 'inventory',
  create: createItem,
  sample: readStock,
  readFinal: readFinalState,
  seed: ensureDemoItem,
  // on the same kind of store
  controlOf: ({ storage }) => (storage?.store === 'redis' ? 'redis-get-decr' : 'read-then-write'),
  rules: INVENTORY_RULES,
};

export default inventory;
