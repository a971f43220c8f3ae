import { Check, Link2 } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';

/** How long the button shows that it has copied, ms. */
const SAID_FOR_MS = 2_000;

/** Copies the address of the page's content. If the browser does not allow copying, the address is shown instead. */
export function CopyLink({ path }: { path: string }): ReactElement {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle');
  useEffect(() => {
    if (state !== 'copied') return;
    const timer = setTimeout(() => setState('idle'), SAID_FOR_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async () => {
    try {
      // undefined if the page is neither local nor https, despite its type
      await navigator.clipboard.writeText(window.location.origin + path);
      setState('copied');
    } catch {
      setState('refused');
    }
  };
  return (
    <span className="flex flex-wrap items-center gap-2 noscript:hidden">
      <button type="button" className="button" onClick={() => void copy()}>
        {state === 'copied' ? (
          <Check className="size-4" aria-hidden />
        ) : (
          <Link2 className="size-4" aria-hidden />
        )}
        {/* as wide as either, so that nothing beside it moves */}
        <span className="grid">
          <span className={`col-start-1 row-start-1 ${state === 'copied' ? 'invisible' : ''}`}>
            Copy link
          </span>
          <span className={`col-start-1 row-start-1 text-left ${state === 'copied' ? '' : 'invisible'}`}>
            Copied
          </span>
        </span>
      </button>
      {state === 'refused' && (
        <input
          readOnly
          autoFocus
          aria-label="Link to copy by hand"
          value={window.location.origin + path}
          onFocus={(event) => event.currentTarget.select()}
          className="field w-72 max-w-full"
        />
      )}
      <span role="status" className="sr-only">
        {state === 'copied' ? 'The link is copied.' : ''}
      </span>
    </span>
  );
}
