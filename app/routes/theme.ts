import type { ActionFunctionArgs } from '@remix-run/node';
import { redirect } from '@remix-run/node';
import { readForm } from '~/http/read-form.server';
import { parseTheme, writeThemeCookie } from '~/theme';

/** Stores the reader's theme and returns to the page it was chosen on. */
export async function action({ request }: ActionFunctionArgs): Promise<Response> {
  const form = await readForm(request);
  return redirect(pathOnThisSite(form.get('returnTo')), {
    headers: { 'Set-Cookie': writeThemeCookie(parseTheme(form.get('theme'))) },
  });
}

/** Typed into an address bar it leads home. */
export function loader(): Response {
  return redirect('/');
}

/** Only a path: `//host` and `/\host` would lead a browser away. */
function pathOnThisSite(value: FormDataEntryValue | null): string {
  return typeof value === 'string' && /^\/(?![/\\])/.test(value) ? value : '/';
}
