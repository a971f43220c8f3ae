import { Trash2 } from 'lucide-react';
import { useEffect, useRef, type ReactElement, type ReactNode } from 'react';
import { useScripted } from '~/ui/use-scripted';

export interface ConfirmDeleteProps {
  /** Ids that the dialog asks about; a new list asks again. */
  asked: readonly string[];
  /** "Delete 2 races?" */
  title: string;
  /** What is deleted with them. */
  help: string;
  /** Names of what would be deleted. */
  names: readonly string[];
  /** The form that deletes, around its fields and its button. */
  renderForm: (fields: ReactNode) => ReactNode;
}

/** Most names that are listed; beyond that only the number is shown. */
const MOST_NAMES = 8;

/** Asks before something is deleted for good. Escape cancels; without scripts it is part of the page. */
export function ConfirmDelete({ asked, title, help, names, renderForm }: ConfirmDeleteProps): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const scripted = useScripted();
  useEffect(() => {
    if (scripted && dialog.current?.open === false) dialog.current.showModal();
  }, [asked, scripted]);
  return (
    <dialog
      ref={dialog}
      open={!scripted}
      aria-labelledby="delete-title"
      className="card w-[min(30rem,calc(100vw-2rem))] p-5 text-ink shadow-float backdrop:bg-[rgb(8_10_14/0.5)]"
    >
      <h2 id="delete-title" className="text-base font-semibold">
        {title}
      </h2>
      <ul className="mt-2 list-disc pl-5 text-[0.8125rem] break-words text-ink-2">
        {names.slice(0, MOST_NAMES).map((name, index) => (
          <li key={asked[index]}>{name}</li>
        ))}
        {names.length > MOST_NAMES && <li>and {names.length - MOST_NAMES} more</li>}
      </ul>
      <p className="mt-2 text-pretty text-ink-2">{help}</p>
      <div className="mt-4 flex justify-end gap-2">
        <form method="dialog">
          <button className="button">Keep</button>
        </form>
        {renderForm(
          <>
            <input type="hidden" name="intent" value="delete" />
            <input type="hidden" name="confirmed" value="yes" />
            {asked.map((id) => (
              <input key={id} type="hidden" name="id" value={id} />
            ))}
            <button className="button button-primary">
              <Trash2 className="size-4" aria-hidden />
              Delete
            </button>
          </>,
        )}
      </div>
    </dialog>
  );
}
