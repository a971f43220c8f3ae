import type { ByModel, NumberField, PlanField } from './field-kinds';
import type { LoadModel } from './fields';

/** What a form writes above a field: its label, with the unit where that is a symbol. */
export function labelOf(field: PlanField): string {
  const hasSymbol = field.kind === 'number' && /^\w{1,2}$/.test(field.unit);
  return hasSymbol ? `${field.label} (${field.unit})` : field.label;
}

/** What a form writes below a number under a load model. */
export function hintOf({ hint }: NumberField, model: string): string {
  return typeof hint === 'string' ? hint : ofModel(hint, model);
}

/** The meaning of an empty number under a load model; `isReplaced`: the field that stands in for it is filled in. */
export function placeholderOf(field: NumberField, model: string, isReplaced: boolean): string | undefined {
  if (isReplaced) return 'as many as come';
  if (field.placeholder) return ofModel(field.placeholder, model);
  return (field.default ?? field.implied)?.toLocaleString('en');
}

/** Without scripts every field is shown under every model, whether it has a meaning there or not. */
function ofModel(words: ByModel, model: string): string {
  return words[model as LoadModel] ?? Object.values(words)[0] ?? '';
}

/** A field's value as it is written for people: `10 ms`, `in parallel`, `yes`. */
export function sayValue(field: PlanField, value: unknown): string {
  switch (field.kind) {
    case 'number': {
      const text = field.drawn ? String(value) : Number(value).toLocaleString('en');
      return field.unit === '' ? text : `${text} ${field.unit}`;
    }
    case 'choice':
      return inSentence(field.choices.find((choice) => choice.value === value)?.label ?? String(value));
    case 'switch':
      return value === true ? 'yes' : 'no';
    case 'strategies':
      return (value as string[]).join(', ');
    default:
      return field satisfies never;
  }
}

/** A label within a sentence or a table, where only abbreviations begin with a capital: `think time`, `HTTP`. */
export function inSentence(label: string): string {
  return label.replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase());
}

/** What a field is, for programs. */
export function describeField(field: PlanField): string {
  const parts = [field.description ?? describeHint(field)];
  if (field.models) parts.push(`For the ${field.models.join(' or ')} model only`);
  if ('implied' in field) parts.push(`Means ${field.implied} when absent`);
  return parts.join('. ');
}

function describeHint(field: PlanField): string {
  if (field.kind === 'choice') return field.choices.map(({ value, hint }) => `${value}: ${hint}`).join('; ');
  if (typeof field.hint === 'string') return field.hint.replace(/\.$/, '');
  const hints = Object.entries(field.hint).map(([model, hint]) => `${model}: ${inSentence(hint)}`);
  return hints.join(' ').replace(/\.$/, '');
}
