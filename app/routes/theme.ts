import type { ActionFunctionArgs } from '@remix-run/node';
import { redirect } from '@remix-run/node';
import { readForm } from '@/server/http/read-form';
import { parseTheme, writeThemeCookie } from '~/theme';

/** Stores the reader's theme and returns to the page it was chosen on. */
export async function action({ request }: ActionFunctionArgs): Promise<Response> {
  const form = await readForm(request);
  return redirect(pathOnThisSite(form.get('returnTo'), request), {
    headers: { 'Set-Cookie': writeThemeCookie(parseTheme(form.get('theme'))) },
  });
}

/** Typed into an address bar it leads home. */
export function loader(): Response {
  return redirect('/');
}

/**
 * The path of an address of this site, read as a browser reads it: it drops tabs and line breaks, and takes `\\` for `/`.
 * Home for anything that would lead away.
 */
function pathOnThisSite(value: FormDataEntryValue | null, { url }: Request): string {
  const { origin } = new URL(url);
  if (typeof value !== 'string' || !URL.canParse(value, origin)) return '/';
  const wanted = new URL(value, origin);
  // a path can begin with two slashes itself, which a browser would take for a host
  const leadsAway = wanted.origin !== origin || wanted.pathname.startsWith('//');
  return leadsAway ? '/' : wanted.pathname + wanted.search;
}
