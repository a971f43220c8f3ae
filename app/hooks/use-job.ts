import { useNavigation, useRevalidator } from '@remix-run/react';
import { useEffect, useState } from 'react';
import { io, type Socket } from 'socket.io-client';
import type { JobKindName, JobState } from '@/model/job';
import type { ClientToServer, ServerToClient } from '@/server/live/protocol';
import { usePoll } from './use-poll';

type LiveSocket = Socket<ServerToClient, ClientToServer>;

/**
 * Follows a job while `active`: returns its state as soon as the server reports more than the page was loaded with.
 * `reloads` decides which news require the page's own data to be reloaded. While the server cannot be heard, the page
 * reloads its data every second instead.
 */
export function useJob(
  kind: JobKindName,
  id: string,
  { active, reloads }: { active: boolean; reloads: (news: JobState) => boolean },
): JobState | null {
  const [news, setNews] = useState<JobState | null>(null);
  const [isHeard, setHeard] = useState(false);
  const [isOutdated, setOutdated] = useState(false);
  const { revalidate, state } = useRevalidator();
  const idle = useNavigation().state === 'idle' && state === 'idle';

  useEffect(() => {
    if (!active) return;
    const socket: LiveSocket = io({ transports: ['websocket'], reconnectionDelayMax: 2_000 });
    const take = (heard: JobState) => {
      setNews(heard);
      setOutdated((was) => was || reloads(heard));
    };
    socket.on('job', (heard) => {
      if (heard.kind === kind && heard.id === id) take(heard);
    });
    socket.on('connect', () => {
      socket.emit('follow', { kind, id }, (answer) => {
        setHeard(answer.ok);
        if (answer.ok) take(answer);
      });
    });
    socket.on('disconnect', () => setHeard(false));
    return () => {
      socket.disconnect();
      setNews(null);
      setHeard(false);
    };
  }, [active, kind, id, reloads]);

  // never while a form or a link is in flight, as that would abort it
  useEffect(() => {
    if (!active || !isOutdated || !idle) return;
    setOutdated(false);
    revalidate();
  }, [active, isOutdated, idle, revalidate]);
  usePoll(active && !isHeard);
  return active && news?.id === id ? news : null;
}
