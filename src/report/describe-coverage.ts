import type { Coverage, ExplorationPlan, OutcomeRow, Undersold } from '@/model/exploration';
import { countOf } from '@/model/wording';

interface Found {
  outcomes: OutcomeRow[];
  undersold: Undersold | null;
  /** Leases that expired. */
  leases: number;
}

/** One careful sentence on what was found, and one for each thing that limits it. */
export function describeCoverage(
  coverage: Coverage,
  { leaseExpiry, preemptions }: Pick<ExplorationPlan, 'preemptions' | 'leaseExpiry'>,
  found: Found,
): string {
  const { run, sampled, drawn, cut, isComplete, isExact, unconfirmed = [] } = coverage;
  const { unsteady = [], remains = [], foundBefore = [] } = coverage;
  const sentences = [
    describeFindings(coverage, preemptions, found.outcomes),
    found.undersold && describeUndersold(found.undersold, isExact),
    sampled > 0 && `${run === 1 ? 'It is' : 'They are'} what ${countOf(drawn, 'draw')} at random came to.`,
    cut > 0 && `${count(cut)} ${cut === 1 ? 'was' : 'were'} cut off and went on in one order only.`,
    leaseExpiry && found.leases === 0 && isComplete && 'No lease could run out, for none was held.',
    unconfirmed.length > 0 &&
      `Reduction took ${unconfirmed.join(', ')} to equal another order, and it did not: the attempts share something that their steps do not show. Explore this strategy without reduction.`,
    unsteady.length > 0 &&
      `Run again, ${unsteady.join(', ')} came to something else: schedules leave something for the next one that belongs to no item. Name the sku in every key and in every statement.`,
    remains.length > 0 &&
      `Schedules change rows that name no item, and leave them for the next one (${remains.join('; ')}). Name the sku in these statements.`,
    foundBefore.length > 0 &&
      `Schedules write ${new Intl.ListFormat('en').format(foundBefore)} in Redis, which names no item and was there before: each begins with what it held then. Put the sku into the key, or delete it first.`,
  ];
  return sentences.filter((sentence) => sentence !== false && sentence !== null).join(' ');
}

/** How many schedules violate which invariant; a headline. */
export function describeFindings(
  { run, possible, isExact, isLeast }: Coverage,
  preemptions: number | null,
  outcomes: OutcomeRow[],
): string {
  const broken = outcomes.filter(({ findings }) => findings.length > 0);
  const sum = broken.reduce((total, row) => total + (isExact ? row.schedules : row.run), 0);
  const oversells = broken.every(({ findings }) => findings.includes('oversold'));
  const does = (isOne: boolean) =>
    oversells ? (isOne ? 'oversells' : 'oversell') : isOne ? 'breaks an invariant' : 'break an invariant';
  if (isExact) {
    if (broken.length === 0 && possible === 1)
      return 'The only possible order of these steps breaks no invariant.';
    if (broken.length === 0)
      return `None of the ${count(possible)} possible orders of these steps breaks an invariant.`;
    if (sum === possible)
      return `${possible === 1 ? 'The only possible order' : `All ${count(possible)} possible orders`} ${does(possible === 1)}.`;
    return `${count(sum)} of the ${count(possible)} possible orders ${does(sum === 1)}.`;
  }
  const bound =
    preemptions === null
      ? ''
      : ` with at most ${preemptions} ${preemptions === 1 ? 'preemption' : 'preemptions'}`;
  const some = `${bound}, of ${isLeast ? 'at least' : 'about'} ${count(possible)} possible ones,`;
  if (run === 1)
    return `The one order that was run${some} ${broken.length === 0 ? 'breaks no invariant' : does(true)}.`;
  const whole = `the ${count(run)} orders that were run${some}`;
  if (broken.length === 0) return `None of ${whole} breaks an invariant.`;
  return `${count(sum)} of ${whole} ${does(sum === 1)}.`;
}

/**
 * Purchases that one schedule refuses and another serves. This is not a finding: a refused buyer is not an oversold
 * unit.
 */
function describeUndersold({ run, schedules, refused }: Undersold, isExact: boolean): string {
  const who = new Intl.ListFormat('en', { type: 'disjunction' }).format(refused);
  const orders = isExact ? schedules : run;
  return (
    `${count(orders)} ${orders === 1 ? 'order undersells' : 'orders undersell'}: ${who} is told sold out while enough units are left, ` +
    'and is served when the attempts come one after the other.'
  );
}

function count(number: number): string {
  return number.toLocaleString('en');
}
