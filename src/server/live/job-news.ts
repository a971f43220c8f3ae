import type { Server, Socket } from 'socket.io';
import { z } from 'zod';
import type { Lab } from '@/lab/lab';
import type { JobKindName } from '@/model/job';
import type { ClientToServer, FollowAnswer, ServerToClient } from './protocol';

type Io = Server<ClientToServer, ServerToClient>;

/** Changes of a job are sent at most this often, ms. An exploration runs hundreds of schedules a second. */
const NEWS_MS = 200;
const MAX_JOBS_PER_VIEWER = 8;

const followRequest = z.object({
  kind: z.enum(['race', 'experiment', 'exploration']),
  id: z.string().min(1).max(64),
});

export interface JobNews {
  /** Sends a connection the changes of a job from now on, and returns the job's current state. */
  follow: (socket: Socket<ClientToServer, ServerToClient>, input: unknown) => Promise<FollowAnswer>;
  unfollow: (socket: Socket<ClientToServer, ServerToClient>, input: unknown) => void;
  close: () => void;
}

/** Sends the changes of jobs to the connections that follow them. A job without followers costs nothing. */
export function openJobNews(
  io: Io,
  lab: Pick<Lab, 'events' | 'getJob'>,
  log: { warn: (fields: object, message: string) => void },
): JobNews {
  const due = new Map<string, NodeJS.Timeout>();

  const send = async (kind: JobKindName, id: string) => {
    const news = await lab.getJob(kind, id);
    if (news) io.to(roomOf(kind, id)).emit('job', { kind, ...news });
  };
  const onJob = (kind: JobKindName, id: string) => {
    const room = roomOf(kind, id);
    if (due.has(room) || !io.sockets.adapter.rooms.has(room)) return;
    const timer = setTimeout(() => {
      due.delete(room);
      send(kind, id).catch((error: unknown) =>
        log.warn({ kind, id, error }, 'news of a job could not be sent'),
      );
    }, NEWS_MS);
    due.set(room, timer);
  };
  lab.events.on('job', onJob);

  return {
    follow: async (socket, input) => {
      const parsed = followRequest.safeParse(input);
      if (!parsed.success) return refusal('bad-request', z.prettifyError(parsed.error));
      const { kind, id } = parsed.data;
      const room = roomOf(kind, id);
      const followed = [...socket.rooms].filter((name) => name.startsWith(PREFIX) && name !== room);
      if (followed.length >= MAX_JOBS_PER_VIEWER)
        return refusal('too-many', `Follow at most ${MAX_JOBS_PER_VIEWER} jobs on one connection.`);
      // joins first, so that no change is missed between the response and the first news
      await socket.join(room);
      const job = await lab.getJob(kind, id);
      if (job) return { ok: true, kind, ...job };
      await socket.leave(room);
      return refusal(`unknown-${kind}`, `There is no ${kind} ${id}.`);
    },
    unfollow: (socket, input) => {
      const parsed = followRequest.safeParse(input);
      if (parsed.success) void socket.leave(roomOf(parsed.data.kind, parsed.data.id));
    },
    close: () => {
      lab.events.off('job', onJob);
      for (const timer of due.values()) clearTimeout(timer);
    },
  };
}

const PREFIX = 'job ';

function roomOf(kind: JobKindName, id: string): string {
  return `${PREFIX}${kind} ${id}`;
}

function refusal(code: string, message: string): FollowAnswer {
  return { ok: false, error: { code, message } };
}
