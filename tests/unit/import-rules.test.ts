import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '@/services/env';

interface Report {
  summary: { violations: { from: string; rule: { name: string } }[] };
}

/** What each module imports, and the rules that it breaks by that. */
const modules: Record<string, { code: string; breaks: string[] }> = {
  'src/model/strategy.ts': { code: 'export type S = 1; export const s = 1;', breaks: [] },
  'src/lib/clock.ts': { code: 'export const now = 1;', breaks: [] },
  'src/audit/audit-context.ts': { code: 'export const subject = 1;', breaks: [] },
  'src/lab/lab.ts': { code: 'export const lab = 1;', breaks: [] },
  'src/server/http/security.ts': { code: 'export const secure = 1;', breaks: [] },
  'src/services/postgres/pg-connections.ts': {
    code: 'import pg from "pg"; export const pool = pg;',
    breaks: [],
  },
  'app/features/charts/chart.tsx': {
    code: 'import { S } from "recharts"; export const chart = S;',
    breaks: [],
  },
  'app/features/history/delete.server.ts': { code: 'export const gone = 1;', breaks: [] },
  'src/services/env.ts': { code: 'export const env = 1;', breaks: [] },
  'tests/fixture.ts': {
    code: 'import "../src/services/postgres/pg-connections"; export const fixture = 1;',
    breaks: [],
  },

  'src/scenarios/inventory/strategies/good.ts': {
    code: 'import type { S } from "../../../model/strategy"; export type G = S;',
    breaks: [],
  },
  'src/scenarios/inventory/strategies/uses-value.ts': {
    code: 'import { s } from "../../../model/strategy"; export const x = s;',
    breaks: ['strategy-imports-model-types-only'],
  },
  'src/scenarios/inventory/strategies/uses-other.ts': {
    code: 'import "./good";',
    breaks: ['strategy-stands-alone'],
  },
  'src/scenarios/inventory/strategies/opens-client.ts': {
    code: 'import { createClient } from "redis"; export const c = createClient;',
    breaks: ['connections-are-heard', 'strategy-opens-no-client'],
  },
  'src/scenarios/inventory/uses-strategy.ts': {
    code: 'import "./strategies/good";',
    breaks: ['nothing-imports-a-strategy'],
  },

  'src/wire/redis/uses-model.ts': {
    code: 'import type { S } from "../../model/strategy"; export type U = S;',
    breaks: ['wire-has-no-policy'],
  },
  'src/lib/uses-model.ts': {
    code: 'import type { S } from "../model/strategy"; export type U = S;',
    breaks: ['lib-imports-down'],
  },
  'src/model/uses-audit.ts': {
    code: 'import { subject } from "../audit/audit-context"; export const u = subject;',
    breaks: ['model-imports-down'],
  },
  'src/audit/uses-scenario.ts': {
    code: 'import { x } from "../scenarios/inventory/uses-recording"; export const u = x;',
    breaks: ['audit-imports-down', 'isomorphic-stays-isomorphic'],
  },
  'src/scenarios/inventory/uses-recording.ts': {
    code: 'import "../../recording/uses-job"; export const x = 1;',
    breaks: ['scenarios-imports-down'],
  },
  'src/recording/uses-job.ts': {
    code: 'import "../jobs/uses-lab"; export const r = 1;',
    breaks: ['explorer-imports-down'],
  },
  'src/explorer/search/uses-backend.ts': {
    code: 'import { subject } from "../../audit/audit-context"; export const s = subject;',
    breaks: ['search-knows-its-backend-only'],
  },
  'src/jobs/uses-lab.ts': { code: 'import "../lab/lab"; export const j = 1;', breaks: ['jobs-imports-down'] },
  'src/lab/uses-http.ts': { code: 'import "../server/http/security";', breaks: ['lab-imports-down'] },
  'src/report/uses-audit.ts': {
    code: 'import type { subject } from "../audit/audit-context"; export type R = typeof subject;',
    breaks: ['report-reads-the-model'],
  },
  'src/jobs/uses-service.ts': {
    code: 'import "../services/postgres/pg-connections";',
    breaks: ['only-the-composition-root-composes'],
  },
  'src/services/uses-job.ts': { code: 'import "../jobs/uses-lab";', breaks: ['services-know-no-job'] },
  'src/jobs/uses-page.ts': {
    code: 'import "../../app/features/charts/chart";',
    breaks: ['product-knows-no-page'],
  },
  'src/jobs/uses-react.ts': {
    code: 'import { useState } from "react"; export const u = useState;',
    breaks: ['product-has-no-framework'],
  },
  'src/jobs/uses-script.ts': {
    code: 'import "../../scripts/set-up.mjs";',
    breaks: ['product-imports-no-script'],
  },
  'scripts/set-up.mjs': { code: 'export const setUp = 1;', breaks: [] },

  'src/audit/uses-node.ts': {
    code: 'import { readFileSync } from "node:fs"; export const r = readFileSync;',
    breaks: ['isomorphic-uses-no-node-built-in'],
  },
  'src/audit/uses-client.ts': {
    code: 'import pg from "pg"; export const p = pg;',
    breaks: ['connections-are-heard', 'isomorphic-opens-no-client'],
  },

  'app/routes/page.tsx': {
    code: 'import "../features/charts/chart"; import "../features/history/delete.server"; export const page = 1;',
    breaks: [],
  },
  'app/routes/uses-prisma.ts': {
    code: 'import { PrismaClient } from "@prisma/client"; export const p = PrismaClient;',
    breaks: ['no-dev-dependency-in-production', 'route-uses-the-load-context'],
  },
  'app/routes/uses-service.ts': {
    code: 'import "../../src/services/postgres/pg-connections";',
    breaks: ['only-the-composition-root-composes', 'route-does-not-compose', 'route-uses-the-load-context'],
  },
  'app/routes/uses-lab.ts': {
    code: 'import { lab } from "../../src/lab/lab"; export const l = lab;',
    breaks: ['route-does-not-compose'],
  },
  'app/features/race/uses-route.tsx': {
    code: 'import "../../routes/page";',
    breaks: ['component-is-presentational'],
  },
  'app/features/race/uses-server.tsx': {
    code: 'import { secure } from "../../../src/server/http/security"; export const s = secure;',
    breaks: ['page-loads-browser-safe-modules'],
  },
  'app/features/open/uses-server.worker.ts': {
    code: 'import { secure } from "../../../src/server/http/security"; export const s = secure;',
    breaks: ['worker-loads-isomorphic-modules'],
  },
  'app/features/open/judges.worker.ts': {
    code: 'import { subject } from "../../../src/audit/audit-context"; export const a = subject;',
    breaks: [],
  },
  'app/features/race/uses-server-module.tsx': {
    code: 'import { gone } from "../history/delete.server"; export const g = gone;',
    breaks: ['page-imports-no-server-module'],
  },
  'app/features/race/uses-server-type.tsx': {
    code: 'import type { lab } from "../../../src/lab/lab"; export type L = typeof lab;',
    breaks: [],
  },
  'app/features/race/uses-node.tsx': {
    code: 'import { join } from "node:path"; export const j = join;',
    breaks: ['page-uses-no-node-built-in'],
  },
  'app/features/race/uses-remix.tsx': {
    code: 'import { Link } from "@remix-run/react"; export const l = Link;',
    breaks: ['remix-stays-at-the-edge'],
  },
  'app/ui/uses-feature.tsx': {
    code: 'import { chart } from "../features/charts/chart"; export const c = chart;',
    breaks: ['ui-knows-no-feature'],
  },
  'src/services/opens-client.ts': {
    code: 'import pg from "pg"; export const p = pg;',
    breaks: ['connections-are-heard'],
  },
  'src/services/names-client.ts': {
    code: 'import type pg from "pg"; export type P = pg.Pool;',
    breaks: [],
  },
  'src/services/uses-vitest.ts': {
    code: 'import { vi } from "vitest"; export const v = vi;',
    breaks: ['no-dev-dependency-in-production'],
  },

  'server.ts': {
    code: 'import "./src/services/postgres/pg-connections"; import "./src/services/env";',
    breaks: [],
  },
  'src/cli/uses-server.ts': { code: 'import "../../server";', breaks: ['nothing-imports-server'] },
  'src/cli/uses-test.ts': { code: 'import "../../tests/fixture";', breaks: ['product-imports-no-test'] },
  'src/cli/uses-nothing.ts': { code: 'import "./no-such-file";', breaks: ['no-unresolvable'] },
  'src/cli/circle-a.ts': {
    code: 'import { b } from "./circle-b"; export const a = b;',
    breaks: ['no-cycle'],
  },
  // A circle is reported once, at its first module.
  'src/cli/circle-b.ts': { code: 'import { a } from "./circle-a"; export const b = a;', breaks: [] },
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
    'src',
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
