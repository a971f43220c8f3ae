import { deflateSync, inflateRawSync, inflateSync } from 'node:zlib';
import { decodeBatch, encodeBatch } from '@/model/batches/batch-bytes';
import { fromJson } from '@/model/batches/batch-json';
import type { BatchJson } from '@/model/batches/batch-json';
import type { Batch } from '@/model/columns';

/** A batch as a load hands it over: once to read, once to store. */
export interface RecordedBatch {
  batch: Batch;
  /** Packed by `packBatch`. */
  packed: Uint8Array<ArrayBuffer>;
}

/** Window and tables of the size of a batch: larger ones take longer to set up than to fill. */
const DEFLATE = { level: 1, windowBits: 13, memLevel: 6 };
/** Many times the size of 512 attempts. */
const MOST_BYTES = 2 ** 26;

/** The low half of the first byte of everything that zlib writes. No row from before batches were binary has it. */
const ZLIB = 8;

/**
 * Packs a batch for the event log, with a checksum, which deflate alone lacks; see docs/performance.md for bytes and
 * time.
 */
export function packBatch(batch: Batch): Uint8Array<ArrayBuffer> {
  // a copy, since zlib returns a view of its whole output buffer
  return new Uint8Array(deflateSync(encodeBatch(batch), DEFLATE));
}

/** The inverse of `packBatch`, as the batch at `seq` of its log. @throws Error for damaged bytes */
export function unpackBatch(bytes: Uint8Array, seq: number): Batch {
  if (((bytes[0] ?? 0) & 0b1111) !== ZLIB) return unpackJson(bytes);
  return decodeBatch(inflateSync(bytes, { maxOutputLength: MOST_BYTES }), seq);
}

/** Batches were JSON before they were binary. */
function unpackJson(bytes: Uint8Array): Batch {
  return fromJson(JSON.parse(inflateRawSync(bytes).toString()) as BatchJson);
}
