import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * What the system knows of a process group: an app, with whatever it has started. Linux only: elsewhere every function
 * returns null, and the caller has to go by time.
 */
export class ProcessGroup {
  private members: readonly number[] = [];

  constructor(private readonly groupId: number) {}

  /** Looks for processes of the group that have started since. */
  refresh(): void {
    if (process.platform !== 'linux') return;
    this.members = readdirSync('/proc').flatMap((name) => {
      const pid = Number(name);
      return Number.isInteger(pid) && groupOf(pid) === this.groupId ? [pid] : [];
    });
  }

  /**
   * Nanoseconds for which threads of the members that `refresh` found have had a processor, or have waited for one, as they do on a
   * busy machine. Threads that ended do not count.
   */
  activeNs(): bigint | null {
    if (process.platform !== 'linux') return null;
    let sum = 0n;
    for (const pid of this.members)
      for (const thread of entries(`/proc/${pid}/task`)) {
        const [onProcessor, waiting = '0'] = text(`/proc/${pid}/task/${thread}/schedstat`).split(' ');
        sum += BigInt(onProcessor || '0') + BigInt(waiting);
      }
    return sum;
  }

  /** Loopback and wildcard TCP ports that a member listens on. */
  listeningPorts(): number[] | null {
    if (process.platform !== 'linux') return null;
    this.refresh();
    const sockets = new Set(this.members.flatMap(socketsOf));
    const ports = [this.members[0] ?? process.pid].flatMap((pid) =>
      ['tcp', 'tcp6'].flatMap((table) => listenersIn(text(`/proc/${pid}/net/${table}`), sockets)),
    );
    return [...new Set(ports)].sort((a, b) => a - b);
  }
}

/** The process group of a process; null when there is no such process. The name in brackets may hold brackets itself. */
function groupOf(pid: number): number | null {
  const stat = text(`/proc/${pid}/stat`);
  const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === undefined || state === 'Z' || group === undefined ? null : Number(group);
}

/** Inodes of the sockets that a process has open. */
function socketsOf(pid: number): string[] {
  return entries(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      return [];
    }
  });
}

const LISTEN = '0A';

/** Ports of the listening sockets in a table of the kernel (`proc_net_tcp(5)`) that are among `sockets`. */
function listenersIn(table: string, sockets: ReadonlySet<string>): number[] {
  return table
    .trim()
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      const port = Number.parseInt(local.split(':')[1] ?? '', 16);
      return state === LISTEN && sockets.has(inode) ? [port] : [];
    });
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // the process or thread has ended meanwhile
    return [];
  }
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
