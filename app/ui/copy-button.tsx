import { Check, Link2, type LucideIcon } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';

/** How long the button shows that it has copied, ms. */
const SAID_FOR_MS = 2_000;

export interface CopyButtonProps {
  /** Such as `Copy link`. */
  name: string;
  Icon: LucideIcon;
  /** The text to copy. */
  read: () => string | Promise<string>;
  className?: string;
}

/** Copies the address of the page's content. */
export function CopyLink({ path }: { path: string }): ReactElement {
  return <CopyButton name="Copy link" Icon={Link2} read={() => window.location.origin + path} />;
}

/** Copies a text. If the browser does not allow copying, the text is shown instead, to be copied by hand. */
export function CopyButton({ name, Icon, read, className = 'button' }: CopyButtonProps): ReactElement {
  const [state, setState] = useState<'idle' | 'copied' | { refused: string }>('idle');
  useEffect(() => {
    if (state !== 'copied') return;
    const timer = setTimeout(() => setState('idle'), SAID_FOR_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async () => {
    const text = await read();
    try {
      // undefined if the page is neither local nor https, despite its type
      await navigator.clipboard.writeText(text);
      setState('copied');
    } catch {
      setState({ refused: text });
    }
  };
  const isCopied = state === 'copied';
  return (
    <span className="flex flex-wrap items-center gap-2 noscript:hidden">
      <button type="button" className={className} onClick={() => void copy()}>
        {isCopied ? <Check className="size-4" aria-hidden /> : <Icon className="size-4" aria-hidden />}
        {/* as wide as either, so that nothing beside it moves */}
        <span className="grid text-left">
          <span className={`col-start-1 row-start-1 ${isCopied ? 'invisible' : ''}`}>{name}</span>
          <span className={`col-start-1 row-start-1 ${isCopied ? '' : 'invisible'}`}>Copied</span>
        </span>
      </button>
      {typeof state === 'object' && (
        <textarea
          readOnly
          autoFocus
          rows={state.refused.includes('\n') ? 6 : 1}
          aria-label="Text to copy by hand"
          value={state.refused}
          onFocus={(event) => event.currentTarget.select()}
          className="field w-72 max-w-full"
        />
      )}
      <span role="status" className="sr-only">
        {isCopied ? 'Copied.' : ''}
      </span>
    </span>
  );
}
