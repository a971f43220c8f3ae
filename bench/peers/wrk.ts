import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { BENCH_BODY } from '../support/bench-load';

/** How often wrk's CPU time is read, ms: it is gone when the process is. */
const READ_MS = 10;

/** What wrk prints first, or undefined when it is not installed. */
export async function findWrk(): Promise<string | undefined> {
  // it has no exit code for having only said its version
  const output = await promisify(execFile)('wrk', ['--version']).catch((error: unknown) => error);
  const { stdout = '' } = output as { stdout?: string };
  return /wrk [\w.-]+/.exec(stdout)?.[0];
}

/** wrk in one thread, with the same request as everybody else. */
export async function runWrk(
  url: string,
  connections: number,
  seconds: number,
): Promise<{ perSecond: number; perCpuSecond: number }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'oversell-bench-'));
  try {
    const script = path.join(folder, 'post.lua');
    const lines = [
      'wrk.method = "POST"',
      `wrk.body = '${JSON.stringify(BENCH_BODY)}'`,
      'wrk.headers["content-type"] = "application/json"',
    ];
    await writeFile(script, lines.join('\n'));
    const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, `${url}/api/buy/any`];
    const { output, cpuSeconds } = await runAndTime('wrk', args);
    const requests = Number(/(\d+) requests in/.exec(output)?.[1]);
    const perSecond = Number(/Requests\/sec: +([\d.]+)/.exec(output)?.[1]);
    return { perSecond, perCpuSecond: requests / cpuSeconds };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function runAndTime(command: string, args: string[]): Promise<{ output: string; cpuSeconds: number }> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let [output, cpuSeconds] = ['', Number.NaN];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  const reading = setInterval(() => (cpuSeconds = readCpuSeconds(child.pid ?? 0) ?? cpuSeconds), READ_MS);
  await new Promise<void>((resolve, reject) => child.once('error', reject).once('close', () => resolve()));
  clearInterval(reading);
  return { output, cpuSeconds };
}

/** User and system time from /proc, in hundredths of a second; undefined once the process is gone. */
function readCpuSeconds(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return fields[0] === 'Z' ? undefined : (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return undefined;
  }
}
