import { describe, expect, it } from 'vitest';
import { defaultExploration, readExplorationForm, toExplorationRequest } from './exploration-form';

function post(fields: Record<string, string>) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return toExplorationRequest(readExplorationForm(form));
}

describe('the form of an exploration', () => {
  it('asks for what it first shows, and leaves empty fields to their defaults', () => {
    expect(post(defaultExploration({ id: 'read-then-write', anomaly: 'lost update' }))).toEqual({
      strategy: 'read-then-write',
      attempts: 2,
      stock: 1,
      items: 1,
      maxSchedules: 20_000,
      maxRetries: 4,
      reduction: true,
      crash: false,
      leaseExpiry: false,
    });
  });

  it('asks for other items, memory, chance and retries', () => {
    const fields = {
      strategy: 'process-mutex',
      items: '2',
      ownMemory: 'on',
      sample: '9',
      seed: '7',
      maxRetries: '0',
    };
    expect(post(fields)).toMatchObject({ items: 2, processes: 2, sample: 9, seed: 7, maxRetries: 0 });
  });
});
