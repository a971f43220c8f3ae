import { FileUp, FolderOpen, LoaderCircle } from 'lucide-react';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { loadCharts } from '~/features/charts/chart-panel';
import { PieceBoundary } from '~/ui/piece-boundary';
import { Refused } from '~/ui/refused';
import type { KnownStrategies } from './open-protocol';
import { OpenedRace } from './opened-race';
import { useOpenedFile } from './use-opened-file';

/** Opens a file of a race in the browser: nothing of it is sent or stored. */
export function OpenPage({ strategies }: { strategies: KnownStrategies }): ReactElement {
  const { current, open } = useOpenedFile(strategies);
  const isOver = useDrops(open);
  // what draws charts comes with the page, and not when a file is opened
  useEffect(() => void loadCharts(), []);
  usePaste(open);
  const isOpened = current.state === 'opened';
  return (
    <div className="flex flex-col gap-6 pt-8" data-over={isOver || undefined}>
      <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div>
          <h1 className="text-2xl font-semibold tracking-tight">Open a file</h1>
          {!isOpened && (
            <p className="mt-1 max-w-3xl text-pretty text-ink-2">
              Shows an exported race as its page does. The file is read and judged in this browser: nothing is
              sent, and nothing is stored.
            </p>
          )}
        </div>
        {isOpened && <ChooseFile label="Open another file" onFile={open} />}
      </header>
      {isOver && isOpened && (
        <p className="sticky top-2 z-30 rounded-xl border-2 border-dashed border-ink bg-surface px-4 py-3 text-center font-medium">
          Drop it to open it
        </p>
      )}
      {current.state === 'failed' && (
        <Refused message={`${current.name} cannot be opened. ${current.message}`} />
      )}
      {(current.state === 'empty' || current.state === 'failed') && (
        <DropZone isOver={isOver} onFile={open} />
      )}
      {current.state === 'reading' && <Reading name={current.name} share={current.share} />}
      {isOpened && (
        <PieceBoundary
          key={`${current.name} ${current.bytes} ${current.file.race.id}`}
          fallback={
            <Refused message={`${current.name} cannot be shown: it holds values that no race has.`} />
          }
        >
          <OpenedRace {...current} />
        </PieceBoundary>
      )}
    </div>
  );
}

const ACCEPTED = '.ndjson,.json,.html,application/json,application/x-ndjson,text/html';

function ChooseFile({ label, onFile }: { label: string; onFile: (file: File) => void }): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" className="button button-primary" onClick={() => input.current?.click()}>
        <FolderOpen className="size-4" aria-hidden />
        {label}
      </button>
      <input
        ref={input}
        type="file"
        accept={ACCEPTED}
        aria-label={`${label}: history, report or HTML report`}
        tabIndex={-1}
        className="sr-only"
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) onFile(file);
          // so that the same file can be chosen again
          target.value = '';
        }}
      />
    </>
  );
}

function DropZone({ isOver, onFile }: { isOver: boolean; onFile: (file: File) => void }): ReactElement {
  return (
    <div
      className={`card flex flex-col items-center gap-4 border-dashed px-6 py-14 text-center ${isOver ? 'border-2 border-ink bg-hover' : 'm-px border-edge'}`}
      data-dropzone
    >
      <FileUp className={`size-8 ${isOver ? 'text-ink' : 'text-ink-3'}`} aria-hidden />
      <p className="text-base font-semibold">{isOver ? 'Drop it to open it' : 'Drop a file anywhere here'}</p>
      <ChooseFile label="Choose a file" onFile={onFile} />
      <dl className="grid max-w-2xl gap-x-6 gap-y-3 text-left text-[0.8125rem] sm:grid-cols-3">
        {KINDS.map(({ name, about }) => (
          <div key={name}>
            <dt className="font-medium">{name}</dt>
            <dd className="text-pretty text-ink-2">{about}</dd>
          </div>
        ))}
      </dl>
      <p className="hidden text-warning-ink noscript:block">
        Scripts are off: without them this page cannot read a file.
      </p>
    </div>
  );
}

const KINDS = [
  {
    name: 'History (.ndjson)',
    about: 'Every attempt and order. It is judged again here, and shows every request.',
  },
  { name: 'Race or report (.json)', about: 'The verdicts and figures as they were written.' },
  { name: 'HTML report (.html)', about: 'The same; it opens in any browser by itself, too.' },
];

function Reading({ name, share }: { name: string; share: number }): ReactElement {
  return (
    <div className="card flex flex-col items-center gap-4 px-6 py-14 text-center" role="status">
      <LoaderCircle className="size-6 text-ink-3 motion-safe:animate-spin" aria-hidden />
      <p className="break-all">
        Reading {name}
        {share > 0 && `, ${Math.floor(share * 100)} %`}…
      </p>
    </div>
  );
}

/** Takes files dropped anywhere in the window, which would otherwise leave the page; returns whether one is above it. */
function useDrops(onFile: (file: File) => void): boolean {
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      setIsOver(true);
    };
    const leave = ({ relatedTarget }: DragEvent) => {
      if (relatedTarget === null) setIsOver(false);
    };
    const drop = (event: DragEvent) => {
      event.preventDefault();
      setIsOver(false);
      const file = event.dataTransfer?.files[0];
      if (file) onFile(file);
    };
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, [onFile]);
  return isOver;
}

/** Takes a file, or the text of one, from the clipboard. */
function usePaste(onFile: (file: File) => void): void {
  useEffect(() => {
    const paste = ({ clipboardData, target }: ClipboardEvent) => {
      if (target instanceof HTMLInputElement) return;
      const [file] = clipboardData?.files ?? [];
      const text = clipboardData?.getData('text/plain') ?? '';
      if (file) onFile(file);
      else if (text !== '') onFile(new File([text], 'The text from the clipboard'));
    };
    window.addEventListener('paste', paste);
    return () => window.removeEventListener('paste', paste);
  }, [onFile]);
}
