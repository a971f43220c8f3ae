import { Keyboard, X } from 'lucide-react';
import { useRef, type ReactElement } from 'react';
import { useKeys } from '../use-keys';

const KEYS = [
  { key: 's', does: 'Start the test or the plan that is open, or run the race again' },
  { key: '1–9', does: 'Choose one of the first nine strategies of the open plan' },
  { key: 'Enter', does: 'Start the open plan from any of its fields' },
  { key: 'x', does: 'Stop the race and wait for what is in flight; again: wait no longer' },
  { key: '/', does: 'Search the races, the requests, or the strategies of the open plan' },
  { key: 'space', does: 'Freeze the view; the race goes on' },
  { key: 'n', does: 'Next piece of evidence' },
  { key: 'p', does: 'Previous piece of evidence' },
  { key: '?', does: 'Show these keys' },
  { key: 'Esc', does: 'Close what is open' },
];

/** The button and dialog that list the keyboard shortcuts. */
export function KeysDialog(): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = () => dialog.current?.showModal();
  useKeys({ '?': open });
  return (
    <>
      <button
        type="button"
        onClick={open}
        className="button button-quiet size-8 min-h-8 p-0 max-sm:hidden"
        aria-label="Keyboard shortcuts"
        title="Keyboard shortcuts (?)"
      >
        <Keyboard className="size-4" aria-hidden />
      </button>
      <dialog
        ref={dialog}
        aria-labelledby="keys-title"
        className="card w-[min(26rem,calc(100vw-2rem))] p-5 text-ink shadow-float backdrop:bg-[rgb(8_10_14/0.5)]"
      >
        <div className="flex items-center justify-between">
          <h2 id="keys-title" className="text-base font-semibold">
            Keyboard
          </h2>
          <form method="dialog">
            <button className="button button-quiet size-8 min-h-8 p-0" aria-label="Close">
              <X className="size-4" aria-hidden />
            </button>
          </form>
        </div>
        <dl className="mt-3 grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2.5">
          {KEYS.map(({ key, does }) => (
            <div key={key} className="contents">
              <dt>
                <kbd className="key">{key}</kbd>
              </dt>
              <dd className="text-ink-2">{does}</dd>
            </div>
          ))}
        </dl>
      </dialog>
    </>
  );
}
