import { RotateCcw, Square, Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';

interface StopButtonProps {
  /** The intent that the button sends, as the page's action knows it. */
  intent: string;
  label: string;
  disabled: boolean;
  title?: string | undefined;
}

/** Stops what the page follows; rendered in the page's form for it. */
export function StopButton({ intent, label, disabled, title }: StopButtonProps): ReactElement {
  return (
    <>
      <input type="hidden" name="intent" value={intent} />
      <button className="button" disabled={disabled} title={title}>
        <Square className="size-3.5" fill="currentColor" aria-hidden />
        {label}
        <kbd className="key max-sm:hidden">x</kbd>
      </button>
    </>
  );
}

/** Runs what the page shows again; rendered in the page's form for it. */
export function RunAgainButton({ disabled }: { disabled: boolean }): ReactElement {
  return (
    <>
      <input type="hidden" name="intent" value="again" />
      <button className="button button-primary" disabled={disabled}>
        <RotateCcw className="size-4" aria-hidden />
        Run again
        <kbd className="key max-sm:hidden">s</kbd>
      </button>
    </>
  );
}

/** Deletes one entry of a list, named by the page's form, after a question. */
export function DeleteButton({ label, title }: { label: string; title: string }): ReactElement {
  return (
    <button
      name="intent"
      value="delete"
      className="button button-quiet size-9 p-0 hover:text-unsafe-ink"
      aria-label={label}
      title={title}
    >
      <Trash2 className="size-4" aria-hidden />
    </button>
  );
}
