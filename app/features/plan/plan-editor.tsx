import { CircleAlert, Play, RotateCcw, SlidersHorizontal } from 'lucide-react';
import { useRef, useState, type FormEvent, type ReactElement } from 'react';
import type { StrategyInfo } from '@/model/strategy';
import { CopyLink } from '~/ui/copy-button';
import { useKeys } from '~/ui/use-keys';
import { useScripted } from '~/ui/use-scripted';
import { toAddress } from '@/plan/address';
import { PlanFields } from './plan-fields';
import type { FieldErrors, PlanText } from '@/plan/form';
import { describeEstimate, nameStart } from './plan-wording';
import type { PostForm } from './post-form';
import { usePlanDraft } from './use-plan-draft';

export interface PlanEditorProps {
  Form: PostForm;
  strategies: readonly StrategyInfo[];
  /** The initial plan. */
  initial: PlanText;
  /** Messages that came with the plan, by field. */
  told: FieldErrors;
  /** Problems of the plan as a whole: the server's refusal, or parts of the address that no plan has. */
  problem: readonly string[];
  busy: boolean;
  open: boolean;
  onToggle: (open: boolean) => void;
}

/** The plan of a race, folded until the user wants to change it. */
export function PlanEditor(props: PlanEditorProps): ReactElement {
  const { Form, strategies, initial, told, busy, open, onToggle } = props;
  const form = useRef<HTMLFormElement>(null);
  const scripted = useScripted();
  const draft = usePlanDraft({ initial, told, form, busy });
  const [startOpen] = useState(open);
  useKeys(open && !busy ? { s: () => form.current?.requestSubmit() } : {});
  const onSubmit = (event: FormEvent) => {
    if (draft.isFine) return;
    event.preventDefault();
    showFirstError(form.current);
  };
  return (
    <details
      id="plan"
      className="card group scroll-mt-4"
      open={startOpen}
      onToggle={(event) => onToggle(event.currentTarget.open)}
    >
      <summary className="flex items-center gap-3 rounded-xl px-5 py-4 font-semibold hover:bg-hover">
        <SlidersHorizontal className="size-4 text-ink-3" aria-hidden />
        Change the plan
        <span className="font-normal text-ink-3 max-sm:hidden">strategies, stock, attempts, load</span>
        <span className="ml-auto text-ink-3 transition-transform group-open:rotate-90" aria-hidden>
          ›
        </span>
      </summary>
      <Form
        method="post"
        action="/?index"
        ref={form}
        noValidate={scripted}
        onSubmit={onSubmit}
        className="flex flex-col gap-6 border-t border-line pt-5"
      >
        <div className="flex flex-col gap-6 px-5">
          <Problem messages={props.problem} />
          <PlanFields strategies={strategies} draft={draft} hasKeys={open} />
        </div>
        <StartBar fields={draft.fields} isFine={draft.isFine} busy={busy} open={open} onReset={draft.reset} />
      </Form>
    </details>
  );
}

interface StartBarProps {
  fields: PlanText;
  isFine: boolean;
  busy: boolean;
  open: boolean;
  onReset: () => void;
}

/** The size of the planned race, and the button to start it: in view however long the form is, if there is room. */
function StartBar({ fields, isFine, busy, open, onReset }: StartBarProps): ReactElement {
  return (
    <div className="bottom-0 flex flex-wrap items-center gap-x-4 gap-y-3 rounded-b-xl border-t border-line bg-surface px-5 py-3 sm:sticky">
      <button className="button button-primary" disabled={busy}>
        <Play className="size-4" fill="currentColor" aria-hidden />
        {busy ? 'Starting…' : nameStart(fields)}
        {open && <kbd className="key max-sm:hidden noscript:hidden">s</kbd>}
      </button>
      <p className="min-w-0 text-[0.8125rem] text-ink-2 noscript:hidden" data-estimate aria-live="polite">
        {isFine ? describeEstimate(fields) : 'Something above is not right yet.'}
      </p>
      <span className="flex flex-wrap gap-2 sm:ml-auto">
        <CopyLink path={toAddress(fields)} />
        <button type="button" className="button button-quiet noscript:hidden" onClick={onReset}>
          <RotateCcw className="size-4" aria-hidden />
          Reset
        </button>
      </span>
    </div>
  );
}

/** Most messages shown: more would only push the form out of sight. */
const MOST_MESSAGES = 5;

function Problem({ messages }: { messages: readonly string[] }): ReactElement | null {
  if (messages.length === 0) return null;
  const rest = messages.length - MOST_MESSAGES;
  return (
    <div
      role="alert"
      className="flex items-start gap-2 rounded-lg border border-unsafe-line bg-unsafe-wash px-3 py-2 text-unsafe-ink"
    >
      <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
      <ul className="min-w-0">
        {messages.slice(0, MOST_MESSAGES).map((message) => (
          <li key={message} className="break-words">
            {message}
          </li>
        ))}
        {rest > 0 && <li>and {rest} more</li>}
      </ul>
    </div>
  );
}

/** Scrolls to the first error after a submit was prevented. */
function showFirstError(form: HTMLFormElement | null): void {
  const field = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
  if (field) field.focus();
  else form?.querySelector('[data-error]')?.scrollIntoView({ block: 'center' });
}
