import { expect, test } from 'vitest';
import { goodLane, historyOf } from '../../tests/fixtures/lanes/history';
import { collect } from '../../tests/fixtures/lanes/history-file';
import { writeHistory } from './write-history';

const { attempts, final } = goodLane(2, ['accepted', 'accepted', 'sold-out']);

function write(expected: { attempts: number; orders: number }): Promise<Uint8Array[]> {
  const header = { strategy: 'conditional-update', initialStock: 2, attemptPrefix: 'lane-' };
  const batches = [historyOf(attempts)];
  return collect(writeHistory({ header, batches, orders: final.orders, final, expected }));
}

test('a lane that no longer has what was judged is not written to its end', async () => {
  const pieces = await write({ attempts: 3, orders: 2 });
  expect(Buffer.concat(pieces).toString()).toMatch(
    /\{"end":\{"attempts":3,"orders":2,"sha256":"[0-9a-f]{64}"\}\}\n$/,
  );
  await expect(write({ attempts: 3, orders: 3 })).rejects.toThrow('3 orders were judged, and 2 are left.');
  await expect(write({ attempts: 4, orders: 2 })).rejects.toThrow('4 attempts were judged, and 3 are left.');
});
