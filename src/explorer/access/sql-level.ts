import { asList, asText, constantOf } from './sql-tree';
import type { Fields } from './sql-tree';

/** The isolation levels that a statement sets, in lower case. */
export interface LevelsSet {
  /** Of the transaction that is open, or that it begins. */
  level?: string;
  /** Of the session's later transactions. */
  sessionLevel?: string;
}

export const READ_COMMITTED = 'read committed';
/** The level at which the fewest statements commute. It stands for every level that is not known for certain. */
export const SERIALIZABLE = 'serializable';

const RANKS: Readonly<Record<string, number>> = {
  'read uncommitted': 0,
  [READ_COMMITTED]: 0,
  'repeatable read': 1,
};

/** The level of the two at which fewer statements commute. */
export function stricterLevel(a: string, b: string): string {
  const rank = (level: string) => RANKS[level] ?? 2;
  return rank(b) > rank(a) ? b : a;
}

/** A level as it is written anywhere; what is not one counts as SERIALIZABLE. */
export function toLevel(text: string | undefined): string {
  const level = (text ?? '').trim().toLowerCase().replaceAll(/\s+/g, ' ');
  return Object.hasOwn(RANKS, level) ? level : SERIALIZABLE;
}

/** Levels among the options of BEGIN. */
export function levelsOfBegin(options: unknown): LevelsSet {
  const level = levelIn(options);
  return level === undefined ? {} : { level };
}

/** Levels that SET, or RESET, gives. */
export function levelsOfSet({ name, args, kind }: Fields): LevelsSet {
  const setting = asText(name).toLowerCase();
  // back to what the session began with, which counts already
  const isReset = asText(kind) !== 'VAR_SET_VALUE';
  switch (setting) {
    case 'transaction':
      return levelsOfBegin(args);
    case 'session characteristics': {
      const sessionLevel = levelIn(args);
      return sessionLevel === undefined ? {} : { sessionLevel };
    }
    case 'transaction_isolation':
      return { level: isReset ? SERIALIZABLE : toLevel(constantOf(asList(args)[0])) };
    case 'default_transaction_isolation':
      return isReset ? {} : { sessionLevel: toLevel(constantOf(asList(args)[0])) };
    default:
      return {};
  }
}

/** The level that a call of `set_config` gives to later transactions; the level of the current one is fixed by then. */
export function levelOfSetConfig(args: unknown): string | undefined {
  const [name, value] = asList(args);
  const setting = constantOf(name)?.toLowerCase();
  if (setting === undefined) return SERIALIZABLE;
  return setting === 'default_transaction_isolation' ? toLevel(constantOf(value)) : undefined;
}

function levelIn(options: unknown): string | undefined {
  let level: string | undefined;
  for (const option of asList(options)) {
    const { defname, arg } = (option.DefElem ?? {}) as Fields;
    if (defname === 'transaction_isolation') level = toLevel(constantOf(arg));
  }
  return level;
}
