import type { AttemptRecord } from '@/model/attempt-record';
import type { LiveBatch } from '@/model/columns';
import type { RaceView } from '@/model/race';
import type { StepKind } from '@/model/step-kind';
import type { Expected } from '@/model/strategy';
import type { EvidencePage, NamingPage } from '@/model/verdict';
import type { Collision } from '@/report/collision';
import type { Assertion } from '@/report/race-report';
import type { EvidencePlace } from '~/live/evidence-source';

/** What this server knows of its strategies, which a file names by id. */
export type KnownStrategies = Readonly<
  Record<
    string,
    { name: string; expected: Expected; condition?: string | undefined; steps: Record<string, StepKind> }
  >
>;

/** A file as its page shows it. */
export interface ShownFile {
  kind: 'history' | 'report' | 'page';
  race: RaceView;
  /** Whether the file tells the load plan. */
  hasPlan: boolean;
  writtenBy: string | null;
  lacks: string[];
  contradictions: string[];
  /** Of a report: what was demanded of the race, and what came of it. */
  demands: Assertion[];
  /** Of a report: the piece of evidence that it holds. */
  collision: Collision | null;
  /** Of a history: what a list of requests shows, and what comes before the numbers in the ids of attempts. */
  requests: { lane: LiveBatch; attemptPrefix: string }[] | null;
}

/** What a page asks of the worker, and what it returns. */
export interface OpenCalls {
  open: { asked: { file: Blob; strategies: KnownStrategies }; answer: ShownFile };
  listEvidence: { asked: EvidencePlace; answer: EvidencePage };
  readAttempt: { asked: { lane: number; n: number }; answer: AttemptRecord };
  listNaming: { asked: { lane: number; n: number }; answer: NamingPage };
}

export type OpenCall = {
  [K in keyof OpenCalls]: { id: number; call: K; asked: OpenCalls[K]['asked'] };
}[keyof OpenCalls];

export type OpenAnswer =
  { id: number; share: number } | { id: number; answer: unknown } | { id: number; failed: string };
