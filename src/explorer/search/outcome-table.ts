import type { OutcomeRow } from '@/model/exploration';
import type { FindingKind } from '@/model/verdict';

export interface Simplest {
  preemptions: number;
  moves: number;
  id: string;
}

/** Fewest preemptions, then fewest moves, then alphabetical order of the id. */
export function isSimpler(one: Simplest, other: Simplest): boolean {
  if (one.preemptions !== other.preemptions) return one.preemptions < other.preemptions;
  if (one.moves !== other.moves) return one.moves < other.moves;
  return one.id < other.id;
}

/** A schedule that was run, and the schedules that it stands for. */
export interface Ran {
  schedules: number;
  self: Simplest;
  /** The simplest schedule that it stands for; itself where it stands for no other. */
  simplest: Simplest;
}

/** Schedules with the same result, and an example of them. */
export class Group {
  run = 0;
  schedules = 0;
  private self: Simplest | undefined;
  private simplest: Simplest | undefined;

  add({ schedules, self, simplest }: Ran): void {
    this.run += 1;
    this.schedules += schedules;
    if (!this.self || isSimpler(self, this.self)) this.self = self;
    if (!this.simplest || isSimpler(simplest, this.simplest)) this.simplest = simplest;
  }

  get example(): Simplest {
    return this.simplest ?? { preemptions: 0, moves: 0, id: '' };
  }

  /** Called when the simplest schedule had another result when it was run: falls back to the one that was seen. */
  useWhatRan(): void {
    this.simplest = this.self;
  }
}

/** The key that tells schedules apart: the outcomes, in any order of attempts, and the kinds of findings. */
export function keyOf(outcomes: readonly string[], findings: readonly string[]): string {
  return `${[...outcomes].sort().join()}|${[...new Set(findings)].sort().join()}`;
}

/** Counts schedules by their result. */
export class OutcomeTable<Kind extends string = FindingKind> {
  private readonly groups = new Map<string, Group & { outcomes: string[]; findings: Kind[] }>();

  add(outcomes: readonly string[], findings: readonly Kind[], ran: Ran): void {
    const key = keyOf(outcomes, findings);
    const group =
      this.groups.get(key) ??
      Object.assign(new Group(), { outcomes: [...outcomes].sort(), findings: [...new Set(findings)].sort() });
    this.groups.set(key, group);
    group.add(ran);
  }

  entries(): [string, Group][] {
    return [...this.groups];
  }

  toRows(): OutcomeRow<Kind>[] {
    const rows = [...this.groups.values()].map(
      ({ outcomes, findings, run, schedules, example }): OutcomeRow<Kind> => ({
        outcomes,
        findings,
        run,
        schedules,
        example: example.id,
      }),
    );
    return rows.sort((a, b) => b.schedules - a.schedules || (a.example < b.example ? -1 : 1));
  }

  /** The simplest schedule with a finding. */
  violation(): string | undefined {
    const broken = [...this.groups.values()].filter(({ findings }) => findings.length > 0);
    broken.sort((a, b) => (isSimpler(a.example, b.example) ? -1 : 1));
    return broken[0]?.example.id;
  }

  /** Schedules that were run and have a finding. */
  get violated(): number {
    return [...this.groups.values()].reduce(
      (sum, { findings, run }) => sum + (findings.length > 0 ? run : 0),
      0,
    );
  }
}
