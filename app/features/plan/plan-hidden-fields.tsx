import type { ReactElement } from 'react';
import { meaningfulText, type PlanText } from '@/plan/form';

/** A plan that a button starts without showing it. */
export function PlanHiddenFields({ fields }: { fields: PlanText }): ReactElement {
  return (
    <>
      {Object.entries(meaningfulText(fields)).map(([name, value]) =>
        [value]
          .flat()
          .map((item) => <input key={`${name} ${item}`} type="hidden" name={name} value={item} />),
      )}
    </>
  );
}
