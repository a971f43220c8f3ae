import { expect } from 'vitest';
import { defaultText } from '@/plan/form';
import { keepBusy } from '../fixtures/server/busy-machine';
import { serverTest as test, type Api } from '../fixtures/server/server-test';
import { share } from './share';

const TRIES = share(100);

/** Presses the dashboard's Start test and answers what the race came to: `conclusive`, or what it was instead. */
async function startTest(api: Api): Promise<string> {
  const form = Object.entries(defaultText()).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
  const pressed = await fetch(`${api.url}/?index`, {
    method: 'POST',
    body: new URLSearchParams(form),
    redirect: 'manual',
  });
  const address = pressed.headers.get('location');
  if (address === null) return `answered ${pressed.status}: ${await pressed.text()}`;
  const { id, status, reason, lanes } = await api.whenOver(address.replace('/races/', ''));
  const verdicts = lanes.map(({ verdict }) => verdict.status).join(', ');
  if (status === 'finished' && verdicts === 'violated, ok') return 'conclusive';
  const told = lanes.map(({ strategy, verdict }) => `${strategy} ${verdict.status}: ${verdict.reason}`);
  return [`race ${id} ${status}: ${reason ?? ''}`, ...told].join(' | ');
}

test.for([0, 8])(
  `the Start test is conclusive ${TRIES} of ${TRIES} times beside %i busy processes`,
  { timeout: 4 * 3_600_000 },
  async (processes, { api, onTestFinished }) => {
    onTestFinished(keepBusy(processes));
    const others: string[] = [];
    for (let n = 1; n <= TRIES; n += 1) {
      const result = await startTest(api);
      if (result !== 'conclusive') others.push(`${n}: ${result}`);
      if (result !== 'conclusive' || n % 10 === 0 || n === TRIES)
        console.log(`beside ${processes}: ${n - others.length} of ${n} conclusive. ${others.at(-1) ?? ''}`);
    }
    expect(others).toEqual([]);
  },
);
