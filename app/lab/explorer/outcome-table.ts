import type { OutcomeRow } from '../exploration';

interface Simplest {
  preemptions: number;
  moves: number;
  id: string;
}

/** Fewest preemptions, then fewest moves, then first by its letters. */
export function isSimpler(one: Simplest, other: Simplest): boolean {
  if (one.preemptions !== other.preemptions) return one.preemptions < other.preemptions;
  if (one.moves !== other.moves) return one.moves < other.moves;
  return one.id < other.id;
}

/** Counts schedules by what they came to. */
export class OutcomeTable {
  private readonly rows = new Map<string, OutcomeRow & { simplest: Simplest }>();

  add(outcomes: string[], findings: string[], schedules: number, simplest: Simplest): void {
    const kinds = [...new Set(findings)].sort();
    const sorted = [...outcomes].sort();
    const key = `${sorted.join()}|${kinds.join()}`;
    const row = this.rows.get(key);
    if (!row) {
      const counts = { run: 1, schedules, example: simplest.id, simplest };
      this.rows.set(key, { outcomes: sorted, findings: kinds, ...counts });
      return;
    }
    row.run += 1;
    row.schedules += schedules;
    if (!isSimpler(simplest, row.simplest)) return;
    row.simplest = simplest;
    row.example = simplest.id;
  }

  toRows(): OutcomeRow[] {
    const rows = [...this.rows.values()].sort(
      (a, b) => b.schedules - a.schedules || (a.example < b.example ? -1 : 1),
    );
    return rows.map(({ simplest: _simplest, ...row }) => row);
  }

  /** The simplest schedule that broke something. */
  violation(): string | undefined {
    const broken = [...this.rows.values()].filter(({ findings }) => findings.length > 0);
    broken.sort((a, b) => (isSimpler(a.simplest, b.simplest) ? -1 : 1));
    return broken[0]?.example;
  }

  get violated(): number {
    return [...this.rows.values()].reduce((sum, row) => sum + (row.findings.length > 0 ? row.run : 0), 0);
  }
}
