import type { FunctionInfo } from '@/app-under-test/database/catalogue';
import { EVERYTHING_READ, EVERYTHING_STORED, NOTHING, TIMES } from '@/explorer/search/access-set';
import type { AccessSet } from '@/explorer/search/access-set';
import { CATALOGUE_READ, join, TIME_OF_TRANSACTION, touch } from './resources';

/** Functions of PostgreSQL itself that may touch anything, or show what others do. */
const UNBOUNDED =
  /^(lo_|loread$|lowrite$|dblink|ts_(stat|rewrite)$|(query|table|schema|database|cursor)_to_|txid_|pg_(terminate|cancel)_backend|pg_(blocking_pids|safe_snapshot_blocking_pids|lock_status|isolation_test_session_is_blocked|export_snapshot|sequence_last_value|notification_queue_usage)$|pg_(stat|xact|snapshot|visible|logical|replication)_|pg_current_(xact_id|snapshot))/;
const SEQUENCE = /^(nextval|currval|lastval|setval)$/;
const ADVISORY = /^pg_(try_)?advisory/;
const CATALOGUE = /^(to_reg|has_|pg_(get|relation|total_relation|table|indexes|database|tablespace|column)_)/;
const START = /^(now|transaction_timestamp)$/;
const CLOCK = /^(clock_timestamp|statement_timestamp|timeofday)$/;

/** Calls in an expression as the catalogue shows it: a name, in quotes where it needs them, before a parenthesis. */
const CALLS = /(?:"((?:[^"]|"")+)"|([\p{L}\p{N}_$]+))\s*\(/gu;
const TIMES_IN_TEXT =
  /\b(current_(timestamp|time|date)|localtime(stamp)?)\b|'\s*(now|today|tomorrow|yesterday)\s*'/i;

/** What functions touch, by their name and what the catalogue says of them. */
export class FunctionAccess {
  private readonly byName = new Map<string, FunctionInfo[]>();
  private readonly byId = new Map<string, FunctionInfo[]>();
  /** What any statement may touch without naming a function: operators, casts and domains of users call some. */
  readonly implicit: AccessSet;

  constructor(functions: readonly FunctionInfo[]) {
    for (const one of functions) {
      // names of statements come in lower case
      const name = one.name.toLowerCase();
      this.byName.set(name, [...(this.byName.get(name) ?? []), one]);
      this.byId.set(one.id, [...(this.byId.get(one.id) ?? []), one]);
    }
    const isOwn = ({ isImplicit, extension }: FunctionInfo) => isImplicit && extension === null;
    this.implicit = ofVolatility(functions.filter(isOwn));
  }

  /** @param name in lower case, without its schema */
  ofName(name: string): AccessSet {
    const own = this.byName.get(name);
    return join(own ? ofVolatility(own) : NOTHING, ofPostgres(name));
  }

  ofId(id: string): AccessSet {
    const own = this.byId.get(id);
    return own ? ofVolatility(own) : EVERYTHING_STORED;
  }

  /** What an expression or a query of the catalogue calls. */
  ofText(text: string): AccessSet {
    const names = [...text.matchAll(CALLS)].map(
      ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
    );
    return join(
      ...names.map((name) => this.ofName(name.toLowerCase())),
      TIMES_IN_TEXT.test(text) ? TIME_OF_TRANSACTION : NOTHING,
    );
  }
}

/** A function that is declared immutable is believed. */
function ofVolatility(functions: readonly FunctionInfo[]): AccessSet {
  if (functions.some(({ volatility }) => volatility === 'volatile')) return EVERYTHING_STORED;
  return functions.some(({ volatility }) => volatility === 'stable') ? EVERYTHING_READ : NOTHING;
}

function ofPostgres(name: string): AccessSet {
  if (ADVISORY.test(name)) return touch('advisory:*', 'write');
  // its result shows how often it was called before
  if (SEQUENCE.test(name)) return touch('sequences:*', 'write');
  if (name === 'pg_notify') return touch('notifications:*', 'write');
  if (START.test(name)) return TIME_OF_TRANSACTION;
  if (CLOCK.test(name)) return TIMES;
  if (CATALOGUE.test(name)) return CATALOGUE_READ;
  return UNBOUNDED.test(name) ? EVERYTHING_STORED : NOTHING;
}
