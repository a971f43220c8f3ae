import { pino } from 'pino';
import type { Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Env } from './env';

/**
 * The structured log: JSON lines, or readable lines on a terminal. The caller listens to errors of `out`: a line that cannot be
 * written is lost, and nothing else. A destination of pino's own would try a full disk again for ever.
 */
export function createLog(
  { logLevel }: Pick<Env, 'logLevel'>,
  out: NodeJS.WriteStream = process.stdout,
): Logger {
  const { err } = pino.stdSerializers;
  const options = { level: logLevel, serializers: { error: err, cause: err }, base: undefined };
  if (!out.isTTY) return pino(options, out);
  return pino(
    options,
    pretty({ ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', sync: true, destination: out }),
  );
}
