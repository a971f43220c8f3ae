import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { useMemo, type ReactElement } from 'react';
import { OpenPage } from '~/features/open/open-page';
import type { KnownStrategies } from '~/features/open/open-protocol';
import { describePage } from '~/page-meta';

export const meta: MetaFunction = () =>
  describePage('Open a file', 'Shows an exported race from its file, in the browser alone: nothing is sent.');

/** What files name by id: a file is read without asking the server anything more. */
export function loader({ context: { lab } }: LoaderFunctionArgs) {
  const strategies = lab.strategies.flatMap(({ id, name, expected, condition }) => {
    const steps = lab.strategy(id)?.steps;
    return steps ? [[id, { name, expected, condition, steps }] as const] : [];
  });
  return { strategies };
}

export const handle = { isWide: true };

export default function Open(): ReactElement {
  const { strategies } = useLoaderData<typeof loader>();
  const known = useMemo(() => Object.fromEntries(strategies) as KnownStrategies, [strategies]);
  return <OpenPage strategies={known} />;
}
