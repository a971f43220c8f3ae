import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '~/env.server';

interface Report {
  summary: { violations: { from: string; rule: { name: string } }[] };
}

/** What each module imports, and the rules that it breaks by that. */
const modules: Record<string, { code: string; breaks: string[] }> = {
  'app/lab/strategy.ts': { code: 'export type S = 1; export const s = 1;', breaks: [] },
  'app/lab/lab.server.ts': { code: 'export const lab = 1;', breaks: [] },
  'app/http/security.server.ts': { code: 'export const secure = 1;', breaks: [] },
  'app/services/pg-connections.server.ts': {
    code: 'import pg from "pg"; export const pool = pg;',
    breaks: [],
  },
  'app/components/chart.tsx': { code: 'import { S } from "recharts"; export const chart = S;', breaks: [] },
  'app/env.server.ts': { code: 'export const env = 1;', breaks: [] },
  'tests/fixture.ts': {
    code: 'import "../app/services/pg-connections.server"; export const fixture = 1;',
    breaks: [],
  },

  'app/strategies/good.ts': {
    code: 'import type { S } from "../lab/strategy"; export type G = S;',
    breaks: [],
  },
  'app/strategies/uses-value.ts': {
    code: 'import { s } from "../lab/strategy"; export const x = s;',
    breaks: ['strategy-imports-lab-types-only'],
  },
  'app/strategies/uses-other.ts': { code: 'import "./good";', breaks: ['strategy-stands-alone'] },
  'app/strategies/opens-client.ts': {
    code: 'import { createClient } from "redis"; export const c = createClient;',
    breaks: ['connections-are-heard', 'strategy-opens-no-client'],
  },

  'app/lab/uses-page.server.ts': { code: 'import "../routes/page";', breaks: ['lab-is-the-core'] },
  'app/lab/uses-http.server.ts': {
    code: 'import "../http/security.server";',
    breaks: ['http-is-for-the-server', 'lab-is-the-core'],
  },
  'app/lab/uses-service.server.ts': {
    code: 'import "../services/pg-connections.server";',
    breaks: ['lab-is-the-core', 'only-the-composition-root-composes'],
  },
  'app/lab/uses-react.server.ts': {
    code: 'import { useState } from "react"; export const u = useState;',
    breaks: ['lab-has-no-framework'],
  },
  'app/lab/uses-strategy.server.ts': {
    code: 'import "../strategies/good";',
    breaks: ['lab-imports-no-strategy'],
  },

  'app/lab/explorer/search/uses-backend.ts': {
    code: 'import "../../strategy";',
    breaks: ['search-knows-its-backend-only'],
  },

  'app/lab/audit/node.ts': {
    code: 'import { readFileSync } from "node:fs"; export const r = readFileSync;',
    breaks: ['audit-uses-no-node-built-in'],
  },
  'app/lab/audit/client.ts': {
    code: 'import pg from "pg"; export const p = pg;',
    breaks: ['audit-is-isomorphic', 'connections-are-heard'],
  },
  'app/lab/audit/server.ts': {
    code: 'import { lab } from "../lab.server"; export const l = lab;',
    breaks: ['isomorphic-imports-no-server-module'],
  },

  'app/routes/page.tsx': { code: 'import "../components/chart"; export const page = 1;', breaks: [] },
  'app/routes/uses-prisma.ts': {
    code: 'import { PrismaClient } from "@prisma/client"; export const p = PrismaClient;',
    breaks: ['route-uses-the-load-context'],
  },
  'app/routes/uses-service.ts': {
    code: 'import "../services/pg-connections.server";',
    breaks: ['only-the-composition-root-composes', 'route-uses-the-load-context'],
  },
  'app/routes/uses-lab.ts': {
    code: 'import { lab } from "../lab/lab.server"; export const l = lab;',
    breaks: ['route-does-not-compose'],
  },
  'app/components/uses-route.tsx': {
    code: 'import "../routes/page";',
    breaks: ['component-is-presentational'],
  },
  'app/components/uses-node.tsx': {
    code: 'import { join } from "node:path"; export const j = join;',
    breaks: ['component-uses-no-node-built-in'],
  },
  'app/components/uses-remix.tsx': {
    code: 'import { Link } from "@remix-run/react"; export const l = Link;',
    breaks: ['remix-stays-at-the-edge'],
  },
  'app/services/opens-client.server.ts': {
    code: 'import pg from "pg"; export const p = pg;',
    breaks: ['connections-are-heard'],
  },
  'app/services/names-client.server.ts': {
    code: 'import type pg from "pg"; export type P = pg.Pool;',
    breaks: [],
  },
  'app/services/uses-vitest.server.ts': {
    code: 'import { vi } from "vitest"; export const v = vi;',
    breaks: ['no-dev-dependency-in-production'],
  },
  'app/services/uses-route.server.ts': {
    code: 'import "../routes/page";',
    breaks: ['services-know-no-page'],
  },

  'server.ts': {
    code: 'import "./app/services/pg-connections.server"; import "./app/env.server";',
    breaks: [],
  },
  'app/cli/uses-server.ts': { code: 'import "../../server";', breaks: ['nothing-imports-server'] },
  'app/cli/uses-test.ts': { code: 'import "../../tests/fixture";', breaks: ['app-imports-no-test'] },
  'app/cli/uses-nothing.ts': { code: 'import "./no-such-file";', breaks: ['no-unresolvable'] },
  'app/cli/circle-a.ts': {
    code: 'import { b } from "./circle-b"; export const a = b;',
    breaks: ['no-cycle'],
  },
  // A circle is reported once, at its first module.
  'app/cli/circle-b.ts': { code: 'import { a } from "./circle-a"; export const b = a;', breaks: [] },
};

let root: string;
let broken: Map<string, string[]>;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'oversell-rules-'));
  for (const [path, { code }] of Object.entries(modules)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), code);
  }
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) {
    copyFileSync(join(projectRoot, file), join(root, file));
  }
  symlinkSync(join(projectRoot, 'node_modules'), join(root, 'node_modules'));
  const cruiser = join(projectRoot, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const args = [
    cruiser,
    'app',
    'tests',
    'server.ts',
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
  ];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (stdout === '') throw new Error(stderr);
  broken = new Map();
  for (const { from, rule } of (JSON.parse(stdout) as Report).summary.violations) {
    broken.set(from, [...new Set([...(broken.get(from) ?? []), rule.name])].sort());
  }
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each(Object.entries(modules).map(([path, { breaks }]) => ({ path, breaks })))(
  '$path breaks $breaks',
  (row) => {
    expect(broken.get(row.path) ?? []).toEqual(row.breaks);
  },
);
