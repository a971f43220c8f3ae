import { EventEmitter } from 'node:events';
import type { Request, Response } from 'express';
import { expect, test } from 'vitest';
import { RequestCounts } from './request-counts';

const route = (id: string, parentId: string | undefined, path?: string, index = false) => ({
  [id]: { id, ...(parentId !== undefined && { parentId }), ...(path !== undefined && { path }), index },
});

const ROUTES = {
  ...route('root', undefined, ''),
  ...route('index', 'root', undefined, true),
  ...route('races', 'root', 'races'),
  ...route('race', 'races', ':raceId'),
  ...route('newest', 'races', 'newest'),
  ...route('csv', 'root', 'api/races/:raceId/export.csv'),
  ...route('rest', 'root', '*'),
};

test.for([
  ['/', '/'],
  ['/races', '/races'],
  ['/races/', '/races'],
  ['/races/k3n8', '/races/:raceId'],
  ['/races/newest', '/races/newest'],
  ['/API/races/k3n8/export.csv', '/api/races/:raceId/export.csv'],
  ['/api/races/k3n8/exportXcsv', 'unknown'],
  ['/races/k3n8/more', 'unknown'],
  ['/metrics', '/metrics'],
])('%s counts as %s', ([path, expected]) => {
  const counts = new RequestCounts(ROUTES);
  for (const statusCode of [200, 200, 404, undefined]) {
    const response = Object.assign(new EventEmitter(), { headersSent: statusCode !== undefined, statusCode });
    counts.handler(
      { method: 'GET', path } as unknown as Request,
      response as unknown as Response,
      () => undefined,
    );
    response.emit('close');
  }
  expect(counts.read()).toEqual([
    [{ route: expected, method: 'GET', status: 200 }, 2],
    [{ route: expected, method: 'GET', status: 404 }, 1],
    [{ route: expected, method: 'GET', status: 499 }, 1],
  ]);
});
