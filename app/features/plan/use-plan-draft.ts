import { useEffect, useState, type RefObject } from 'react';
import { checkForm } from '@/plan/check-plan';
import { toAddress } from '@/plan/address';
import { defaultText, readPlanForm, type FieldErrors, type PlanText } from '@/plan/form';

/** Pause in typing after which the address follows, ms; browsers allow some 200 changes in 30 s. */
const ADDRESS_AFTER_MS = 300;

export interface PlanDraft {
  fields: PlanText;
  /** Current errors, and earlier messages about fields that have not changed since. */
  errors: FieldErrors;
  /** Whether the server would accept it, by the rules that can be checked here. */
  isFine: boolean;
  set: (name: string, value: string | string[]) => void;
  /** Restores the form's initial values. */
  reset: () => void;
}

export interface PlanDraftOptions {
  initial: PlanText;
  /** The first messages from the server or the address about the fields. */
  told: FieldErrors;
  form: RefObject<HTMLFormElement>;
  /** Whether a request is in flight, whose response decides the address. */
  busy: boolean;
}

/** A plan during editing: checked with each key, and kept in the address. */
export function usePlanDraft({ initial, told, form, busy }: PlanDraftOptions): PlanDraft {
  const [fields, setFields] = useState(initial);
  const [changed, setChanged] = useState<readonly string[]>([]);

  // only the form has what was typed before scripts ran
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
    // bypasses the router, which would reload the page's data for each key
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
