import { RotateCw } from 'lucide-react';
import { Component, type ReactElement, type ReactNode } from 'react';

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

/** Says that the charts of a panel are static, and offers to load the code that makes them interactive. */
export function ChartsFailed({ onRetry }: { onRetry: () => void }): ReactElement {
  return (
    <p
      role="status"
      className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-[0.8125rem] text-warning-ink print:hidden"
    >
      The interactive charts could not be loaded. These are still pictures of the same data.
      <button type="button" className="button min-h-7 px-2 text-xs" onClick={onRetry}>
        <RotateCw className="size-3.5" aria-hidden />
        Load again
      </button>
    </p>
  );
}
