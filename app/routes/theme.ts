import type { ActionFunctionArgs } from '@remix-run/node';
import { redirect } from '@remix-run/node';
import { readForm } from '@/server/http/read-form';
import { parseTheme, writeThemeCookie } from '~/theme';

/** Stores the reader's theme and returns to the page on which it was chosen. */
export async function action({ request }: ActionFunctionArgs): Promise<Response> {
  const form = await readForm(request);
  return redirect(pathOnThisSite(form.get('returnTo'), request), {
    headers: { 'Set-Cookie': writeThemeCookie(parseTheme(form.get('theme'))) },
  });
}

/** Opened by its address, it redirects to the home page. */
export function loader(): Response {
  return redirect('/');
}

/**
 * The path of an address on this site, parsed the way a browser does: it drops tabs and line breaks, and takes `\\` for
 * `/`. The home page for anything that would lead away.
 */
function pathOnThisSite(value: FormDataEntryValue | null, { url }: Request): string {
  const { origin } = new URL(url);
  if (typeof value !== 'string' || !URL.canParse(value, origin)) return '/';
  const wanted = new URL(value, origin);
  // a path may itself begin with two slashes, which a browser would take for a host
  const leadsAway = wanted.origin !== origin || wanted.pathname.startsWith('//');
  return leadsAway ? '/' : wanted.pathname + wanted.search;
}
