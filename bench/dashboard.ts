// The race page in Chromium while 5,000 attempts a second arrive: frames, what the main thread does, heap, time from an
// attempt's return to the screen; and what a first visit to each page loads. Flags: --seconds=60 --rate=5000
import { chromium } from 'playwright';
import type { Browser, CDPSession } from 'playwright';
import { readEnv } from '@/services/env';
import { openServices } from '@/services/open-services';
import { launchOptions } from '../playwright.config';
import { startChild } from './support/child-server';
import type { Fed } from './support/fed-race';
import { describeMachine, printTable } from './support/report';
import { endTrace, startTrace } from './support/trace';

const flag = (name: string, otherwise: number) =>
  Number(process.argv.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1] ?? otherwise);
const SECONDS = flag('seconds', 60);
const PER_SECOND = flag('rate', 5_000);
const LANES = 2;
/** The page has settled by then, s: code is compiled and the rings have grown. */
const SETTLED_S = 5;
const VIEWPORT = { width: 1440, height: 900 };
/** Of a display with 60 Hz. */
const FRAME_MS = 1_000 / 60;

/** Chunks that are loaded with the first chart: the library is in the one that all kinds of chart share. */
const CHARTS = /lane-charts|overlay-chart|readout/;

/** What the page itself notes, once a frame. */
interface Noted {
  /** Times of frames, ms since the epoch. */
  frames: number[];
  /** Attempts shown, summed over the lanes, as of that frame. */
  shown: number[];
}

declare global {
  interface Window {
    noted: Noted;
  }
}

/** Notes frames from now on. A text, because what a compiler makes of a function may not run in a page. */
const NOTE_FRAMES = `
  window.noted = { frames: [], shown: [] };
  const lines = [...document.querySelectorAll('[aria-label="Honesty"] [data-lane]')];
  const count = (line) => Number((line.lastElementChild?.textContent ?? '').replace(/\\D/g, ''));
  const note = (now) => {
    window.noted.frames.push(performance.timeOrigin + now);
    window.noted.shown.push(lines.reduce((sum, line) => sum + count(line), 0));
    requestAnimationFrame(note);
  };
  requestAnimationFrame(note);
`;

const percentile = (values: readonly number[], p: number): number => {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;
};

async function heapMib(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / 2 ** 20;
}

/** From an attempt's return to the first frame that counts it, ms; attempts return evenly, so their number is a time. */
function toScreen({ frames, shown }: Noted, startMs: number): number[] {
  const perMs = PER_SECOND / 1_000;
  return frames.flatMap((at, i) => {
    const before = shown[i - 1] ?? 0;
    const now = shown[i] ?? 0;
    // the oldest of those that are new with this frame has waited longest
    return now > before ? [at - (startMs + (before + 1) / perMs)] : [];
  });
}

async function measureRunning(browser: Browser, url: string, ask: <T>(path: string) => Promise<T>) {
  const { raceId } = await ask<{ raceId: string }>(`/bench/race?lanes=${LANES}`);
  const page = await browser.newPage({ viewport: VIEWPORT });
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  await page.goto(`${url}/races/${raceId}`);
  await page.locator('[aria-label="Honesty"]').waitFor();
  await page.evaluate(NOTE_FRAMES);
  const fed = ask<Fed>(`/bench/feed?perSecond=${PER_SECOND}&seconds=${SECONDS}`);
  // the measured span begins so many seconds after the feed: a time that the bench sets, not a condition that it waits for
  await page.waitForTimeout(SETTLED_S * 1_000);
  const heapBefore = await heapMib(session);
  await startTrace(session);
  const { startMs } = await ask<{ startMs: number }>('/bench/clock');
  const { stored, fed: total, cores } = await fed;
  const work = await endTrace(session);
  const heapAfter = await heapMib(session);
  const isShown = await page
    .waitForFunction((all) => window.noted.shown.at(-1) === all, total, { timeout: 10_000 })
    .then(() => true)
    .catch(() => false);
  const noted = await page.evaluate(() => window.noted);
  await page.close();

  const isMeasured = (at: number) =>
    at > startMs + SETTLED_S * 1_000 + 1_000 && at < startMs + SECONDS * 1_000;
  const frames = noted.frames.filter(isMeasured);
  const gaps = frames.slice(1).map((at, i) => at - (frames[i] ?? at));
  const spanS = ((frames.at(-1) ?? 0) - (frames[0] ?? 0)) / 1_000;
  const waits = toScreen(noted, startMs);
  printTable([
    {
      'attempts/s': PER_SECOND,
      'for, s': SECONDS,
      'shown in the end': isShown && stored === total ? 'all' : 'not all',
      'frames/s': gaps.length / spanS,
      'frame p95, ms': percentile(gaps, 0.95),
      'worst, ms': Math.max(...gaps),
      'late frames, %': (100 * gaps.filter((gap) => gap > 1.5 * FRAME_MS).length) / gaps.length,
      'to screen p50, ms': percentile(waits, 0.5),
      'to screen p95, ms': percentile(waits, 0.95),
      'heap grew, MiB': heapAfter - heapBefore,
      'server, cores': cores,
    },
  ]);
  printTable(
    Object.entries(work.msByKind).map(([kind, ms]) => ({
      'main thread': kind,
      'ms per s': ms / work.seconds,
    })),
  );
}

/** A first visit with nothing in the cache: scripts before any chart, first paint and layout shift. */
async function measureVisit(browser: Browser, url: string, path: string) {
  const context = await browser.newContext({ viewport: VIEWPORT });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  const scripts = new Map<string, string>();
  const kib = { all: 0, charts: 0 };
  session.on('Network.responseReceived', ({ requestId, type, response }) => {
    if (type === 'Script' || response.url.endsWith('.js')) scripts.set(requestId, response.url);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const script = scripts.get(requestId);
    if (script === undefined) return;
    kib.all += encodedDataLength / 1_024;
    if (CHARTS.test(script)) kib.charts += encodedDataLength / 1_024;
  });
  await page.addInitScript(() => {
    Object.assign(window, { shift: 0 });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        (window as unknown as { shift: number }).shift += (entry as unknown as { value: number }).value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(url + path, { waitUntil: 'networkidle' });
  const { paint, shift } = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
    shift: (window as unknown as { shift: number }).shift,
  }));
  await context.close();
  return {
    page: path.replace(/races\/.+/, 'races/…'),
    'scripts before charts, KiB gzipped': kib.all - kib.charts,
    'charts, KiB': kib.charts,
    'first contentful paint, ms': paint,
    'layout shift': shift,
  };
}

const services = await openServices(readEnv(), (message) => console.error(message));
const server = await startChild('bench/peers/event-server.ts', { DATABASE_URL: services.databaseUrl });
const browser = await chromium.launch(launchOptions);
const ask = async <T>(path: string): Promise<T> => {
  const response = await fetch(server.url + path);
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
};
try {
  console.log(`${describeMachine()}; Chromium ${browser.version()}`);
  const { raceId } = await ask<{ raceId: string }>(`/bench/race?lanes=${LANES}`);
  printTable([
    await measureVisit(browser, server.url, '/'),
    await measureVisit(browser, server.url, `/races/${raceId}`),
  ]);
  await measureRunning(browser, server.url, ask);
} finally {
  await browser.close();
  await server.stop();
  await services.close();
}
