import { constantOf, eachNode } from './sql-tree';

/** The arguments of a call that takes or frees an advisory lock. */
export interface AdvisoryKey {
  /** Parameters of the statement in it, by their numbers. */
  parameters: readonly number[];
  constants: readonly string[];
  /** Whether it depends on rows. */
  readsRows: boolean;
}

/** What the key of an advisory lock is worked out from. */
export function readKey(args: unknown): AdvisoryKey {
  const parameters: number[] = [];
  const constants: string[] = [];
  let readsRows = false;
  eachNode(args, (type, fields) => {
    if (type === 'ParamRef') parameters.push(Number(fields.number));
    if (type === 'A_Const') constants.push(constantOf({ A_Const: fields }) ?? '');
    readsRows ||= type === 'ColumnRef' || type === 'SelectStmt';
  });
  return { parameters, constants, readsRows };
}
