import type { ReactElement } from 'react';
import { meaningfulFields, type PlanFields } from './plan-form';

/** A plan that a button starts without showing it. */
export function PlanHiddenFields({ fields }: { fields: PlanFields }): ReactElement {
  return (
    <>
      {Object.entries(meaningfulFields(fields)).map(([name, value]) =>
        [value]
          .flat()
          .map((item) => <input key={`${name} ${item}`} type="hidden" name={name} value={item} />),
      )}
    </>
  );
}
