import { deflateSync, inflateRawSync, inflateSync } from 'node:zlib';
import { decodeBatch, encodeBatch } from '@/model/batch-bytes';
import { fromJson } from '@/model/batch-json';
import type { BatchJson } from '@/model/batch-json';
import type { Batch } from '@/model/columns';

/** A batch as a load hands it over: to be looked at, and to be stored. */
export interface RecordedBatch {
  batch: Batch;
  /** By `packBatch`. */
  packed: Uint8Array<ArrayBuffer>;
}

/** A window and tables of the size of a batch: larger ones take longer to set up than to fill. */
const DEFLATE = { level: 1, windowBits: 13, memLevel: 6 };
/** Many times what 512 attempts come to. */
const MOST_BYTES = 2 ** 26;

/** The low half of the first byte of whatever zlib has written, and of no row from before batches were binary. */
const ZLIB = 8;

/** A batch as the event log keeps it, with a checksum, which deflate alone has not; see docs/performance.md for bytes and time. */
export function packBatch(batch: Batch): Uint8Array<ArrayBuffer> {
  // a copy: what zlib returns is a view of its whole output buffer
  return new Uint8Array(deflateSync(encodeBatch(batch), DEFLATE));
}

/** The inverse of `packBatch`, as the batch at `seq` of its log. @throws Error for bytes that were damaged */
export function unpackBatch(bytes: Uint8Array, seq: number): Batch {
  if (((bytes[0] ?? 0) & 0b1111) !== ZLIB) return unpackJson(bytes);
  return decodeBatch(inflateSync(bytes, { maxOutputLength: MOST_BYTES }), seq);
}

/** Batches were JSON before they were binary. */
function unpackJson(bytes: Uint8Array): Batch {
  return fromJson(JSON.parse(inflateRawSync(bytes).toString()) as BatchJson);
}
