import fc from 'fast-check';
import { expect, test } from 'vitest';
import { correctLane } from '../../tests/fixtures/lanes/correct-lane';
import { finalOf, goodLane, historyOf, ordersFor, type LaneSketch } from '../../tests/fixtures/lanes/history';
import { writeJepsen } from './jepsen-history';

const START = { lane: 0, index: 0, process: 0 };

function linesOf(lane: LaneSketch, start = START): string[] {
  const text = [...writeJepsen(historyOf(lane.attempts), finalOf(lane), start)].join('');
  return text.trimEnd().split('\n');
}

interface Op {
  index: number;
  time: number;
  process: number;
  type: string;
  f: string;
}

function parse(line: string): Op {
  const fields = /^\{:index (\d+) :time (-?\d+) :process (\d+) :lane \d+ :type :(\w+) :f :(\w+) .*\}$/.exec(
    line,
  );
  const [, index, time, process, type = '', f = ''] = fields ?? [];
  return { index: Number(index), time: Number(time), process: Number(process), type, f };
}

test('each attempt is an invocation and what became of it, between two reads of the stock', () => {
  const lane: LaneSketch = {
    attempts: [
      { outcome: 'accepted', at: [1, 5], remaining: 0 },
      { outcome: 'sold-out', at: [2, 6.5], quantity: 2 },
      { outcome: 'indeterminate', at: [3, 7] },
      { outcome: 'conflict', at: [8, 9] },
    ],
    final: { initialStock: 1, finalStock: 0, orders: ordersFor([0]) },
  };
  expect(linesOf(lane)).toEqual([
    '{:index 0 :time 0 :process 0 :lane 0 :type :invoke :f :read :value nil}',
    '{:index 1 :time 0 :process 0 :lane 0 :type :ok :f :read :value {:stock 1 :ordered 0}}',
    '{:index 2 :time 1000 :process 1 :lane 0 :type :invoke :f :buy :value {:quantity 1 :answer nil} :attempt 0}',
    '{:index 3 :time 2000 :process 2 :lane 0 :type :invoke :f :buy :value {:quantity 2 :answer nil} :attempt 1}',
    '{:index 4 :time 3000 :process 3 :lane 0 :type :invoke :f :buy :value {:quantity 1 :answer nil} :attempt 2}',
    '{:index 5 :time 5000 :process 1 :lane 0 :type :ok :f :buy :value {:quantity 1 :answer :sold} :attempt 0 :remaining 0}',
    '{:index 6 :time 6500 :process 2 :lane 0 :type :ok :f :buy :value {:quantity 2 :answer :sold-out} :attempt 1}',
    '{:index 7 :time 7000 :process 3 :lane 0 :type :info :f :buy :value {:quantity 1 :answer nil} :attempt 2 :error :indeterminate}',
    '{:index 8 :time 8000 :process 2 :lane 0 :type :invoke :f :buy :value {:quantity 1 :answer nil} :attempt 3}',
    '{:index 9 :time 9000 :process 2 :lane 0 :type :fail :f :buy :value {:quantity 1 :answer nil} :attempt 3 :error :conflict}',
    '{:index 10 :time 9000 :process 0 :lane 0 :type :invoke :f :read :value nil}',
    '{:index 11 :time 9000 :process 0 :lane 0 :type :ok :f :read :value {:stock 0 :ordered 1}}',
  ]);
});

test('attempts that touch overlap: both are invoked before either is over', () => {
  const lane = goodLane(2, ['accepted', 'accepted']);
  lane.attempts[0]!.at = [0, 5];
  lane.attempts[1]!.at = [5, 9];
  const ops = linesOf(lane).map(parse).slice(2, -2);
  expect(ops.map(({ type, process }) => [type, process])).toEqual([
    ['invoke', 1],
    ['invoke', 2],
    ['ok', 1],
    ['ok', 2],
  ]);
});

test('any history is complete, in the order of time, and no process is in two places or used after a crash', () => {
  fc.assert(
    fc.property(correctLane, (lane) => {
      const ops = linesOf(lane).map(parse);
      expect(ops).toHaveLength(2 * lane.attempts.length + 4);
      expect(ops.map(({ index }) => index)).toEqual(ops.map((_, i) => i));
      const times = ops.map(({ time }) => time);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      const state = new Map<number, string>();
      for (const { process, type } of ops) {
        const before = state.get(process);
        if (type === 'invoke') expect([undefined, 'ok', 'fail']).toContain(before);
        else expect(before).toBe('invoke');
        state.set(process, type);
      }
      const ended = (kind: string) => ops.filter(({ type, f }) => type === kind && f === 'buy').length;
      const told = (...outcomes: string[]) =>
        lane.attempts.filter(({ outcome }) => outcomes.includes(outcome)).length;
      expect(ended('ok')).toBe(told('accepted', 'sold-out'));
      expect(ended('fail')).toBe(told('conflict', 'error'));
      expect(ended('info')).toBe(told('indeterminate'));
    }),
    { numRuns: 500 },
  );
});

test('a lane after another goes on with its numbers, and shares no process with it', () => {
  const lane = goodLane(1, ['accepted', 'sold-out']);
  const first = writeJepsen(historyOf(lane.attempts), finalOf(lane), START);
  let end = first.next();
  while (!end.done) end = first.next();
  expect(end.value).toEqual({ lane: 0, index: 8, process: 3 });
  const ops = linesOf(lane, { ...end.value, lane: 1 }).map(parse);
  expect(ops[0]).toMatchObject({ index: 8, process: 3 });
});

test('a lane without attempts is its two reads, and an answer before its call is over at once', () => {
  expect(linesOf(goodLane(1, []))).toHaveLength(4);
  const lane = goodLane(1, ['accepted']);
  lane.attempts[0]!.at = [9, 2];
  const ops = linesOf(lane).map(parse);
  expect(ops.map(({ time }) => time)).toEqual([0, 0, 9_000, 9_000, 9_000, 9_000]);
});
