import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { alias } from './aliases';

const HANGS_AFTER_MS = 300_000;

/** Projects in the order in which they begin: the fastest tests first, so that a failure of theirs shows soonest. */
const PROJECTS = ['unit', 'contract', 'integration'];

/** Files of each project that take longest, the first of them first: one that begins last keeps the others waiting. */
const LONGEST = [
  'audit-oracle.test.ts',
  'explored-at-random.test.ts',
  'examples.test.ts',
  'explorer.test.ts',
  'explored-catalogue.test.ts',
  'check-command.test.ts',
  'outages.test.ts',
  'command-line.test.ts',
  'experiments.test.ts',
  'faults.test.ts',
];

/** One queue for all projects, so that no worker waits for the last file of a project. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = <T>(list: T[], isIt: (one: T) => boolean) => {
      const found = list.findIndex(isIt);
      return found === -1 ? list.length : found;
    };
    const rank = ({ project, moduleId }: TestSpecification) =>
      place(PROJECTS, (name) => name === project.name) * (LONGEST.length + 1) +
      place(LONGEST, (name) => moduleId.endsWith(`/${name}`));
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

/** What every kind of test runs with. */
export const common = {
  environment: 'node',
  setupFiles: 'tests/exit-on-signal.ts',
  // Processes: worker threads cannot run the load generator's own threads' hooks.
  pool: 'forks',
  // Nothing in them outlives a test, and loading everything anew for each file takes 2 s of a processor.
  isolate: false,
  maxWorkers: 3,
  // Only what hangs meets these. How long something takes says nothing about it on a machine that is busy.
  testTimeout: HANGS_AFTER_MS,
  hookTimeout: HANGS_AFTER_MS,
  teardownTimeout: 60_000,
  expect: { poll: { timeout: HANGS_AFTER_MS - 10_000 } },
  restoreMocks: true,
} as const;

export default defineConfig({
  resolve: { alias },
  test: {
    // here and in no project: one PostgreSQL and one Redis serve all of them
    globalSetup: 'tests/global-setup.ts',
    sequence: { sequencer: LongestFirst },
    tags: [{ name: 'long', description: 'Run by npm run soak -- long, and not by npm test.' }],
    projects: [
      {
        resolve: { alias },
        test: {
          ...common,
          name: 'unit',
          include: [
            '{src,app}/**/*.test.{ts,tsx}',
            '{src,scripts}/**/*.test.mjs',
            'tests/unit/**/*.test.ts',
            'bench/**/*.test.ts',
          ],
        },
      },
      {
        resolve: { alias },
        test: {
          ...common,
          name: 'contract',
          include: ['tests/contract/**/*.test.ts'],
        },
      },
      {
        resolve: { alias },
        test: {
          ...common,
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
        },
      },
    ],
  },
});
