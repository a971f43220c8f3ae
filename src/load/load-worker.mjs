// Worker threads do not inherit the TypeScript loader on Node 20, so this registers it in the thread first.
import { register } from 'tsx/esm/api';

register();
await import('./load-worker.ts');
