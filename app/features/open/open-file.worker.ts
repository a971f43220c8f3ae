import { HistoryFileError } from '@/history-file/history-file-error';
import { openFile } from '@/history-file/open-file';
import type { OpenedHistory } from '@/history-file/opened-history';
import { ReportError } from '@/report/read-report';
import { findReportDoubts } from './report-doubts';
import type { KnownStrategies, OpenAnswer, OpenCall, ShownFile } from './open-protocol';

/** The history that is open; undefined before there is one, and for a report. */
let opened: OpenedHistory | undefined;

const tell = (answer: OpenAnswer) => self.postMessage(answer);

self.addEventListener('message', ({ data }: MessageEvent<OpenCall>) => {
  run(data).then(
    (answer) => tell({ id: data.id, answer }),
    (error: unknown) => tell({ id: data.id, failed: explain(error) }),
  );
});

async function run(call: OpenCall): Promise<unknown> {
  if (call.call === 'open')
    return open(call.asked.file, call.asked.strategies, (share) => tell({ id: call.id, share }));
  if (!opened) throw new Error('A report holds no more than this: open the history of the race.');
  switch (call.call) {
    case 'listEvidence': {
      const { lane, kind, ...page } = call.asked;
      return opened.listEvidence(lane, kind, page);
    }
    case 'readAttempt':
      return opened.readAttempt(call.asked.lane, call.asked.n);
    case 'listNaming':
      return opened.listNaming(call.asked.lane, call.asked.n);
    default:
      return call satisfies never;
  }
}

async function open(
  blob: Blob,
  strategies: KnownStrategies,
  onProgress: (share: number) => void,
): Promise<ShownFile> {
  opened = undefined;
  const find = (id: string) => (Object.hasOwn(strategies, id) ? strategies[id] : undefined);
  const file = await openFile(blob, find, onProgress);
  if (file.kind !== 'history') {
    const { race, writtenBy, collision = null } = file.report;
    const { lacks, contradictions } = findReportDoubts(file.report);
    return {
      kind: file.kind,
      race,
      hasPlan: file.report.hasPlan !== false,
      writtenBy,
      lacks,
      contradictions,
      demands: file.report.assertions,
      collision,
      requests: null,
    };
  }
  opened = file.history;
  const prefixes = opened.attemptPrefixes();
  const requests = opened.requests().map((lane, i) => ({ lane, attemptPrefix: prefixes[i] ?? '' }));
  const { writtenBy, history } = opened;
  return { kind: 'history', ...history, writtenBy, demands: [], collision: null, requests };
}

/** Faults of a file are explained; any other is a fault of the program. */
function explain(error: unknown): string {
  if (error instanceof HistoryFileError || error instanceof ReportError) return error.message;
  if (error instanceof DOMException) return `The browser could not read the file: ${error.message}`;
  return error instanceof Error ? error.message : 'The file could not be opened.';
}
