/** What runs now: everything else waits until it is over. */
export interface RunningJob {
  kind: 'race' | 'exploration' | 'isolation';
  url: string;
  /** Names of the strategies that were asked for. */
  names: string[];
}
