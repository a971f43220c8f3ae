import { expect, test } from 'vitest';
import { again, isConnectionLoss } from './again';

const lost = () => Object.assign(new Error('terminating connection'), { code: '57P01' });

test('work whose connection was lost is done again, and its answer is the last one', async () => {
  let tries = 0;
  const work = async () => {
    tries += 1;
    if (tries < 3) throw lost();
    return tries;
  };
  expect(await again(work, { forMs: 60_000 })).toBe(3);
});

test('a failure that is not one of the connection is thrown at once', async () => {
  let tries = 0;
  const work = async () => {
    tries += 1;
    throw Object.assign(new Error('duplicate key'), { code: '23505' });
  };
  await expect(again(work, { forMs: 60_000 })).rejects.toThrow('duplicate key');
  expect(tries).toBe(1);
});

test('what stays lost is given up with the last failure, and at once when it is not wanted any more', async () => {
  let tries = 0;
  const work = async () => {
    tries += 1;
    throw lost();
  };
  await expect(again(work, { forMs: 100 })).rejects.toThrow('terminating connection');
  expect(tries).toBeGreaterThan(1);
  tries = 0;
  await expect(again(work, { forMs: 60_000, signal: AbortSignal.abort() })).rejects.toThrow();
  expect(tries).toBe(1);
});

test.each(['57P01', '57P03', '08006', 'ECONNRESET', 'ECONNREFUSED'])('%s is a lost connection', (code) => {
  expect(isConnectionLoss(Object.assign(new Error('lost'), { code }))).toBe(true);
});

test('what pg says in words only is a lost connection too, and a wrong statement is none', () => {
  expect(isConnectionLoss(new Error('Connection terminated unexpectedly'))).toBe(true);
  expect(isConnectionLoss(new Error('relation "races" does not exist'))).toBe(false);
});
