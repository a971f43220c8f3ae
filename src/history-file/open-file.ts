import { EMBEDDED_ID, readReportText, ReportError } from '@/report/read-report';
import type { RaceReport } from '@/report/race-report';
import { OpenedHistory } from './opened-history';
import type { FindStrategy } from './race-of-history';

/** The largest report that is read; one of 40 lanes has some 3 MB. */
const LARGEST_REPORT_BYTES = 64 * 1024 * 1024;
/** Enough to tell what a file is. */
const HEAD_BYTES = 4_096;

export type OpenedFile =
  { kind: 'history'; history: OpenedHistory } | { kind: 'report' | 'page'; report: RaceReport };

/**
 * Reads a file that is a history, a report as JSON or HTML, or a race as its page exports it.
 *
 * @param onProgress gets the share of the file that has been read, 0 to 1
 * @throws HistoryFileError and ReportError, which name the line and what was expected there
 */
export async function openFile(
  file: Blob,
  findStrategy: FindStrategy,
  onProgress: (share: number) => void = () => undefined,
): Promise<OpenedFile> {
  const head = await file.slice(0, HEAD_BYTES).text();
  if (file.size === 0) throw new ReportError('The file is empty.');
  if (isHtml(head)) return { kind: 'page', report: await readHtmlReport(await readWhole(file)) };
  if (head.includes('\0')) throw new ReportError(`The file is binary. Expected ${EXPECTED}.`);
  if (!/^\s*\{/.test(head)) throw new ReportError(`Line 1: expected ${EXPECTED}.`);
  if (/^\{[^\n]*"format"\s*:\s*"oversell-history"/.test(head)) {
    const history = await OpenedHistory.read(piecesOf(file, onProgress), findStrategy);
    return { kind: 'history', history };
  }
  return { kind: 'report', report: readReportText(await readWhole(file)) };
}

const EXPECTED = 'a history (NDJSON), a report or a race (JSON), or an HTML report of oversell';

async function* piecesOf(file: Blob, onProgress: (share: number) => void): AsyncGenerator<Uint8Array> {
  const PIECE = 1_048_576;
  for (let at = 0; at < file.size; at += PIECE) {
    onProgress(at / file.size);
    yield new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
  }
}

async function readWhole(file: Blob): Promise<string> {
  if (file.size > LARGEST_REPORT_BYTES)
    throw new ReportError(`The file has more than 64 MiB, and is no history. Expected ${EXPECTED}.`);
  return file.text();
}

/** Whether a text begins as a page does. */
export function isHtml(text: string): boolean {
  return /^\s*<(!doctype|html)/i.test(text);
}

/**
 * Reads the report that an HTML report holds.
 *
 * @throws ReportError
 */
export async function readHtmlReport(html: string): Promise<RaceReport> {
  const start = html.indexOf(`id="${EMBEDDED_ID}">`);
  const from = html.indexOf('>', start) + 1;
  const to = html.indexOf('</script>', from);
  if (start === -1)
    throw new ReportError('The page holds no report: expected an HTML report as oversell writes it.');
  if (to === -1) throw new ReportError('The page is cut off within its report.');
  const { gzip } = parseData(html.slice(from, to));
  return readReportText(await inflate(gzip));
}

function parseData(data: string): { gzip: string } {
  try {
    const value = JSON.parse(data) as { gzip?: unknown } | null;
    if (typeof value?.gzip === 'string') return { gzip: value.gzip };
  } catch {
    // told below
  }
  throw new ReportError('The report in the page is damaged.');
}

/** @throws ReportError for anything but gzip, and for more than a report may have */
async function inflate(base64: string): Promise<string> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  try {
    const packed = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
    for (const reader = unpacked.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) return await new Blob(pieces).text();
      pieces.push(value);
      bytes += value.length;
      if (bytes > LARGEST_REPORT_BYTES) throw new ReportError('The report in the page is too large.');
    }
  } catch (error) {
    if (error instanceof ReportError) throw error;
    throw new ReportError('The report in the page is damaged.');
  }
}
