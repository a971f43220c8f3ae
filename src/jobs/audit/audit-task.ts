import type { Page } from '@/audit/evidence-list';
import { judge } from '@/audit/judge';
import { listEvidence, listLosses, listNaming } from '@/audit/evidence-pages';
import type { FinalState } from '@/model/final-state';
import type { History } from '@/model/history';
import type { AuditResult, EvidencePage, FindingKind, NamingPage } from '@/model/verdict';
import type { BatchRow } from '@/recording/event-log';
import type { Scenario } from '@/scenarios/scenario';

/** A question about a lane's history: plain serialisable data. */
export type AuditTask =
  | { kind: 'audit'; stopped: string | undefined }
  | { kind: 'evidence'; of: FindingKind | 'losses'; page: Page }
  | { kind: 'naming'; attemptId: string; limit: number };

export interface AuditAnswers {
  audit: AuditResult;
  evidence: EvidencePage;
  naming: NamingPage;
}

/** The result of a task. */
export type AuditAnswer = AuditAnswers[keyof AuditAnswers];

/** What a thread is started with. */
export interface AuditWork {
  /** Module of the scenario whose rules judge. */
  scenario: string;
  task: AuditTask;
  attempts: number;
  attemptPrefix: string;
  final: FinalState;
}

/** Stored batches, in order; an empty portion when there are no more. */
export interface ToAuditWorker {
  batches: BatchRow[];
}

export type FromAuditWorker =
  { type: 'more' } | { type: 'done'; answer: AuditAnswer } | { type: 'failed'; message: string };

export function answerTask(
  task: AuditTask,
  { rules }: Pick<Scenario, 'rules'>,
  history: History,
  final: FinalState,
): AuditAnswer {
  switch (task.kind) {
    case 'audit':
      return judge(rules, history, final, { stopped: task.stopped });
    case 'evidence':
      return task.of === 'losses'
        ? listLosses(rules, history, final, task.page)
        : listEvidence(rules, history, final, task.of, task.page);
    case 'naming':
      return listNaming(rules, history, final, task.attemptId, task.limit);
    default:
      return task satisfies never;
  }
}
