import { expect, test } from 'vitest';
import { requireDatabase } from './require-database';

test.for([
  ['53300', /^PostgreSQL accepts no more connections, .* raise max_connections\.$/],
  ['53100', /^The lab’s database cannot be used: PostgreSQL has no disk space left\.$/],
  ['ECONNREFUSED', /^The lab’s database does not answer\./],
] as const)('%s is told in its own words, and its cause in the log alone', async ([code, words]) => {
  const logged: unknown[] = [];
  const quiet = () => undefined;
  const log = { info: quiet, warn: (entry: unknown) => void logged.push(entry), error: quiet };
  const cause = Object.assign(new Error('as the driver says it'), { code });
  const asked = requireDatabase(Promise.reject(cause), log);
  await expect(asked).rejects.toMatchObject({ code: 'database-unavailable', message: words });
  expect(logged).toMatchObject([{ cause }]);
});
