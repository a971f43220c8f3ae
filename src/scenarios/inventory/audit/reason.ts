import type { AuditContext } from '@/audit/audit-context';
import { unitsInStock } from '@/model/final-state';
import type { Finding, Overlap } from '@/model/verdict';
import { countFound, countOf, describeUnanswered, FINDING_NAMES, formatNumber } from '@/model/wording';
import { measureCoverage } from './coverage';
import type { Coverage } from './coverage';

/** The first finding in its own words, the others by kind and count. */
export function reasonForViolated([first, ...others]: readonly [Finding, ...Finding[]]): string {
  if (others.length === 0) return first.message;
  return `${first.message} Also ${others.map((finding) => `${FINDING_NAMES[finding.kind]} (${countFound(finding)})`).join(', ')}.`;
}

/**
 * What held and under what load, then everything a reader should know before trusting it: liveness (audit.md 12),
 * demand that never reached the stock, and attempts whose response was lost. None of these breaks safety.
 */
export function reasonForOk(context: AuditContext, overlap: Overlap): string {
  const coverage = measureCoverage(context);
  const load = `while up to ${countOf(overlap.peakInFlight, 'attempt was', 'attempts were')} in flight`;
  const proof = joinPhrases(whatProves(context, overlap));
  return [`${whatSold(context)} ${load}; ${proof}.`, ...caveats(context, coverage)].join(' ');
}

/** What shows that sales were contested (audit.md 13), most telling first; at least one where the verdict is `ok`. */
function whatProves({ matched }: AuditContext, overlap: Overlap): string[] {
  const { overlappingWindows, waited, metWrites } = overlap;
  const sale = matched.orders.count === 1 ? 'the one sale' : 'a sale';
  return [
    waited > 0 ? `${countOf(waited, 'buyer')} waited for, or failed on, the lock of ${sale}` : '',
    metWrites > 0 ? `${countOf(metWrites, 'buyer')} met the uncommitted write of ${sale}` : '',
    overlappingWindows > 0 ? `${countOf(overlappingWindows, 'read-to-write window')} overlapped` : '',
  ].filter(Boolean);
}

function joinPhrases(phrases: readonly string[]): string {
  const last = phrases.at(-1) ?? '';
  return phrases.length < 2 ? last : `${phrases.slice(0, -1).join(', ')} and ${last}`;
}

function whatSold({ final, matched }: AuditContext): string {
  const sold = matched.orders.quantity;
  const stock = countOf(unitsInStock(final), 'unit');
  if (sold === unitsInStock(final)) return `Sold exactly ${formatNumber(sold)} of ${stock}`;
  return `Sold ${formatNumber(sold)} of ${stock}`;
}

function howTheyEnded({ recovered, notSold }: AuditContext['matched']): string {
  if (recovered + notSold === 1) return recovered === 1 ? 'it sold' : 'it did not sell';
  if (recovered === 0) return 'none of them sold';
  if (notSold === 0) return 'all of them sold';
  return `${formatNumber(recovered)} of them sold, ${formatNumber(notSold)} did not`;
}

function caveats({ history, final, matched }: AuditContext, coverage: Coverage): string[] {
  const { undersold, conflicts, turnedAway, failed, failedInStock, demand } = coverage;
  const left = `${countOf(final.finalStock, 'unit was', 'units were')} left`;
  const sentences: string[] = [];
  if (undersold > 0) {
    sentences.push(
      `Undersold: ${countOf(undersold, 'attempt was', 'attempts were')} told sold out, but ${left}.`,
    );
  }
  if (turnedAway > 0) {
    const inStock = describeInStock(conflicts, turnedAway, left);
    sentences.push(`${countOf(conflicts, 'attempt')} gave up in conflict${inStock}.`);
  }
  if (demand <= unitsInStock(final)) {
    sentences.push(`Demand was ${countOf(demand, 'unit')}, so overselling was not put to the test.`);
  }
  if (failed > 0) {
    const inStock = describeInStock(failed, failedInStock, left);
    sentences.push(`${countOf(failed, 'attempt')} failed${inStock}.`);
  }
  if (matched.recovered + matched.notSold > 0) {
    const unanswered = describeUnanswered(matched.recovered + matched.notSold, history.count);
    sentences.push(`${unanswered}: by the orders table ${howTheyEnded(matched)}.`);
  }
  return sentences;
}

/** What attempts without an order could have had: enough may have been left for only some of them. */
function describeInStock(all: number, inStock: number, left: string): string {
  if (inStock === 0) return '';
  if (inStock === all) return `, but ${left}`;
  return `, though for ${countOf(inStock, 'attempt')} enough units were left`;
}
