import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiParameters, ZodOpenApiPathsObject } from 'zod-openapi';
import { inventoryQuery, purchaseBody } from '@/plan/input-schemas';
import { anyObject, errors, get, json, post } from './parts';

const purchaseAnswer = z
  .object({
    outcome: z.enum(['accepted', 'sold-out', 'conflict', 'error', 'indeterminate']),
    attemptId: z.string(),
    orderId: z.string().optional(),
    sku: z.string(),
    strategy: z.string(),
    quantity: z.number().int(),
    remaining: z.number().int().nullable().optional(),
    retries: z.number().int(),
    seen: z.object({ stock: z.number().int().optional(), version: z.number().int().optional() }).optional(),
    token: z.number().int().optional(),
    error: z.object({ code: z.string(), message: z.string() }).optional(),
    trace: z.array(z.number().int()).optional(),
  })
  .meta({ id: 'PurchaseAnswer' });

function buy(summary: string, requestParams?: ZodOpenApiParameters): { post: ZodOpenApiOperationObject } {
  const responses = {
    '200': json('Accepted', purchaseAnswer),
    '409': json('Sold out', purchaseAnswer),
    '422': json('The attempt id was sent before with another quantity; sold nothing', purchaseAnswer),
    '503': json('Gave up, or failed before selling anything; see Retry-After', purchaseAnswer),
    '504': json('It is unknown whether it sold', purchaseAnswer),
    ...errors(['400', 'The body is malformed'], ['404', 'No such item or strategy']),
  };
  return post(summary, { schema: purchaseBody, required: false }, responses, requestParams);
}

/** Items, purchases, strategies and health. */
export function describePurchases(): ZodOpenApiPathsObject {
  return {
    '/api/health': get('Whether the server and what it depends on answer', {
      '200': json('All is well', anyObject('Health', 'Status, version, and a check of each dependency')),
      '503': { description: 'A dependency is down; its check says why' },
    }),
    '/api/create-inventory-key': get(
      '(Re)creates an item in PostgreSQL and its inventory key in Redis',
      {
        '200': json('Created', z.object({ sku: z.string(), key: z.string(), stock: z.number().int() })),
        ...errors(
          ['400', 'The query is malformed'],
          ['403', 'Called by a page of another site'],
          ['503', 'PostgreSQL or Redis cannot be reached'],
        ),
      },
      { query: inventoryQuery },
    ),
    '/api/buy-bad': buy('The textbook unsafe purchase: reads, waits, writes'),
    '/api/buy-good': buy('The recommended safe purchase: one guarded statement'),
    '/api/buy/{strategy}': buy('A purchase with any strategy', {
      path: z.object({ strategy: z.string() }),
    }),
    '/api/strategies': get('Every strategy', {
      '200': json(
        'Strategies',
        z.array(anyObject('Strategy', 'Id, name, expected class, summary, who uses it')),
      ),
    }),
  };
}
