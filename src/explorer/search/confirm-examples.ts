import type { Group } from './outcome-table';

/** An example to be shown, and whether a schedule that was run came to what it stands for. */
export interface Claim<Result> {
  group: Group;
  isSame: (result: Result) => boolean;
}

/**
 * Runs each example that is only known to be like one that was run, since nothing is shown that was not seen. One that
 * comes to something else gives way to what was really run. Answers their ids.
 */
export async function confirmExamples<Result>(
  claims: Claim<Result>[],
  wasRun: (id: string) => boolean,
  replay: (id: string) => Promise<Result | undefined>,
): Promise<string[]> {
  const refuted: string[] = [];
  for (const { group, isSame } of claims) {
    const { id } = group.example;
    if (wasRun(id)) continue;
    const result = await replay(id);
    if (result !== undefined && isSame(result)) continue;
    refuted.push(id);
    group.useWhatRan();
  }
  return refuted;
}
