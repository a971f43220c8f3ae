import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { EvidenceSource } from '~/live/evidence-source';
import type { KnownStrategies, OpenAnswer, OpenCalls, ShownFile } from './open-protocol';

export type OpenState =
  | { state: 'empty' }
  | { state: 'reading'; name: string; share: number }
  | { state: 'failed'; name: string; message: string }
  | { state: 'opened'; name: string; bytes: number; file: ShownFile; evidence: EvidenceSource };

export interface OpenedFiles {
  current: OpenState;
  open: (file: File) => void;
  close: () => void;
}

/** Reads files in a thread of the browser, one at a time: another file ends the reading of the one before. */
export function useOpenedFile(strategies: KnownStrategies): OpenedFiles {
  const [current, setCurrent] = useState<OpenState>({ state: 'empty' });
  const reader = useRef<FileReaderThread | null>(null);
  // it loads before there is a file: opening one sends nothing
  useEffect(() => {
    reader.current = new FileReaderThread();
    return () => reader.current?.end();
  }, []);

  const open = useCallback(
    (file: File) => {
      const { name } = file;
      if (reader.current?.isBusy) {
        reader.current.end();
        reader.current = new FileReaderThread();
      }
      const thread = (reader.current ??= new FileReaderThread());
      const show = (next: OpenState) => {
        if (reader.current === thread) setCurrent(next);
      };
      show({ state: 'reading', name, share: 0 });
      const onProgress = (share: number) => show({ state: 'reading', name, share });
      thread.ask('open', { file, strategies }, onProgress).then(
        (opened) =>
          show({
            state: 'opened',
            name,
            bytes: file.size,
            file: opened,
            evidence: evidenceOf(thread, opened),
          }),
        (error: unknown) =>
          show({ state: 'failed', name, message: error instanceof Error ? error.message : String(error) }),
      );
    },
    [strategies],
  );
  const close = useCallback(() => setCurrent({ state: 'empty' }), []);
  return useMemo(() => ({ current, open, close }), [current, open, close]);
}

function evidenceOf(thread: FileReaderThread, { requests, collision }: ShownFile): EvidenceSource {
  return {
    attemptPrefix: (lane) => requests?.[lane]?.attemptPrefix ?? '',
    addressOf: () => null,
    listEvidence: (place) => thread.ask('listEvidence', place),
    readAttempt: (lane, n) => {
      const held = collision?.lane === lane ? collision.attempts.find((one) => one.n === n) : undefined;
      return held ? Promise.resolve(held) : thread.ask('readAttempt', { lane, n });
    },
    listNaming: (lane, n) => thread.ask('listNaming', { lane, n }),
  };
}

interface Waiting {
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
  onProgress: ((share: number) => void) | undefined;
}

/** The worker, asked by message. */
class FileReaderThread {
  private readonly worker = new Worker(new URL('./open-file.worker.ts', import.meta.url), { type: 'module' });
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;

  constructor() {
    this.worker.addEventListener('message', ({ data }: MessageEvent<OpenAnswer>) => this.take(data));
    this.worker.addEventListener('error', ({ message }) => {
      for (const { reject } of this.waiting.values())
        reject(new Error(`The file could not be read: ${message || 'the reader did not start'}`));
      this.waiting.clear();
    });
  }

  get isBusy(): boolean {
    return this.waiting.size > 0;
  }

  ask<K extends keyof OpenCalls>(
    call: K,
    asked: OpenCalls[K]['asked'],
    onProgress?: (share: number) => void,
  ): Promise<OpenCalls[K]['answer']> {
    const id = (this.asked += 1);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, onProgress });
      this.worker.postMessage({ id, call, asked });
    });
  }

  end(): void {
    this.worker.terminate();
    this.waiting.clear();
  }

  private take(message: OpenAnswer): void {
    const one = this.waiting.get(message.id);
    if ('share' in message) return one?.onProgress?.(message.share);
    this.waiting.delete(message.id);
    if ('failed' in message) one?.reject(new Error(message.failed));
    else one?.resolve(message.answer as never);
  }
}
