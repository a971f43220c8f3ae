import { useEffect, useRef, type ReactElement } from 'react';
import { isOver } from '@/model/job';
import type { RaceView } from '@/model/race';
import { LiveRegion } from '~/ui/live-region';
import { summariseRace } from './race-words';

/** Announces the progress of the race politely to screen readers, and its verdicts when it is over. */
export function LiveSummary({ race }: { race: RaceView }): ReactElement {
  const said = useRef<HTMLParagraphElement>(null);
  const latest = useRef(race);
  const speaker = useRef<LiveRegion | null>(null);
  useEffect(() => {
    const one = new LiveRegion(
      () => summariseRace(latest.current),
      (text) => said.current?.replaceChildren(text),
    );
    speaker.current = one;
    return () => one.close();
  }, []);
  const followed = useRef(false);
  useEffect(() => {
    latest.current = race;
    followed.current ||= !isOver(race.status);
    // a race that was over when the page opened is read like any other page
    if (followed.current) speaker.current?.news();
  }, [race]);
  // filled outside React, since the announcement is not part of the rendered state
  return <p ref={said} className="sr-only" aria-live="polite" data-spoken />;
}
