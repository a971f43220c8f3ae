import { z } from 'zod';
import { createDocument } from 'zod-openapi';
import { describeChecks } from './checks';
import { describeExperiments } from './experiments';
import { describeExplorations } from './explorations';
import { anyObject, get, json } from './parts';
import { describePurchases } from './purchases';
import { describeRaces } from './races';

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
      ...describeChecks(),
      '/metrics': get('This process in numbers, for Prometheus; answers while the database is down', {
        '200': {
          description: 'The text format of Prometheus, version 0.0.4',
          content: { 'text/plain': { schema: z.string() } },
        },
      }),
      '/api/openapi.json': get('This document', {
        '200': json('The API', anyObject('OpenApi', 'An OpenAPI 3.1 document')),
      }),
    },
  });
}
