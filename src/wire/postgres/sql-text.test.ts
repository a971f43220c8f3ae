import { expect, test } from 'vitest';
import { deallocatedBy, mayRunInTransaction } from './sql-text';

test.each([
  'select 1',
  '  (select 1) union select 2;',
  'with t as (delete from a returning *) insert into b select * from t',
  'update a set n = 1; insert into b values (1);',
  '-- buy\n/* one /* unit */ */ UPDATE a SET n = n - 1',
  `select 'vacuum; commit'`,
  `select E'it\\'s; commit', "begin; x", $$ ; commit $$, $tag$ ; $$ commit $tag$`,
  'merge into a using b on a.id = b.id when matched then do nothing',
  'execute plan(1)',
])('may run in a transaction: %s', (sql) => expect(mayRunInTransaction(sql)).toBe(true));

test.each([
  '',
  ' ; ',
  '-- nothing',
  'vacuum',
  'create database d',
  'create index concurrently i on a (n)',
  'call buy(1)',
  'do $$ begin commit; end $$',
  'copy a from stdin',
  'begin; select 1; commit',
  'select 1; commit',
  `select 'a'; rollback`,
  `select E'\\''; commit --'`,
  `select 'a\\'; commit --'`,
  'select $$ a $$; commit',
  'select 1 /* a */; commit /* b */',
  'savepoint s',
  'set local work_mem = 64',
  'lock table a',
  'declare c cursor for select 1',
  'selective',
])('may not: %s', (sql) => expect(mayRunInTransaction(sql)).toBe(false));

test.each<[string, 'all' | string[]]>([
  ['deallocate a', ['a']],
  ['DEALLOCATE PREPARE Abc; select 1; deallocate "Q ""x"""', ['abc', 'Q "x"']],
  ['deallocate all', 'all'],
  ['Deallocate prepare All', 'all'],
  ['discard all', 'all'],
  ['select 1', []],
])('%s gives back %j', (sql, names) => expect(deallocatedBy(sql)).toEqual(names));
