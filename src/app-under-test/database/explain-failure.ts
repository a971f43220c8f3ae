import type { Catalogue } from './catalogue';
import type { Session } from './connect';
import { DatabaseError, describeFailure, errorCode } from './database-error';
import { describeClients, listLockHolders } from './other-clients';

/**
 * The error of a statement as a `DatabaseError`, which says who holds the lock when one was not granted in time.
 *
 * @param doing what failed, as the beginning of a sentence
 * @param advice what to do, as a sentence
 */
export async function explainFailure(
  session: Session,
  catalogue: Catalogue,
  error: unknown,
  doing: string,
  advice: string,
): Promise<DatabaseError> {
  if (errorCode(error) !== '55P03') return describeFailure(error, doing, advice);
  const oids = catalogue.tables.map(({ oid }) => oid);
  const holders = await listLockHolders(session.client, oids).catch(() => []);
  const by = holders.length > 0 ? describeClients(holders) : 'a connection that has just ended';
  return new DatabaseError(
    'blocked',
    `${doing}. Locks are held by ${by}: end that transaction and try again. ${advice}`,
    { cause: error },
  );
}
