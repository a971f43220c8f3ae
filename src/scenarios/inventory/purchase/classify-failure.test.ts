import { describe, expect, test } from 'vitest';
import type { StepKind } from '@/model/step-kind';
import { classifyFailure, classifyStep } from './classify-failure';
import type { Failure } from './classify-failure';
import { StepTrace } from './step-trace';

const KINDS: Record<string, StepKind> = {
  look: 'read',
  sell: 'decide',
  take: 'redis decide',
  'write stock': 'write',
  'insert order': 'order',
  'read order': 'read',
  'read again': 'read',
  'back off': 'retry',
  note: 'sql',
};

class CodedError extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/** A step that fails, as `<step>! <code>`. */
const FAILING = /^(.+)! (\w+)$/;

/**
 * Takes steps by their names, the last of which ends the attempt. `rollback` is the end of a transaction that was not
 * committed, and `<step>...` one that is still running.
 */
async function classify(...script: string[]): Promise<{ attempt: Failure; step: Failure }> {
  const trace = new StepTrace(KINDS);
  let last: unknown;
  for (const line of script) {
    const [, failing, code] = FAILING.exec(line) ?? [];
    if (line === 'rollback') trace.transactionEnded();
    else if (line.endsWith('...'))
      void trace.step(line.slice(0, -3), () => new Promise<never>(() => undefined));
    else if (failing === undefined || code === undefined) await trace.step(line, async () => undefined);
    else {
      last = new CodedError(code);
      await trace.step(failing, () => Promise.reject(last)).catch(() => undefined);
    }
  }
  return { attempt: classifyFailure(last, trace), step: classifyStep(last, trace) };
}

describe('a failure after a step that may have sold', () => {
  test.each([
    [['sell', 'read order! PoolTimeout']],
    [['sell', 'read order! 53300']],
    [['sell', 'note! 23514']],
    [['sell', 'read order! ConnectionClosed']],
    [['take', 'read order! PoolTimeout']],
    [['write stock', 'insert order! PoolTimeout']],
    [['insert order', 'write stock! 23514']],
    [['begin', 'write stock', 'insert order', 'commit', 'read order! 57014']],
    [['begin', 'sell! 40001', 'rollback', 'back off', 'begin', 'sell', 'commit', 'read order! PoolTimeout']],
    // a part of the purchase is repeated, and not the sale
    [['sell', 'read order! 57014', 'back off', 'read order! PoolTimeout']],
    [['sell', 'read order', 'back off', 'read order! PoolTimeout']],
    // the sale is tried again because a failure hid how the first try ended
    [['sell', 'read order! 57014', 'back off', 'sell! PoolTimeout']],
    // a transaction that was rolled back holds no later step
    [['begin', 'write stock! 40001', 'rollback', 'sell', 'read order! PoolTimeout']],
    [['sell! ConnectionClosed', 'read again! PoolTimeout']],
    [['sell...', 'note! PoolTimeout']],
  ])('%j is indeterminate', async (script) => {
    const { attempt } = await classify(...script);
    expect(attempt.outcome).toBe('indeterminate');
  });

  test('keeps its code and its reason', async () => {
    const { attempt, step } = await classify('sell', 'read order! PoolTimeout');
    expect(attempt).toEqual({ ...step, outcome: 'indeterminate' });
    expect(step).toEqual({ outcome: 'conflict', code: 'PoolTimeout', reason: 'no connection free in time' });
  });

  test('proves of its own step what it proves anywhere', async () => {
    const { step } = await classify('take', 'insert order! 57014');
    expect(step.outcome).toBe('conflict');
  });
});

describe('a failure with nothing sold before', () => {
  test.each<[string[], Failure['outcome']]>([
    [['look', 'sell! PoolTimeout'], 'conflict'],
    [['look', 'sell! 23514'], 'sold-out'],
    [['look', 'sell! ConnectionClosed'], 'indeterminate'],
    [['look! ConnectionClosed'], 'error'],
    [['begin', 'write stock', 'insert order! 57014'], 'conflict'],
    [['begin', 'write stock', 'insert order! ConnectionClosed', 'rollback'], 'error'],
    [['begin', 'write stock', 'insert order', 'commit! 40001'], 'conflict'],
    [['begin', 'look', 'commit', 'sell! PoolTimeout'], 'conflict'],
    // tries that were rolled back
    [['begin', 'write stock', 'commit! 40001', 'rollback', 'back off', 'begin! PoolTimeout'], 'conflict'],
    [['begin', 'write stock! 40001', 'rollback', 'back off', 'begin', 'sell! ConnectionClosed'], 'error'],
    // tries that the strategy has seen to do nothing
    [['look', 'sell', 'back off', 'look! PoolTimeout'], 'conflict'],
    [['look', 'sell', 'back off', 'look', 'sell! PoolTimeout'], 'conflict'],
    // a failed step that certainly did nothing
    [['sell! 57014', 'note! PoolTimeout'], 'conflict'],
  ])('%j is %s', async (script, outcome) => {
    const { attempt } = await classify(...script);
    expect(attempt.outcome).toBe(outcome);
  });
});
