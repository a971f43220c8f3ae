import { CircleAlert, CircleCheckBig, OctagonX } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';

const TONES = {
  unsafe: {
    card: 'border-unsafe-line bg-unsafe-wash',
    icon: 'bg-unsafe',
    ink: 'text-unsafe-ink',
    Icon: OctagonX,
  },
  warning: {
    card: 'border-warning-line bg-warning-wash',
    icon: 'bg-warning',
    ink: 'text-warning-ink',
    Icon: CircleAlert,
  },
  safe: {
    card: 'border-safe-line bg-safe-wash',
    icon: 'bg-safe',
    ink: 'text-safe-ink',
    Icon: CircleCheckBig,
  },
} as const;

interface VerdictBannerProps {
  verdict: string;
  tone: keyof typeof TONES;
  /** Gets the classes of its ink. */
  headline: (className: string) => ReactElement;
  children: ReactNode;
}

/** What a search came to, with its icon and colour: the first thing the eye must find. */
export function VerdictBanner({ verdict, tone, headline, children }: VerdictBannerProps): ReactElement {
  const { card, icon, ink, Icon } = TONES[tone];
  return (
    <article data-verdict={verdict} className={`card flex items-start gap-4 p-5 ${card}`}>
      <span className={`grid size-11 shrink-0 place-items-center rounded-xl text-[#fff] ${icon}`}>
        <Icon className="size-6" aria-hidden />
      </span>
      <div className="min-w-0">
        {headline(`text-2xl font-bold tracking-tight text-balance ${ink}`)}
        {children}
      </div>
    </article>
  );
}
