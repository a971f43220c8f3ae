import { RotateCw } from 'lucide-react';
import { Component, useState, type ReactElement, type ReactNode } from 'react';

interface Props {
  /** Shown instead of children that fail to render. */
  fallback: ReactNode;
  children: ReactNode;
}

/** Keeps a part that fails to render from breaking the page. */
export class PieceBoundary extends Component<Props, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? this.props.fallback : this.props.children;
  }
}

/** Says that the charts of a panel are static, and offers a new page, which loads the code that makes them interactive. */
export function ChartsFailed(): ReactElement {
  const [isServerAway, setServerAway] = useState(false);
  const reload = async () => {
    // reloading while the server is away would lose what the page shows
    const answers = await fetch('/api/health').then(
      () => true,
      () => false,
    );
    setServerAway(!answers);
    if (answers) window.location.reload();
  };
  return (
    <p
      role="status"
      className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-[0.8125rem] text-warning-ink print:hidden"
    >
      {isServerAway
        ? 'The server does not answer. Reload once it is back.'
        : 'The interactive charts could not be loaded. These are still pictures of the same data.'}
      <button type="button" className="button min-h-7 px-2 text-xs" onClick={() => void reload()}>
        <RotateCw className="size-3.5" aria-hidden />
        Reload page
      </button>
    </p>
  );
}
