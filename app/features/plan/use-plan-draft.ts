import { useEffect, useState, type RefObject } from 'react';
import { checkForm } from '@/plan/check-plan';
import { toAddress } from '@/plan/address';
import { defaultText, readPlanForm, type FieldErrors, type PlanText } from '@/plan/form';

/** How long nothing has to be typed before the address follows, ms; browsers allow some 200 changes in 30 s. */
const ADDRESS_AFTER_MS = 300;

export interface PlanDraft {
  fields: PlanText;
  /** What is wrong as it stands, and what was said of a field that has not been changed since. */
  errors: FieldErrors;
  /** Whether the server would take it, by the rules that can be checked here. */
  isFine: boolean;
  set: (name: string, value: string | string[]) => void;
  /** Back to what the form shows of itself. */
  reset: () => void;
}

export interface PlanDraftOptions {
  initial: PlanText;
  /** What the server or the address said of the fields at first. */
  told: FieldErrors;
  form: RefObject<HTMLFormElement>;
  /** Whether something is on its way to the server, whose answer decides the address. */
  busy: boolean;
}

/** A plan while it is edited: checked with each key, and kept in the address. */
export function usePlanDraft({ initial, told, form, busy }: PlanDraftOptions): PlanDraft {
  const [fields, setFields] = useState(initial);
  const [changed, setChanged] = useState<readonly string[]>([]);

  // what was typed before scripts ran is in the form alone
  useEffect(() => {
    const inputs = Array.from(form.current?.elements ?? []).filter((one) => one instanceof HTMLInputElement);
    const typed = inputs.filter((one) => one.name !== '' && isTouched(one));
    if (typed.length === 0 || !form.current) return;
    const now = readPlanForm(new FormData(form.current));
    setFields((before) => ({ ...before, ...now }));
    setChanged(typed.map(({ name }) => name));
  }, [form]);

  const isEdited = changed.length > 0;
  const address = toAddress(fields);
  useEffect(() => {
    if (!isEdited || busy) return;
    // past the router, which would load the page's data again for each key
    const timer = setTimeout(
      () => window.history.replaceState(window.history.state, '', address),
      ADDRESS_AFTER_MS,
    );
    return () => clearTimeout(timer);
  }, [address, isEdited, busy]);

  const live = checkForm(fields);
  const stillTold = Object.entries(told).filter(([name]) => !changed.includes(name));
  return {
    fields,
    errors: { ...Object.fromEntries(stillTold), ...live },
    isFine: Object.keys(live).length === 0,
    set: (name, value) => {
      setFields((before) => ({ ...before, [name]: value }));
      setChanged((before) => (before.includes(name) ? before : [...before, name]));
    },
    reset: () => {
      setFields(defaultText());
      setChanged(Object.keys(told).concat(Object.keys(fields)));
    },
  };
}

function isTouched(input: HTMLInputElement): boolean {
  const isBox = input.type === 'checkbox' || input.type === 'radio';
  return isBox ? input.checked !== input.defaultChecked : input.value !== input.defaultValue;
}
