import { expect, test } from 'vitest';
import {
  auditLane,
  finalOf,
  goodLane,
  historyOf,
  kindsOf,
  ordersFor,
  repeat,
  type LaneSketch,
} from '../../../../tests/fixtures/lanes/history';
import { audit } from './audit';

function verdictOf(lane: LaneSketch, stopped?: string) {
  const { status, reason } = auditLane(lane, stopped).verdict;
  return { status, reason };
}

test('a lane that sold every unit once, under contention, is ok', () => {
  expect(auditLane(goodLane(2, ['accepted', 'accepted', 'sold-out', 'conflict']))).toMatchObject({
    verdict: {
      status: 'ok',
      reason:
        'Sold exactly 2 of 2 units while up to 4 attempts were in flight; 4 read-to-write windows overlapped.',
      findings: [],
    },
    oversold: 0,
    lostUpdates: 0,
    orders: { count: 2, quantity: 2 },
    recovered: 0,
    overlap: { peakInFlight: 4, overlappingWindows: 4, knownWindows: 4, raced: 2 },
  });
});

test('an oversold lane is violated, with the numbers of the tables', () => {
  const lane = goodLane(100, repeat('accepted', 137));
  const result = auditLane(lane);
  expect(result).toMatchObject({ oversold: 37, lostUpdates: 0, orders: { count: 137, quantity: 137 } });
  expect(kindsOf(result)).toEqual(['oversold', 'negative-stock']);
  expect(result.verdict.reason).toBe(
    '137 orders for 100 units: 37 units were sold that did not exist. Also negative stock (37).',
  );
});

test('a single finding speaks for itself', () => {
  const lane = goodLane(5, ['accepted', 'sold-out']);
  lane.final.orders = [];
  lane.final.finalStock = 5;
  expect(verdictOf(lane)).toEqual({
    status: 'violated',
    reason: '1 attempt was told accepted but has no order.',
  });
});

test('violated wins over inconclusive: one attempt is enough to break an invariant', () => {
  const lane = goodLane(0, ['accepted']);
  lane.final.counter = { store: 'Redis', remaining: null };
  expect(verdictOf(lane).status).toBe('violated');
});

test('an empty history is inconclusive, unless the rows convict by themselves', () => {
  expect(verdictOf(goodLane(5, []))).toEqual({
    status: 'inconclusive',
    reason: 'No attempt was made, so nothing was put to the test.',
  });
  const lane = goodLane(5, []);
  lane.final.orders = [{ orderId: '1', attemptId: 'lane-0', quantity: 1 }];
  expect(kindsOf(auditLane(lane))).toEqual(['lost-update', 'phantom-order']);
});

const MORE_MEETINGS = 'More buyers at once or a longer think time makes sales meet.';
const MORE_ANSWERS = 'A longer time-out or a shorter think time would bring answers.';

test('without a race there is no ok', () => {
  expect(verdictOf(goodLane(1, ['accepted']))).toEqual({
    status: 'inconclusive',
    reason: `There was only one attempt, so nothing raced. ${MORE_MEETINGS}`,
  });

  const inTurn = goodLane(1, ['accepted', 'sold-out']);
  inTurn.attempts[0] = { outcome: 'accepted', at: [0, 4], window: [1, 2] };
  inTurn.attempts[1] = { outcome: 'sold-out', at: [5, 9], window: [6, 7] };
  expect(verdictOf(inTurn)).toEqual({
    status: 'inconclusive',
    reason: `No attempt that sold was in flight together with another, so nothing raced. ${MORE_MEETINGS}`,
  });

  const apart = goodLane(1, ['accepted', 'sold-out']);
  apart.attempts[0]!.window = [0, 1];
  apart.attempts[1]!.window = [2, 3];
  expect(verdictOf(apart)).toEqual({
    status: 'inconclusive',
    reason:
      'Up to 2 attempts were in flight at once, but none met a sale while it was being made: no sale was contested. ' +
      MORE_MEETINGS,
  });

  const crowdAfter = goodLane(1, ['accepted', 'sold-out', 'sold-out']);
  crowdAfter.attempts[0]!.window = [0, 0.5];
  expect(verdictOf(crowdAfter)).toEqual({
    status: 'inconclusive',
    reason:
      'Up to 3 attempts were in flight at once, but none met a sale while it was being made: no sale was contested. ' +
      MORE_MEETINGS,
  });
});

test('where attempts had no answer, nothing is said of whom they met, and more answers are what helps', () => {
  const silentSales = goodLane(2, ['indeterminate', 'indeterminate', 'sold-out', 'sold-out']);
  silentSales.final = { ...silentSales.final, orders: ordersFor([0, 1]), finalStock: 0 };
  for (const sale of silentSales.attempts.slice(0, 2)) delete sale.window;
  expect(verdictOf(silentSales).reason).toBe(
    `Nothing is known of the read-to-write windows of the sales, because their attempts had no answer. ${MORE_ANSWERS}`,
  );

  const silentOthers = goodLane(1, ['accepted', 'indeterminate']);
  delete silentOthers.attempts[1]!.window;
  expect(verdictOf(silentOthers).reason).toBe(
    'Up to 2 attempts were in flight at once, but none whose read-to-write window is known met a sale, ' +
      `and nothing is known of those without an answer. ${MORE_ANSWERS}`,
  );

  expect(verdictOf(goodLane(3, repeat('indeterminate' as const, 2))).reason).toBe(
    `None of 2 attempts came to a decision: all failed or went unanswered. ${MORE_ANSWERS}`,
  );
});

test('attempts that only failed prove nothing', () => {
  expect(verdictOf(goodLane(3, [...repeat('error' as const, 4), 'indeterminate']))).toEqual({
    status: 'inconclusive',
    reason: 'None of 5 attempts came to a decision: all failed or went unanswered.',
  });
});

test('a lost counter is inconclusive', () => {
  const lane = goodLane(1, ['accepted', 'sold-out']);
  lane.final.counter = { store: 'Redis', remaining: null };
  expect(verdictOf(lane).status).toBe('inconclusive');
});

test('purchases still running keep the verdict open', () => {
  const lane = goodLane(2, ['accepted', 'accepted', 'indeterminate']);
  lane.final.stillRunning = 1;
  expect(verdictOf(lane)).toEqual({
    status: 'inconclusive',
    reason: '1 purchase was still running when the final rows were read: up to 1 unit may still move.',
  });
});

test('unanswered attempts are settled from the orders table', () => {
  const lane = goodLane(2, ['accepted', 'accepted', 'indeterminate']);
  lane.attempts[1]!.outcome = 'indeterminate';
  const result = auditLane(lane);
  expect(result.recovered).toBe(1);
  expect(result.verdict).toMatchObject({
    status: 'ok',
    reason:
      'Sold exactly 2 of 2 units while up to 3 attempts were in flight; 3 read-to-write windows overlapped. ' +
      'No answer came for 2 of 3 attempts: by the orders table 1 of them sold, 1 did not.',
  });
});

test('selling too little is safe, and said', () => {
  expect(verdictOf(goodLane(3, ['accepted', 'sold-out', 'sold-out', 'conflict']))).toEqual({
    status: 'ok',
    reason:
      'Sold 1 of 3 units while up to 4 attempts were in flight; 4 read-to-write windows overlapped. ' +
      'Undersold: 2 attempts were told sold out, but 2 units were left. 1 attempt gave up in conflict, but 2 units were left.',
  });
});

test.each([
  [
    'everybody gave up',
    goodLane(2, repeat('conflict', 3)),
    ', but 3 attempts went without although 2 units were left',
  ],
  [
    'everybody was refused',
    goodLane(1, ['sold-out']),
    ', but 1 attempt went without although 1 unit was left',
  ],
  ['there was nothing on sale', goodLane(0, repeat('sold-out', 3)), ''],
])('where %s nothing was sold, and nothing is proven', (_, lane, though) => {
  expect(verdictOf(lane)).toEqual({
    status: 'inconclusive',
    reason: `Nothing was sold, so nothing could be sold twice${though}.`,
  });
});

test('those who gave up are all counted, and those of them for whom enough was left', () => {
  const lane = goodLane(3, ['accepted', 'conflict', 'conflict', 'sold-out']);
  for (const n of [2, 3]) Object.assign(lane.attempts[n] ?? {}, { quantity: 3 });
  expect(verdictOf(lane).reason).toContain(
    '2 attempts gave up in conflict, though for 1 attempt enough units were left.',
  );
});

test('statements that queue for a single connection have not raced', () => {
  const lane = goodLane(1, ['accepted', 'sold-out']);
  lane.final.connections = 1;
  expect(verdictOf(lane).status).toBe('inconclusive');
  lane.final.connections = 2;
  expect(verdictOf(lane).status).toBe('ok');
});

test('attempts that failed are mentioned', () => {
  const { reason } = verdictOf(goodLane(1, ['accepted', 'sold-out', 'error', 'error']));
  expect(reason).toContain('2 attempts failed.');
});

test('of attempts that failed, those are counted who could have had what was left', () => {
  const lane = goodLane(2, ['accepted', 'error', 'error', 'error']);
  expect(verdictOf(lane).reason).toContain('3 attempts failed, but 1 unit was left.');
  lane.attempts[2]!.quantity = 2;
  lane.attempts[3]!.quantity = 2;
  expect(verdictOf(lane).reason).toContain('3 attempts failed, though for 1 attempt enough units were left.');
});

test('units left are not undersold to a buyer who asked for more than those', () => {
  const lane = goodLane(2, ['accepted', 'sold-out']);
  lane.attempts[1]!.quantity = 2;
  expect(verdictOf(lane).reason).not.toContain('Undersold');
});

test('exactly enough units left for a buyer told sold out is undersold', () => {
  const lane = goodLane(3, ['accepted', 'sold-out']);
  lane.attempts[1]!.quantity = 2;
  expect(verdictOf(lane).reason).toContain('Undersold: 1 attempt was told sold out, but 2 units were left.');
});

test('demand that the stock could meet is said to have tested no overselling', () => {
  expect(verdictOf(goodLane(2, repeat('accepted', 2)))).toMatchObject({
    status: 'ok',
    reason: expect.stringMatching(/Demand was 2 units, so overselling was not put to the test\.$/) as string,
  });
});

test.each([
  ['by request', ' Stopped early: by request.'],
  ['by request. ', ' Stopped early: by request.'],
  ['Gone!', ' Stopped early: Gone.'],
  [' . ', ' Stopped early.'],
])('why a lane was stopped is one sentence: "%s"', (stopped, sentence) => {
  const { reason } = verdictOf(goodLane(1, ['accepted', 'sold-out']), stopped);
  expect(reason.slice(reason.indexOf('.') + 1)).toBe(sentence);
});

test('one unit that was added is spoken of as one', () => {
  const lane = goodLane(1, ['accepted', 'sold-out']);
  lane.final = { ...lane.final, initialStock: 0, restocked: 1 };
  expect(verdictOf(lane).reason).toContain(
    '1 unit was added while the lane ran, and nothing in the history shows where it came from.',
  );
});

test('no wait is the worst by a number where no attempt took any time', () => {
  const lane = goodLane(1, ['accepted', 'sold-out']);
  for (const attempt of lane.attempts) attempt.at = [5, 5];
  expect(auditLane(lane).liveness.worstAttempt).toMatchObject({ latencyUs: 0, timesMedian: 1 });
});

test('a lane stopped early is judged by what ran, if that was enough', () => {
  const soldOut = goodLane(1, ['accepted', 'sold-out']);
  expect(verdictOf(soldOut, 'by the user')).toEqual({
    status: 'ok',
    reason:
      'Sold exactly 1 of 1 unit while up to 2 attempts were in flight; 2 read-to-write windows overlapped. ' +
      'Stopped early: by the user.',
  });
  expect(verdictOf(goodLane(9, ['accepted', 'accepted']), 'by the user')).toEqual({
    status: 'inconclusive',
    reason: 'It ended before buyers had asked for all 9 units. Stopped early: by the user.',
  });
  expect(verdictOf(goodLane(1, repeat('accepted', 2)), 'by the user')).toMatchObject({
    status: 'violated',
    reason: expect.stringMatching(/Stopped early: by the user\.$/) as string,
  });
});

test('a lane whose windows are not known is inconclusive and says so', () => {
  const history = historyOf([{ outcome: 'accepted' }, { outcome: 'sold-out' }]);
  const final = finalOf(goodLane(1, ['accepted']));
  expect(audit(history, final).verdict.reason).toBe(
    'No read-to-write window of a sale is known, so nothing shows that sales raced.',
  );
});

test('sales in the wrong order are told so, and not how that is known', () => {
  const lane = goodLane(2, ['accepted', 'accepted']);
  Object.assign(lane.attempts[0]!, { at: [0, 9], remaining: 0 });
  Object.assign(lane.attempts[1]!, { at: [10, 19], remaining: 1 });
  expect(auditLane(lane).checks.find(({ no }) => no === 7)?.why).toBe(
    '1 sale was served in the wrong order: a later request had got its units first.',
  );
});

test('units added after buyers were rightly told sold out make nobody undersold', () => {
  const lane = goodLane(1, ['accepted', 'sold-out', 'accepted']);
  lane.final = { ...lane.final, restocked: 5, finalStock: 4 };
  const { checks, liveness, verdict } = auditLane(lane);
  expect(liveness.undersold).toBe(0);
  expect(verdict.reason).not.toContain('Undersold');
  expect(checks.find(({ no }) => no === 12)).toMatchObject({
    status: 'not-applicable',
    why: '5 units were added while the lane ran.',
  });
});

test('windows that overlap prove nothing about attempts that did not', () => {
  const lane = goodLane(2, ['accepted', 'accepted']);
  lane.attempts[1]!.at = [1_000, 1_010];
  for (const attempt of lane.attempts) attempt.window = [9, 999];
  const { verdict, overlap } = auditLane(lane);
  expect(overlap.peakInFlight).toBe(1);
  expect(verdict.status).toBe('inconclusive');
  expect(verdict.reason).toContain('No two attempts were in flight at once');
});

test('a purchase that still runs keeps the verdict open although every attempt has its answer', () => {
  const lane = goodLane(5, ['accepted', 'accepted']);
  lane.final.stillRunning = 1;
  expect(verdictOf(lane)).toEqual({
    status: 'inconclusive',
    reason: '1 purchase was still running when the final rows were read.',
  });
});
