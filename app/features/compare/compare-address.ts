/** The contents of a comparison's address. */
export interface AskedComparison {
  /** Ids of the races, each once, in the order of the columns. */
  races: string[];
  /** Number of the baseline's column, from 0. */
  baseline: number;
  /** Whether fields that are the same in all plans are shown too. */
  allFields: boolean;
}

/** The permanent address of a comparison. Columns are counted from 1 there, as people do. */
export function addressComparison({ races, baseline, allFields }: AskedComparison): string {
  const options = `${baseline > 0 ? `&baseline=${baseline + 1}` : ''}${allFields ? '&plan=all' : ''}`;
  return `/compare?races=${races.map(encodeURIComponent).join(',')}${options}`;
}

/**
 * Reads an address. Forms add to it: `id` is a race chosen in a list, where the newest stands first, so that the oldest
 * becomes the baseline; `add` is a text with ids or addresses of races.
 */
export function readComparison(query: URLSearchParams): { asked: AskedComparison; permanent: boolean } {
  const named = split(query.get('races') ?? '');
  const chosen = query.getAll('id').reverse();
  const races = [...new Set([...named, ...chosen.flatMap(split), ...split(query.get('add') ?? '')])];
  const baseline = Number(query.get('baseline') ?? 1) - 1;
  const asked = {
    races,
    baseline: Number.isInteger(baseline) && baseline > 0 ? baseline : 0,
    allFields: query.get('plan') === 'all',
  };
  return { asked, permanent: !query.has('id') && !query.has('add') };
}

/**
 * The same comparison without the races that no longer exist: the baseline stays the same race, or becomes the first. A
 * single race has its lanes as columns, so its baseline is not counted by races.
 */
export function keepKnown(asked: AskedComparison, known: readonly string[]): AskedComparison {
  const races = asked.races.filter((id) => known.includes(id));
  if (asked.races.length <= 1) return { ...asked, races };
  const baseline = races.indexOf(asked.races[asked.baseline] ?? '');
  return { ...asked, races, baseline: Math.max(0, baseline) };
}

/** Longer than any id; longer text is cut, and no race has it. Unprintable text is replaced for the same reason. */
const LONGEST = 40;

function split(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .map((part) => (/\/races\/([^/?#]+)/.exec(part)?.[1] ?? part).slice(0, LONGEST))
    .map((id) => id.replaceAll(/[^\x21-\x7e]/g, '?'))
    .filter((id) => id !== '');
}

/** The name of a column: A, B, … */
export function nameColumn(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}
