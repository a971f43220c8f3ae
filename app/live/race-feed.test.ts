import { describe, expect, it } from 'vitest';
import { encodeLive } from '@/model/batches/batch-bytes';
import { emptyBatch } from '@/model/columns';
import type { Batch } from '@/model/columns';
import type { LiveFrame } from '@/server/live/protocol';
import { RaceFeed } from './race-feed';

function batch(seq: number, count: number): Batch {
  const columns = { ...emptyBatch(count), seq };
  for (let i = 0; i < count; i += 1) columns.n[i] = columns.call[i] = columns.return[i] = seq + i;
  return columns;
}

/** The same as the live channel sends it. */
function frame(seq: number, count: number, lane = 0): LiveFrame {
  const { buffer } = encodeLive(batch(seq, count));
  return { raceId: 'r1', lane, seq, count, columns: seq % 2 === 0 ? buffer : new Uint8Array(buffer) };
}

/** A feed whose HTTP side answers from a stored log of `stored` attempts, `page` at a time. */
function openFeed(stored = 0, page = 100) {
  const asked: number[] = [];
  let changes = 0;
  const feed = new RaceFeed({
    raceId: 'r1',
    laneCount: 2,
    fetchEvents: (_lane, from) => {
      asked.push(from);
      return Promise.resolve(from < stored ? [batch(from, Math.min(page, stored - from))] : []);
    },
    onChange: () => (changes += 1),
  });
  return { feed, asked, changes: () => changes };
}

const numbers = (feed: RaceFeed, lane = 0) =>
  Array.from({ length: feed.log(lane).next }, (_, seq) => feed.log(lane).row(seq)?.n);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('RaceFeed', () => {
  it('takes every attempt once when a reconnect replays some of them', () => {
    const { feed } = openFeed();
    for (const [seq, count] of [
      [0, 10],
      [10, 5],
      [5, 10],
      [8, 12],
    ] as const)
      feed.takeFrame(frame(seq, count));
    expect(numbers(feed)).toEqual(upTo(20));
    expect(feed.wanted()).toEqual({ '0': 20, '1': 0 });
  });

  it('ignores another race and unknown lanes', () => {
    const { feed, changes } = openFeed();
    feed.takeFrame({ ...frame(0, 3), raceId: 'r2' });
    feed.takeFrame(frame(0, 3, 7));
    feed.takeGap({ raceId: 'r2', lane: 0, from: 0, to: 5 });
    expect([feed.log(0).next, feed.log(1).next, changes()]).toEqual([0, 0, 0]);
  });

  it('fetches a hole over HTTP, page by page, then takes the batches that came early', async () => {
    const { feed, asked } = openFeed(300, 40);
    feed.takeFrame(frame(0, 10));
    feed.takeFrame(frame(100, 10));
    feed.takeFrame(frame(110, 5));
    expect(feed.log(0).next).toBe(10);
    await settle();
    expect(asked).toEqual([10, 50, 90]);
    expect(feed.log(0).next).toBe(130);
    expect(numbers(feed)).toEqual(upTo(130));
  });

  it('fetches what the server says it no longer holds', async () => {
    const { feed, asked } = openFeed(50);
    feed.takeGap({ raceId: 'r1', lane: 1, from: 0, to: 50 });
    await settle();
    expect(asked).toEqual([0]);
    expect(numbers(feed, 1)).toEqual(upTo(50));
  });

  it('does not fetch a gap that it already has', async () => {
    const { feed, asked } = openFeed(50);
    feed.takeFrame(frame(0, 50));
    feed.takeGap({ raceId: 'r1', lane: 0, from: 0, to: 50 });
    await settle();
    expect(asked).toEqual([]);
  });

  it('leaves the hole open when the server does not have it yet, and asks again with the next batch', async () => {
    const { feed, asked } = openFeed(0);
    feed.takeFrame(frame(10, 5));
    await settle();
    feed.takeFrame(frame(15, 5));
    await settle();
    expect(asked).toEqual([0, 0]);
    expect(feed.wanted()).toEqual({ '0': 0, '1': 0 });
  });

  it('survives a failing fetch', async () => {
    const feed = new RaceFeed({
      raceId: 'r1',
      laneCount: 1,
      fetchEvents: () => Promise.reject(new Error('offline')),
      onChange: () => undefined,
    });
    feed.takeFrame(frame(10, 5));
    await settle();
    feed.takeFrame(frame(0, 10));
    feed.takeFrame(frame(10, 5));
    expect(numbers(feed)).toEqual(upTo(15));
  });
});
