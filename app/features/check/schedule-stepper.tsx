import type { ReactElement } from 'react';
import type { CheckResult, CheckSchedule } from '@/model/app-check';
import { Panel } from '~/ui/panel';
import { STEP_KEYS, StepControls, useSteps } from '~/ui/stepper';
import { titleOf } from './check-view';
import { RowsAfter } from './rows-after';
import { ScheduleTable } from './schedule-table';

/** Steps through a schedule of requests, forwards and back, beside the rows that it has touched so far. */
export function ScheduleStepper({
  result,
  schedule,
}: {
  result: CheckResult;
  schedule: CheckSchedule;
}): ReactElement {
  const steps = useSteps(schedule.moves.length);
  const { title, help } = titleOf(result, schedule);
  return (
    <Panel id="schedule" title={title} help={`${help} ${STEP_KEYS}`} actions={<StepControls {...steps} />}>
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <ScheduleTable schedule={schedule} requests={result.requests} steps={steps} />
        <section
          aria-label="Rows after the move"
          aria-live="polite"
          className="card flex flex-col gap-3 p-4 lg:sticky lg:top-4"
        >
          <RowsAfter rows={schedule.moves[steps.at]?.state ?? []} from={steps.at + 1} />
        </section>
      </div>
    </Panel>
  );
}
