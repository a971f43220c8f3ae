import { describe, expect, it } from 'vitest';
import { nameConnection, STALE_AFTER_MS, type ConnectionFacts } from './connection';

const LIVE: ConnectionFacts = {
  connected: true,
  heardAt: 10_000,
  resyncedAt: null,
  expectsNews: true,
  everConnected: true,
};

describe('nameConnection', () => {
  it('is live while news keep coming', () => {
    expect(nameConnection(LIVE, 10_500)).toBe('live');
  });

  it('is reconnecting as soon as the socket is lost, and connecting before there ever was one', () => {
    expect(nameConnection({ ...LIVE, connected: false }, 10_500)).toBe('reconnecting');
    expect(nameConnection({ ...LIVE, connected: false, everConnected: false }, 10_500)).toBe('connecting');
  });

  it('is stale after too long a silence, even on an open socket', () => {
    const late = LIVE.heardAt + STALE_AFTER_MS + 1;
    expect(nameConnection(LIVE, late)).toBe('stale');
    expect(nameConnection({ ...LIVE, connected: false }, late)).toBe('stale');
  });

  it('is never stale when the race is over and no news are due', () => {
    expect(nameConnection({ ...LIVE, expectsNews: false }, 1_000_000)).toBe('live');
  });

  it('says for a moment that a lost connection was resynced', () => {
    const facts = { ...LIVE, resyncedAt: 10_000 };
    expect(nameConnection(facts, 10_500)).toBe('resynced');
    expect(nameConnection({ ...facts, heardAt: 15_000 }, 15_000)).toBe('live');
  });
});
