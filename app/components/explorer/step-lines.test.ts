import { describe, expect, it } from 'vitest';
import { findStepLines } from './step-lines';

const SOURCE = [
  "// step('read stock') in a comment above is no step",
  '  async purchase({ db, step, transaction }) {',
  "    await step('read stock', () => read());",
  '    await transaction(async (tx) => {',
  "      await step('write stock', () => write(tx));",
  '    });',
].join('\n');

describe('the lines of a step', () => {
  it('are where step is called with its name, and not what stands above purchase', () => {
    expect(findStepLines(SOURCE, 'read stock')).toEqual([2]);
    expect(findStepLines(SOURCE, 'commit of write stock')).toEqual([4]);
  });

  it('are the transaction for both of its ends', () => {
    expect(findStepLines(SOURCE, 'begin')).toEqual([3]);
    expect(findStepLines(SOURCE, 'commit')).toEqual([3]);
  });

  it('are none when the source does not name the step', () => {
    expect(findStepLines(SOURCE, 'free lock')).toEqual([]);
  });
});
