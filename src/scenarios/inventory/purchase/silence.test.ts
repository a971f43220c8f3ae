import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deferred } from '@/lib/deferred';
import { Watchdog } from './watchdog';

const MS = 15_000;

describe('the silence of a dependency', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  async function isTooLong(silence: Watchdog): Promise<boolean> {
    return Promise.race([silence.tooLong.then(() => true), Promise.resolve().then(() => false)]);
  }

  it('is too long in a step that does not end', async () => {
    const silence = new Watchdog(MS);
    silence.entered('read');
    vi.advanceTimersByTime(MS - 1);
    expect(await isTooLong(silence)).toBe(false);
    vi.advanceTimersByTime(1);
    expect(await isTooLong(silence)).toBe(true);
  });

  it('is broken by each step that ends', async () => {
    const silence = new Watchdog(MS);
    for (let step = 0; step < 5; step += 1) {
      silence.entered('write');
      vi.advanceTimersByTime(MS - 1);
      silence.left();
    }
    expect(await isTooLong(silence)).toBe(false);
    vi.advanceTimersByTime(MS);
    expect(await isTooLong(silence)).toBe(true);
  });

  it.for(['think', 'retry', 'memory lock'] as const)('does not count a %s', async (kind) => {
    const silence = new Watchdog(MS);
    silence.entered('read');
    silence.left();
    silence.entered(kind);
    vi.advanceTimersByTime(10 * MS);
    expect(await isTooLong(silence)).toBe(false);
    silence.left();
    vi.advanceTimersByTime(MS);
    expect(await isTooLong(silence)).toBe(true);
  });

  it('does not count while a gate holds the attempt', async () => {
    const silence = new Watchdog(MS);
    const held = deferred();
    const passed = silence.behind(() => held.promise)('write');
    vi.advanceTimersByTime(10 * MS);
    expect(await isTooLong(silence)).toBe(false);
    held.resolve();
    await passed;
    vi.advanceTimersByTime(MS);
    expect(await isTooLong(silence)).toBe(true);
  });

  it('is listened for no more when the attempt has ended', async () => {
    const silence = new Watchdog(MS);
    silence.end();
    vi.advanceTimersByTime(10 * MS);
    expect(await isTooLong(silence)).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is listened for no more when a gate refuses an attempt that has ended', async () => {
    const silence = new Watchdog(MS);
    const held = deferred();
    const refused = silence.behind(() => held.promise)('write');
    silence.end();
    held.reject(new Error('the process is gone'));
    await expect(refused).rejects.toThrow('the process is gone');
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('does not keep a process alive that has nothing else to do', () => {
  const timers = () => process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length;
  const before = timers();
  const silence = new Watchdog(MS);
  expect(timers()).toBe(before);
  silence.end();
});
