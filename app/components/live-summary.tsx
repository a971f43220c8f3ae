import { useEffect, useRef, type ReactElement } from 'react';
import { isOver, type RaceView } from '~/lab/race';
import { formatCount } from './format';
import { describeVerdict } from './verdict-headline';

/** More often would talk over everything else. */
const SPEAK_EVERY_MS = 5_000;

/** Tells people who do not see the charts how the race goes, politely, and its verdicts as soon as it is over. */
export function LiveSummary({ race }: { race: RaceView }): ReactElement {
  const said = useRef<HTMLParagraphElement>(null);
  const latest = useRef(race);
  const followed = useRef(false);
  const over = isOver(race.status);
  useEffect(() => {
    latest.current = race;
  });
  useEffect(() => {
    const speak = () => said.current?.replaceChildren(summarise(latest.current));
    if (over) {
      // a race opened after the fact is read like any other page
      if (followed.current) speak();
      return;
    }
    followed.current = true;
    const timer = setInterval(speak, SPEAK_EVERY_MS);
    return () => clearInterval(timer);
  }, [over]);
  // filled outside React: what was said is not part of what is drawn
  return <p ref={said} className="sr-only" aria-live="polite" />;
}

function summarise(race: RaceView): string {
  const lanes = race.lanes.map((lane) => {
    const { word, figure, provisional } = describeVerdict(lane);
    const attempts = `${formatCount(lane.counts.attempts)} attempts`;
    return `${lane.strategyName}: ${attempts}, ${word.toLowerCase()} ${figure}${provisional ? ' so far' : ''}.`;
  });
  return [`Race ${race.status}.`, ...lanes].join(' ');
}
