import type { Catalogue } from './catalogue';
import type { Session } from './connect';
import { DatabaseError, describeFailure, errorCode, type DatabaseErrorKind } from './database-error';
import { describeClients, listLockHolders } from './other-clients';

export interface Failure {
  session: Session;
  catalogue: Catalogue;
  error: unknown;
  /** What failed, as the beginning of a sentence. */
  doing: string;
  /** What to do, as a sentence. */
  advice: string;
  /** The kind of an error that has none by itself. */
  unknownKind?: DatabaseErrorKind;
}

/** A failure as a `DatabaseError`, which says who holds the lock when one was not granted in time. */
export async function explainFailure(failure: Failure): Promise<DatabaseError> {
  const { session, catalogue, error, doing, advice, unknownKind } = failure;
  if (errorCode(error) !== '55P03') return describeFailure(error, doing, advice, unknownKind);
  const oids = catalogue.tables.map(({ oid }) => oid);
  const holders = await listLockHolders(session.client, oids).catch(() => []);
  const by = holders.length > 0 ? describeClients(holders) : 'a connection that has just ended';
  return new DatabaseError(
    'blocked',
    `${doing}. Locks are held by ${by}: end that transaction and try again. ${advice}`,
    { cause: error },
  );
}
