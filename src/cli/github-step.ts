import type { CommandIo } from './command-io';

/** What a step of a workflow of GitHub gets. */
export interface StepReport {
  annotations: string;
  /** Markdown for the page of the workflow's run. */
  summary: string;
}

/**
 * In a step of a workflow of GitHub: annotations, and the summary of the step. Nothing elsewhere.
 *
 * @returns what could not be written, one line each
 */
export async function tellGithub(
  { githubStep, complain, append }: Pick<CommandIo, 'githubStep' | 'complain' | 'append'>,
  { annotations, summary }: StepReport,
): Promise<string[]> {
  if (!githubStep) return [];
  // beside the result, which may be JSON: GitHub reads both outputs
  complain(annotations);
  const { summaryFile } = githubStep;
  if (summaryFile === undefined) return [];
  try {
    await append(summaryFile, summary);
    return [];
  } catch (error) {
    return [
      `The summary of the step could not be written: ${error instanceof Error ? error.message : String(error)}`,
    ];
  }
}
