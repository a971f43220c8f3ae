import { createDocument } from 'zod-openapi';
import { describeExperiments } from './experiments.server';
import { describeExplorations } from './explorations.server';
import { anyObject, get, json } from './parts.server';
import { describePurchases } from './purchases.server';
import { describeRaces } from './races.server';

/** The API as an OpenAPI 3.1 document, made from the schemas that check requests. */
export function describeApi(version: string): object {
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'Oversell', version, description: 'A race laboratory for inventory.' },
    paths: {
      ...describePurchases(),
      ...describeRaces(),
      ...describeExperiments(),
      ...describeExplorations(),
      '/api/openapi.json': get('This document', {
        '200': json('The API', anyObject('OpenApi', 'An OpenAPI 3.1 document')),
      }),
    },
  });
}
