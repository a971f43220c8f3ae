import { describe, expect, it } from 'vitest';
import { loadStrategies } from '@/scenarios/registry';
import { strategyFolder } from '@/services/process/program';
import { findStepLines } from './step-lines';

const SOURCE = [
  "// step('read stock') in a comment above is no step",
  '  async purchase({ db, step, transaction }) {',
  "    await step('read stock', () => read());",
  '    await transaction(async (tx) => {',
  "      await step('write stock', () => write(tx));",
  '      await step(',
  "        'insert order',",
  '        () => insert(tx),',
  '      );',
  '    });',
].join('\n');

describe('the lines of a step', () => {
  it('are where step is called with its name, and not what a comment says', () => {
    expect(findStepLines(SOURCE, 'read stock')).toEqual([2]);
    expect(findStepLines(SOURCE, 'commit of write stock')).toEqual([4]);
  });

  it('are where the call begins when it takes several lines', () => {
    expect(findStepLines(SOURCE, 'insert order')).toEqual([5]);
  });

  it('are the transaction for both of its ends', () => {
    expect(findStepLines(SOURCE, 'begin')).toEqual([3]);
    expect(findStepLines(SOURCE, 'commit')).toEqual([3]);
  });

  it('are none when the source does not name the step', () => {
    expect(findStepLines(SOURCE, 'free lock')).toEqual([]);
  });

  it('are found for every step that a strategy of the catalogue declares', async () => {
    const strategies = [...(await loadStrategies(strategyFolder)).values()];
    const unmarked = strategies.flatMap(({ id, source, steps }) => {
      const ends = /[^$]transaction\(/.test(source) ? ['begin', 'commit'] : [];
      const names = [...Object.keys(steps), ...ends];
      return names.filter((name) => findStepLines(source, name).length === 0).map((name) => `${id}: ${name}`);
    });
    expect(strategies.length).toBeGreaterThan(20);
    expect(unmarked).toEqual([]);
  });
});
