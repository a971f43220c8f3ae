// Worker threads do not inherit the TypeScript loader on Node 20: this registers it in the thread, then goes on.
import { register } from 'tsx/esm/api';

register();
await import('./load-worker.ts');
