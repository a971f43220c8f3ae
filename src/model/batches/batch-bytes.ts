import {
  allocateBatch,
  COLUMN_NAMES,
  createArray,
  initialOf,
  LIVE_NAMES,
  pickColumns,
  specOf,
} from '../columns';
import type { Batch, ColumnName, LiveBatch } from '../columns';
import { BytesError, readNumbers, RELATIVE, writeNumbers } from './number-bytes';

/**
 * A batch as bytes. A version, a count and a number of sections come first; each section is the length of its name, the
 * name, the length of its content, and the content. Sections have the names of columns, so a reader skips unknown ones
 * and treats missing ones as unknown; a column without a known value is left out. The bytes do not say where in a log
 * the batch is.
 */
const VERSION = 1;
/** Far more than any batch has: larger counts are refused as invalid. */
const MAX_ATTEMPTS = 2 ** 20;
const MAX_STEP_NUMBERS = 2 ** 26;
/** Sections that are not columns. */
const STEP_NAMES = 'stepNames';
const STEPS_EACH = 'stepsEach';
const STEP_NAME = 'stepName';
const STEP_GAP = 'stepGap';
const STEP_TOOK = 'stepTook';

/** The whole batch, as it is stored. */
export function encodeBatch(batch: Batch): Uint8Array<ArrayBuffer> {
  const writer = new SectionWriter(batch.count);
  writeColumns(writer, COLUMN_NAMES, batch);
  writeSteps(writer, batch);
  if (batch.stepNames.length > 0)
    writer.add(STEP_NAMES, new TextEncoder().encode(JSON.stringify(batch.stepNames)));
  return writer.finish();
}

/** The columns of the batch that a page keeps. */
export function encodeLive(batch: Batch): Uint8Array<ArrayBuffer> {
  const writer = new SectionWriter(batch.count);
  writeColumns(writer, LIVE_NAMES, batch);
  return writer.finish();
}

/** The inverse of `encodeBatch`. @throws BytesError for bytes that are no batch */
export function decodeBatch(bytes: Uint8Array, seq = 0): Batch {
  const { count, sections } = readSections(bytes);
  const each = readNumbers(sections.get(STEPS_EACH), count, 0);
  const stepCount = each.reduce((sum, steps) => sum + steps, 0);
  if (!(stepCount >= 0 && 3 * stepCount <= MAX_STEP_NUMBERS))
    throw new BytesError('a batch has no such steps');
  const batch = allocateBatch(count, 3 * stepCount, readNames(sections.get(STEP_NAMES)));
  batch.seq = seq;
  readColumns(sections, COLUMN_NAMES, batch);
  readSteps(sections, each, batch);
  return batch;
}

/** The inverse of `encodeLive`. @throws BytesError for bytes that are no batch */
export function decodeLive(bytes: Uint8Array, seq: number): LiveBatch {
  const { count, sections } = readSections(bytes);
  const batch = { seq, count, ...pickColumns(LIVE_NAMES, ({ array }) => createArray(array, count)) };
  readColumns(sections, LIVE_NAMES, batch);
  return batch;
}

/** What a column is relative to: attempts are close to those before them, other moments of an attempt to its call. */
function relativeTo(name: ColumnName): number {
  if (name === 'n' || name === 'call') return RELATIVE.previous;
  return specOf(name).unit === 'moment' ? RELATIVE.reference : RELATIVE.nothing;
}

function writeColumns(writer: SectionWriter, names: readonly ColumnName[], batch: Batch): void {
  for (const name of names) {
    const values = batch[name].subarray(0, batch.count);
    const bytes = writeNumbers(values, initialOf(specOf(name)), relativeTo(name), batch.call);
    if (bytes) writer.add(name, bytes);
  }
}

function readColumns<N extends ColumnName>(
  sections: Sections,
  names: readonly N[],
  batch: { count: number } & Pick<Batch, N | 'call'>,
): void {
  // the moments of an attempt are relative to its call, which comes before them in the table
  for (const name of names)
    batch[name].set(readNumbers(sections.get(name), batch.count, initialOf(specOf(name)), batch.call));
}

/** Steps as three columns, one entry a step; each begins at or near the end of the one before it. */
function writeSteps(writer: SectionWriter, { count, steps, stepOffset }: Batch): void {
  const first = stepOffset[0] ?? 0;
  const total = Math.trunc(((stepOffset[count] ?? 0) - first) / 3);
  if (total === 0) return;
  const each = new Float64Array(count);
  const [names, gaps, tooks] = [0, 1, 2].map(() => new Float64Array(total)) as Three;
  let step = 0;
  for (let i = 0; i < count; i += 1) {
    const until = stepOffset[i + 1] ?? 0;
    let end = 0;
    const before = step;
    for (let at = stepOffset[i] ?? 0; at + 2 < until; at += 3, step += 1) {
      const start = steps[at + 1] ?? 0;
      const took = steps[at + 2] ?? 0;
      names[step] = steps[at] ?? 0;
      gaps[step] = start - end;
      tooks[step] = took;
      end = start + took;
    }
    each[i] = step - before;
  }
  for (const [name, values] of [
    [STEPS_EACH, each],
    [STEP_NAME, names],
    [STEP_GAP, gaps],
    [STEP_TOOK, tooks],
  ] as const) {
    const bytes = writeNumbers(values, 0, RELATIVE.nothing);
    if (bytes) writer.add(name, bytes);
  }
}

type Three = [Float64Array, Float64Array, Float64Array];

function readSteps(sections: Sections, each: Float64Array, { count, steps, stepOffset }: Batch): void {
  const total = steps.length / 3;
  const [names, gaps, tooks] = [STEP_NAME, STEP_GAP, STEP_TOOK].map((name) =>
    readNumbers(sections.get(name), total, 0),
  ) as Three;
  let step = 0;
  for (let i = 0; i < count; i += 1) {
    let end = 0;
    for (const until = step + (each[i] ?? 0); step < until; step += 1) {
      const start = end + (gaps[step] ?? 0);
      const took = tooks[step] ?? 0;
      steps[3 * step] = names[step] ?? 0;
      steps[3 * step + 1] = start;
      steps[3 * step + 2] = took;
      end = start + took;
    }
    stepOffset[i + 1] = 3 * step;
  }
}

function readNames(bytes: Uint8Array | undefined): string[] {
  return bytes ? (JSON.parse(new TextDecoder().decode(bytes)) as string[]) : [];
}

type Sections = Map<string, Uint8Array>;

/** The sections of a batch by their names. */
function readSections(bytes: Uint8Array): { count: number; sections: Sections } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fail = (what: string): never => {
    throw new BytesError(`these bytes are no batch: ${what}`);
  };
  if (bytes.length < HEADER) fail('they are too few');
  if (bytes[0] !== VERSION) fail(`their version is ${bytes[0]}, and not ${VERSION}`);
  const count = view.getUint32(1, true);
  if (count > MAX_ATTEMPTS) fail(`they are to be ${count} attempts`);
  const sections: Sections = new Map();
  for (let at = HEADER; at < bytes.length;) {
    const nameEnd = at + 1 + (bytes[at] ?? 0);
    if (nameEnd + 4 > bytes.length) fail('they end within a name');
    const name = new TextDecoder().decode(bytes.subarray(at + 1, nameEnd));
    const start = nameEnd + 4;
    at = start + view.getUint32(nameEnd, true);
    if (at > bytes.length) fail(`they end within ${name}`);
    sections.set(name, bytes.subarray(start, at));
  }
  if (sections.size !== bytes[5]) fail('a section is missing');
  return { count, sections };
}

const HEADER = 6;

class SectionWriter {
  private readonly parts: Uint8Array[] = [];

  constructor(private readonly count: number) {}

  add(name: string, bytes: Uint8Array): void {
    const header = new Uint8Array(4);
    new DataView(header.buffer).setUint32(0, bytes.length, true);
    this.parts.push(nameBytes(name), header, bytes);
  }

  finish(): Uint8Array<ArrayBuffer> {
    const { count, parts } = this;
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, HEADER));
    bytes[0] = VERSION;
    new DataView(bytes.buffer).setUint32(1, count, true);
    bytes[5] = parts.length / 3;
    let at = HEADER;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }
}

const encodedNames = new Map<string, Uint8Array>();

/** The name of a section with its length before it. */
function nameBytes(name: string): Uint8Array {
  const known = encodedNames.get(name);
  if (known) return known;
  const text = new TextEncoder().encode(name);
  const bytes = Uint8Array.of(text.length, ...text);
  encodedNames.set(name, bytes);
  return bytes;
}
