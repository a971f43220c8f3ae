import type { Group } from './outcome-table';

/** An example to be shown, and whether a schedule that was run had the result that it stands for. */
export interface Claim<Result> {
  group: Group;
  isSame: (result: Result) => boolean;
}

/**
 * Runs each example that is only known to be equivalent to one that was run, since the explorer shows nothing that it
 * has not seen. An example with a different result gives way to the one that was run. Returns the ids of those
 * examples. Once the search is stopped, every such example gives way, and none is run.
 */
export async function confirmExamples<Result>(
  claims: Claim<Result>[],
  wasRun: (id: string) => boolean,
  replay: (id: string) => Promise<Result | undefined>,
  isStopped: () => boolean = () => false,
): Promise<string[]> {
  const refuted: string[] = [];
  for (const { group, isSame } of claims) {
    const { id } = group.example;
    if (wasRun(id)) continue;
    const result = isStopped() ? undefined : await replay(id);
    if (result !== undefined && isSame(result)) continue;
    if (!isStopped()) refuted.push(id);
    group.useWhatRan();
  }
  return refuted;
}
