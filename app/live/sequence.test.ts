import { describe, expect, it } from 'vitest';
import { placeBatch } from './sequence';

describe('placeBatch', () => {
  it('appends a batch that continues exactly', () => {
    expect(placeBatch(40, { seq: 40, count: 10 })).toEqual({ kind: 'append', skip: 0 });
  });

  it('skips the part of a replayed batch that is already held', () => {
    expect(placeBatch(45, { seq: 40, count: 10 })).toEqual({ kind: 'append', skip: 5 });
  });

  it('drops a batch that is held completely, up to its last attempt', () => {
    expect(placeBatch(50, { seq: 40, count: 10 })).toEqual({ kind: 'duplicate' });
    expect(placeBatch(49, { seq: 40, count: 10 })).toEqual({ kind: 'append', skip: 9 });
  });

  it('names the missing attempts before a batch that comes too early', () => {
    expect(placeBatch(40, { seq: 41, count: 1 })).toEqual({ kind: 'hole', from: 40, to: 41 });
  });

  it('treats an empty batch as nothing new', () => {
    expect(placeBatch(40, { seq: 40, count: 0 })).toEqual({ kind: 'duplicate' });
  });
});
