import { expect, onTestFinished, test } from 'vitest';
import { Doors } from './doors';

const CROWD = { buyers: 3, waitMs: 60_000 };

/** Buyers who have come to a door, and those it has let in so far. */
function openDoors() {
  const doors = new Doors();
  const inside: number[] = [];
  onTestFinished(() => doors.remove('item'));
  const come = (buyer: number, crowd = CROWD) =>
    doors.enter('item', crowd).then(() => void inside.push(buyer));
  return { doors, inside, come };
}

/** Everything that can happen without the event loop turning has happened. */
const sameTurn = () => new Promise<void>((resolve) => process.nextTick(resolve));

test('lets all in within the turn of the event loop in which the last one comes', async () => {
  const { inside, come } = openDoors();
  void come(1);
  void come(2);
  await new Promise((resolve) => setImmediate(resolve));
  expect(inside).toEqual([]);
  void come(3);
  await sameTurn();
  expect(inside).toEqual([1, 2, 3]);
});

test('stays open', async () => {
  const { inside, come } = openDoors();
  await Promise.all([come(1), come(2), come(3)]);
  void come(4);
  await sameTurn();
  expect(inside).toEqual([1, 2, 3, 4]);
});

test('opens for those who are there when one does not come', async () => {
  const { inside, come } = openDoors();
  await Promise.all([come(1, { buyers: 3, waitMs: 5 }), come(2, { buyers: 3, waitMs: 5 })]);
  expect(inside).toEqual([1, 2]);
});

test('is shut again once it has been forgotten, and each item has its own', async () => {
  const { doors, inside, come } = openDoors();
  await Promise.all([come(1), come(2), come(3)]);
  doors.remove('item');
  void come(4);
  let isIn = false;
  void doors.enter('another item', { buyers: 1, waitMs: 60_000 }).then(() => (isIn = true));
  await sameTurn();
  expect(inside).toEqual([1, 2, 3]);
  expect(isIn).toBe(true);
  doors.remove('another item');
});
