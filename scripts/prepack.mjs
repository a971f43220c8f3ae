// npm pack: builds what goes into the package, and the types of its library, in one file without names of this project.
import { join } from 'node:path';
import { root } from './project.mjs';
import { runMain, showProgress, stopOnSignals } from './run.mjs';
import { setUp } from './setup.mjs';

async function writeTypes() {
  const { rollup } = await import('rollup');
  const { dts } = await import('rollup-plugin-dts');
  const bundle = await rollup({
    input: join(root, 'src', 'library.ts'),
    plugins: [dts({ tsconfig: join(root, 'tsconfig.json') })],
    external: [/^node:/],
    // such as of what a user of the types would have to install
    onwarn: ({ message }) => {
      throw new Error(message);
    },
  });
  await bundle.write({ file: join(root, 'build', 'types', 'library.d.ts') });
  await bundle.close();
}

await runMain(async () => {
  stopOnSignals();
  await setUp({ build: true });
  await showProgress('Writing the types', writeTypes);
});
