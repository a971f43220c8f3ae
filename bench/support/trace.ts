import type { CDPSession } from 'playwright';

/** Where the page's main thread spent its time, by Chromium's own tracing. */
export interface MainThread {
  seconds: number;
  msByKind: Record<string, number>;
}

interface TraceEvent {
  name: string;
  ph: string;
  ts: number;
  dur?: number;
  tid: number;
  pid: number;
  args?: { name?: string };
}

/** Events of Chromium's timeline by what they mean; nested ones are counted by the innermost. */
const KINDS: Record<string, string> = {
  FunctionCall: 'script',
  EvaluateScript: 'script',
  EventDispatch: 'script',
  FireAnimationFrame: 'script',
  TimerFire: 'script',
  RunMicrotasks: 'script',
  WebSocketReceive: 'script',
  MinorGC: 'garbage',
  MajorGC: 'garbage',
  'V8.GC_SCAVENGER': 'garbage',
  UpdateLayoutTree: 'style',
  Layout: 'layout',
  PrePaint: 'paint',
  Paint: 'paint',
  Layerize: 'paint',
  Commit: 'paint',
};

/** Begins to trace the timeline of the page's process. */
export async function startTrace(session: CDPSession): Promise<void> {
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: {
      includedCategories: ['devtools.timeline', '__metadata'],
      recordMode: 'recordAsMuchAsPossible',
    },
  });
}

export async function endTrace(session: CDPSession): Promise<MainThread> {
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => void events.push(...(value as unknown as TraceEvent[])));
  const complete = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()));
  await session.send('Tracing.end');
  await complete;
  return summarise(events);
}

function summarise(events: readonly TraceEvent[]): MainThread {
  const main = events.find(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
  const own = events
    .filter(({ ph, pid, tid }) => ph === 'X' && (!main || (pid === main.pid && tid === main.tid)))
    .sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  const msByKind: Record<string, number> = {};
  const open: { kind: string; end: number }[] = [];
  const add = (kind: string, us: number) => (msByKind[kind] = (msByKind[kind] ?? 0) + us / 1_000);
  for (const { name, ts, dur = 0 } of own) {
    const kind = KINDS[name];
    if (kind === undefined) continue;
    while (open.length > 0 && (open.at(-1)?.end ?? 0) <= ts) open.pop();
    const outer = open.at(-1);
    if (outer) add(outer.kind, -dur);
    add(kind, dur);
    open.push({ kind, end: ts + dur });
  }
  const [first, last] = [own[0]?.ts ?? 0, own.at(-1)?.ts ?? 0];
  return { seconds: (last - first) / 1e6, msByKind };
}
