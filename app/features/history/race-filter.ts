import type { RaceFilter } from '@/plan/race-query';

const FIELDS = ['strategy', 'verdict', 'status', 'model'] as const satisfies readonly (keyof RaceFilter)[];

/** The address of a list of races: its filter, and where it begins. */
export function addressRaces(filter: RaceFilter, cursor: string | null = null): string {
  const query = new URLSearchParams();
  for (const field of FIELDS) {
    const value = filter[field] ?? '';
    if (value !== '') query.set(field, value);
  }
  if (cursor !== null) query.set('cursor', cursor);
  return query.size === 0 ? '/races' : `/races?${query.toString()}`;
}

/** Any form fields as an address: the server reports what is wrong with them. */
export function addressForm(form: FormData): string {
  const values = FIELDS.map((field) => [field, form.get(field)]).filter(
    ([, value]) => typeof value === 'string' && value.trim() !== '',
  );
  return addressRaces(Object.fromEntries(values) as RaceFilter);
}

/** Whether a filter excludes any races. */
export function isNarrow(filter: RaceFilter): boolean {
  return FIELDS.some((field) => (filter[field] ?? '') !== '');
}

/** The search in words that follow "races": `with a violated lane of “read”, in the burst model, finished`. */
export function describeFilter({ strategy = '', verdict, status, model }: RaceFilter): string {
  const lane = strategy === '' ? 'lane' : `lane of “${strategy}”`;
  const article = verdict === 'ok' || verdict === 'inconclusive' ? 'an' : 'a';
  return [
    ...(verdict !== undefined ? [`with ${article} ${verdict} ${lane}`] : []),
    ...(verdict === undefined && strategy !== '' ? [`with a ${lane}`] : []),
    ...(model === undefined ? [] : [`in the ${model} model`]),
    ...(status === undefined ? [] : [`that are ${status}`]),
  ].join(', ');
}
