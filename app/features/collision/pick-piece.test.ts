import { describe, expect, it } from 'vitest';
import { laneView } from '../../../tests/fixtures/lanes/lane-view';
import { pickPiece, readAskedPiece } from './pick-piece';

const read = (query: string) => readAskedPiece(new URLSearchParams(query));
const oversold = {
  kind: 'oversold' as const,
  severity: 'violation' as const,
  count: 900,
  message: '',
  pieces: 900,
  evidence: [{ attemptId: 'a', note: '' }],
};
const broken = laneView({
  status: 'finished',
  verdict: { status: 'violated', reason: '', findings: [oversold] },
});
const first = { lane: 0, kind: 'oversold', piece: 0 };

describe('readAskedPiece', () => {
  it('counts pieces from 1, as people do', () => {
    expect(read('lane=0&evidence=oversold&piece=37')).toEqual({ lane: 0, kind: 'oversold', piece: 36 });
    expect(read('evidence=losses')).toEqual({ lane: 0, kind: 'losses', piece: 0 });
  });

  it('tells an address that asks for nothing from one that asks for what cannot be', () => {
    expect(read('')).toBeNull();
    expect(read('filter=x')).toBeNull();
    for (const query of [
      'evidence=magic',
      'evidence=oversold&piece=0',
      'evidence=oversold&piece=1.5',
      'piece=2',
    ])
      expect(read(query)).toBe('unknown');
  });
});

describe('pickPiece', () => {
  it('shows what was asked for, or without a wish the first collision', () => {
    const last = { lane: 0, kind: 'oversold' as const, piece: 899 };
    expect(pickPiece([broken], last)).toEqual({ shown: last, instead: null });
    expect(pickPiece([broken], null)).toEqual({ shown: first, instead: null });
  });

  it('says so when there is no such piece, and shows the first of its kind', () => {
    expect(pickPiece([broken], { lane: 0, kind: 'oversold', piece: 99_998 })).toEqual({
      shown: first,
      instead: 'There is no piece 99,999 of 900; this is the first.',
    });
  });

  it('says so when there is no such lane or evidence', () => {
    const instead = 'This race has no such evidence as the address names; this is the first that it has.';
    for (const asked of [
      'unknown' as const,
      { lane: 9, kind: 'oversold' as const, piece: 0 },
      { lane: 0, kind: 'drift' as const, piece: 0 },
      { lane: 0, kind: 'losses' as const, piece: 0 },
    ])
      expect(pickPiece([broken], asked)).toEqual({ shown: first, instead });
  });

  it('waits for a lane that is not judged yet before it says that something is missing', () => {
    const running = laneView({ index: 1, status: 'running' });
    expect(pickPiece([broken, running], { lane: 1, kind: 'oversold', piece: 4 })).toEqual({
      shown: first,
      instead: null,
    });
  });
});
