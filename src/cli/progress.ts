import { Presets, SingleBar } from 'cli-progress';
import type { CommandIo } from './command-io';

/** Elsewhere than on a terminal a line is written this often, ms. */
const LINE_MS = 5_000;

/** Where something long stands. */
export interface Standing {
  /** Done so far, from 0 to 1; null while that cannot be told. */
  share: number | null;
  text: string;
}

/** Shows progress on the output of errors: a bar on a terminal, a line every 5 s elsewhere, nothing when quiet. */
export interface Progress {
  show: (standing: Standing) => void;
  /** Prints a line, below the bar if there is one. */
  say: (line: string) => void;
  /** Removes the bar. */
  end: () => void;
}

export function openProgress(io: CommandIo, { quiet }: { quiet: boolean }): Progress {
  if (quiet) return { show: () => undefined, say: () => undefined, end: () => undefined };
  return io.terminal ? drawBar(io, io.terminal) : printLines(io);
}

function drawBar(io: CommandIo, stream: NodeJS.WriteStream): Progress {
  let bar: SingleBar | undefined;
  const end = () => {
    bar?.stop();
    bar = undefined;
  };
  return {
    show: ({ share, text }) => {
      if (!bar) {
        const format = '{bar} {percentage} % {text}';
        bar = new SingleBar(
          { stream, format, clearOnComplete: true, hideCursor: true, barsize: 20 },
          Presets.rect,
        );
        bar.start(100, 0, { text });
      }
      bar.update(Math.floor((share ?? 0) * 100), { text });
    },
    say: (line) => {
      end();
      io.complain(`${line}\n`);
    },
    end,
  };
}

function printLines(io: CommandIo): Progress {
  let printedAt = Number.NEGATIVE_INFINITY;
  return {
    show: ({ share, text }) => {
      const now = performance.now();
      if (now - printedAt < LINE_MS) return;
      printedAt = now;
      io.complain(share === null ? `${text}\n` : `${Math.floor(share * 100)} % ${text}\n`);
    },
    say: (line) => io.complain(`${line}\n`),
    end: () => undefined,
  };
}
