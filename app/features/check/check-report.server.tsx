import type { CheckResult } from '@/model/app-check';
import { renderOffline } from '~/ui/offline-document.server';
import { CheckView } from './check-view';
import { OfflineStepper } from './offline-stepper';

/** The result of a check as one HTML document that needs no script, no other file and no network. */
export function renderCheckReport(result: CheckResult): string {
  return renderOffline({
    title: `${result.verdict}: ${result.name}`,
    footer:
      'Written by oversell check. What is right is what the requests lead to one after the other, in any order.',
    children: (
      <CheckView
        result={result}
        renderSchedule={(schedule) => <OfflineStepper result={result} schedule={schedule} />}
      />
    ),
  });
}
