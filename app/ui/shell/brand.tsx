import type { ReactElement } from 'react';

/** The mark: the two lanes, unsafe as a triangle behind safe as a dot; the name where there is room for it. */
export function Brand(): ReactElement {
  return (
    <span className="flex items-center gap-2 text-[0.9375rem] font-semibold tracking-tight">
      <svg viewBox="0 0 24 20" className="h-5 w-6" aria-hidden>
        <path d="M9 2 17 16H1z" className="fill-unsafe" />
        <circle cx="16.5" cy="11.500" r="6" className="fill-safe stroke-canvas" strokeWidth="2" />
      </svg>
      <span className="max-sm:hidden">Oversell</span>
    </span>
  );
}
