/** Something the person at the terminal can act on. The message is printed without a stack trace. */
export class SetupError extends Error {
  name = 'SetupError';
}

const TICK_TTY_MS = 100;
const TICK_PLAIN_MS = 15_000;

/**
 * Says what is being done and for how long: one live line on a terminal, plain lines elsewhere.
 *
 * @template T
 * @param {string} title such as "Installing dependencies"
 * @param {() => Promise<T>} work
 * @param {NodeJS.WriteStream} [out]
 * @returns {Promise<T>}
 */
export async function showProgress(title, work, out = process.stderr) {
  const startedAt = performance.now();
  const elapsed = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  const live = out.isTTY === true;
  const draw = () => out.write(live ? `\r\x1b[K${title} … ${elapsed()}` : `${title} … ${elapsed()}\n`);
  if (live) draw();
  else out.write(`${title} …\n`);
  const timer = setInterval(draw, live ? TICK_TTY_MS : TICK_PLAIN_MS);
  const finish = (word) => {
    clearInterval(timer);
    out.write(`${live ? '\r\x1b[K' : ''}${title}: ${word} ${elapsed()}\n`);
  };
  try {
    const result = await work();
    finish('done in');
    return result;
  } catch (error) {
    finish('failed after');
    throw error;
  }
}
