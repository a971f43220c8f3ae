import { CircleCheckBig, CircleHelp, Hourglass, OctagonX, ShieldCheck, TriangleAlert } from 'lucide-react';
import type { VerdictTone } from '@/model/verdict';

interface ToneStyle {
  Icon: typeof Hourglass;
  /** Border and background of a card or chip. */
  surface: string;
  text: string;
  /** The icon's own square on a card. */
  tile: string;
}

const CAUTION = {
  surface: 'border-warning-line bg-warning-wash',
  text: 'text-warning-ink',
  tile: 'bg-warning text-[#12161d]',
};
const NEUTRAL = { surface: '', tile: 'bg-hover text-ink-2' };

/** The style of each tone of a verdict: never by colour alone, so each has its icon. */
export const VERDICT_TONES: Record<VerdictTone, ToneStyle> = {
  violated: {
    Icon: OctagonX,
    surface: 'border-unsafe-line bg-unsafe-wash',
    text: 'text-unsafe-ink',
    tile: 'bg-unsafe text-[#fff]',
  },
  ok: {
    Icon: CircleCheckBig,
    surface: 'border-safe-line bg-safe-wash',
    text: 'text-safe-ink',
    tile: 'bg-safe text-[#fff]',
  },
  held: { Icon: ShieldCheck, text: 'text-ink', ...NEUTRAL },
  caution: { Icon: TriangleAlert, ...CAUTION },
  inconclusive: { Icon: CircleHelp, ...CAUTION },
  waiting: { Icon: Hourglass, text: 'text-ink-2', ...NEUTRAL },
};
