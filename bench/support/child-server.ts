import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { projectRoot } from '@/services/env';

export interface ChildServer {
  url: string;
  /** CPU time spent so far, seconds; NaN where the system does not say. */
  cpuSeconds: () => number;
  stop: () => Promise<void>;
}

/** Runs a TypeScript file as a server process of its own and waits until it prints its address. */
export async function startChild(file: string, env: Record<string, string>): Promise<ChildServer> {
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    cwd: projectRoot,
    env: { ...process.env, NODE_ENV: 'production', LOG_LEVEL: 'warn', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      const address = /http:\/\/[\d.]+:\d+/.exec(output)?.[0];
      if (address) resolve(address);
    });
    void ended.then(() => reject(new Error(`${file} ended before it was ready:\n${output}`)));
  });
  return {
    url,
    cpuSeconds: () => readCpuSeconds(child.pid ?? 0),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** User and system time from /proc, which counts in hundredths of a second. */
function readCpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}
