import { expect, test } from 'vitest';
import { toOrderColumns } from '@/model/order-columns';
import type { Strategy } from '@/model/strategy';
import type { AuditResult, Verdict } from '@/model/verdict';
import { PLAN_DEFAULTS } from '@/plan/load-plan';
import type { RegisteredStrategy } from '@/scenarios/registry';
import { advance } from '../../tests/fixtures/lanes/lane-view';
import { LaneRecorder } from './lane-recorder';

const STRATEGY: RegisteredStrategy = {
  ...({ name: 'Any', expected: 'safe', stores: ['postgres'], steps: {} } as unknown as Strategy),
  id: 'any',
  stepNames: [],
  stepKinds: [],
  source: '',
};
const PLAN = { ...PLAN_DEFAULTS, strategies: ['any'], seed: 1, control: true };
const ROWS = { initialStock: 3, finalStock: 0, orders: toOrderColumns([]) };
const STORE = { append: () => Promise.resolve(), read: () => Promise.resolve([]) };

function createLane(index: number): LaneRecorder {
  return new LaneRecorder('race', index, STRATEGY, `item ${index}`, PLAN, STORE);
}

function finish(lane: LaneRecorder, status: Verdict['status']): void {
  const audited = { verdict: { status, reason: 'Said so.', findings: [] } } as unknown as AuditResult;
  advance(lane, 'auditing');
  lane.finish(audited, ROWS);
}

test('a lane that held beside a control that held is inconclusive, in its view too', () => {
  const [lane, control] = [createLane(0), createLane(1)];
  lane.control = control;
  finish(control, 'ok');
  finish(lane, 'ok');

  expect(lane.view()).toMatchObject({
    verdict: { status: 'inconclusive', reason: expect.stringContaining('neither did its control') as string },
    control: { lane: 1, strategy: 'any', broke: false },
  });
  expect(control.view()).toMatchObject({ verdict: { status: 'ok' }, control: null });
});

test('a lane that held beside a control that broke is ok', () => {
  const [lane, control] = [createLane(0), createLane(1)];
  lane.control = control;
  finish(control, 'violated');
  finish(lane, 'ok');

  expect(lane.view()).toMatchObject({ verdict: { status: 'ok' }, control: { broke: true } });
});

test('a status that cannot follow is a fault of the program', () => {
  const lane = createLane(0);
  expect(() => lane.enter('running')).toThrow('lane 0 is pending and cannot be running next');
  expect(lane.status).toBe('pending');
});

test('a control that was cancelled has shown nothing, and nobody waits for it', async () => {
  const [lane, control] = [createLane(0), createLane(1)];
  lane.control = control;
  control.cancel('Not run.');
  await control.over.promise;
  finish(lane, 'ok');

  expect(lane.view()).toMatchObject({ verdict: { status: 'ok' }, control: null });
});
