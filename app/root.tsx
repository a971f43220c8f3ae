import type { LinksFunction, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import {
  Form,
  isRouteErrorResponse,
  Link,
  Links,
  Meta,
  Outlet,
  Scripts,
  ScrollRestoration,
  useLocation,
  useMatches,
  useNavigation,
  useRouteError,
  useRouteLoaderData,
} from '@remix-run/react';
import { useContext, useEffect, type FormEvent, type ReactElement, type ReactNode } from 'react';
import { describePage } from '~/page-meta';
import styles from '~/styles.css?url';
import { readThemeCookie, type Theme } from '~/theme';
import { Brand } from '~/ui/shell/brand';
import { CspNonce } from '~/ui/shell/csp-nonce';
import { KeysDialog } from '~/ui/shell/keys-dialog';
import { describeProblem, Problem } from '~/ui/shell/problem';
import { ThemeSwitch } from '~/ui/shell/theme-switch';
import { usePoll } from '~/hooks/use-poll';

interface RootData {
  theme: Theme;
  version: string;
  /** The server's origin, such as http://127.0.0.1:3000. */
  origin: string;
}

/** The requests of a route to the document, through its `handle`. */
interface PageHandle {
  /** Whether the page should reload itself every few seconds without scripts. */
  reloadsWithoutScripts?: (data: unknown) => boolean;
  /** Whether the page shows more side by side than fits into the width of a page of text. */
  isWide?: boolean;
}

export function loader({ request, context }: LoaderFunctionArgs): RootData {
  return {
    theme: readThemeCookie(request.headers.get('cookie')),
    version: context.version,
    origin: new URL(request.url).origin,
  };
}

export const links: LinksFunction = () => [
  { rel: 'stylesheet', href: styles },
  { rel: 'icon', href: '/favicon.svg', type: 'image/svg+xml' },
];

export const meta: MetaFunction = () => describePage(null);

/** The document, also around error pages. */
export function Layout({ children }: { children: ReactNode }): ReactElement {
  const nonce = useContext(CspNonce);
  const root = useRouteLoaderData<typeof loader>('root');
  const theme = root?.theme ?? 'system';
  const isWide = useMatches().some(({ handle }) => (handle as PageHandle | undefined)?.isWide);
  useEffect(markInteractive, []);
  return (
    <html lang="en" data-theme={theme === 'system' ? undefined : theme}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        {/* without any referrer, browsers post forms with "Origin: null", which Remix takes for an attack */}
        <meta name="referrer" content="same-origin" />
        <meta name="color-scheme" content={theme === 'system' ? 'light dark' : theme} />
        <Meta />
        {/* here, because a page's own meta would replace it; other sites show it, so its address is absolute */}
        <meta property="og:image" content={`${root?.origin ?? ''}/social.png`} />
        <meta name="twitter:card" content="summary_large_image" />
        <Links />
        <ReloadWithoutScripts />
      </head>
      <body className={`flex min-h-dvh flex-col ${isWide ? 'wide' : ''}`}>
        <a
          href="#content"
          className="sr-only rounded-md bg-ink px-3 py-2 text-inverse focus:not-sr-only focus:absolute focus:z-50 focus:m-2"
        >
          Skip to content
        </a>
        <TopBar theme={theme} />
        <ReloadHint />
        <main id="content" className="mx-auto w-full max-w-page flex-1 px-4 pb-16 sm:px-6">
          {children}
        </main>
        <Footer version={root?.version} theme={theme} />
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
      </body>
    </html>
  );
}

/**
 * Effects of parents run last: by now the whole page has its listeners, and hints for keys may be shown (styles.css).
 */
function markInteractive(): void {
  document.documentElement.dataset.interactive = '';
}

/** A restarted server is back in seconds. */
const RETRY_MS = 2_000;

export default function App(): ReactElement {
  return <Outlet />;
}

export function ErrorBoundary(): ReactElement {
  const error = useRouteError();
  const answer = isRouteErrorResponse(error) ? error : null;
  const problem = describeProblem(answer?.status ?? null, answer?.data, error);
  // retries problems that end by themselves
  usePoll(problem.kind === 'offline' || problem.kind === 'database', RETRY_MS);
  return (
    <Problem {...problem}>
      <Link to="/" className="button button-primary">
        Dashboard
      </Link>
      {answer?.status === 404 ? (
        <Link to="/races" className="button">
          All races
        </Link>
      ) : (
        <a href="" className="button">
          Try again
        </a>
      )}
    </Problem>
  );
}

function TopBar({ theme }: { theme: Theme }): ReactElement {
  const busy = useNavigation().state !== 'idle';
  return (
    <header className="border-b border-line bg-surface" aria-busy={busy}>
      <div className="mx-auto flex h-12 w-full max-w-page items-center gap-1 px-4 max-[22.5rem]:gap-0 max-[22.5rem]:px-2 sm:gap-2 sm:px-6">
        <Link to="/" className="mr-1 rounded-md sm:mr-4" aria-label="Oversell, dashboard">
          <Brand />
        </Link>
        <nav aria-label="Pages" className="flex flex-1 sm:gap-1">
          <TopLink to="/">Dashboard</TopLink>
          <TopLink to="/races" alsoFor={['/experiments', '/compare', '/open']}>
            Races
          </TopLink>
          <TopLink to="/strategies">Strategies</TopLink>
          <TopLink to="/explorer">Explorer</TopLink>
          <TopLink to="/checks">Checks</TopLink>
        </nav>
        <KeysDialog />
        <ThemeForm theme={theme} className="max-sm:hidden" />
      </div>
    </header>
  );
}

/** In the top bar, and on a phone, whose bar has no room for it, at the foot of the page. */
function ThemeForm({ theme, className }: { theme: Theme; className: string }): ReactElement {
  const { pathname, search } = useLocation();
  return (
    <Form
      method="post"
      action="/theme"
      replace
      preventScrollReset
      onSubmit={returnToAddressBar}
      className={className}
    >
      <input type="hidden" name="returnTo" value={pathname + search} />
      <ThemeSwitch theme={theme} />
    </Form>
  );
}

/** Returns to the current address, since pages write edits into the address bar without the router. */
function returnToAddressBar({ currentTarget }: FormEvent<HTMLFormElement>): void {
  const returnTo = currentTarget.elements.namedItem('returnTo');
  const { pathname, search } = window.location;
  if (returnTo instanceof HTMLInputElement) returnTo.value = pathname + search;
}

/** `alsoFor`: pages elsewhere that belong to the same part of the program. */
function TopLink({
  to,
  alsoFor = [],
  children,
}: {
  to: string;
  alsoFor?: string[];
  children: ReactNode;
}): ReactElement {
  const { pathname } = useLocation();
  const isAt = (page: string) => pathname === page || (page !== '/' && pathname.startsWith(`${page}/`));
  const isPartOf = alsoFor.some(isAt);
  return (
    <Link
      to={to}
      prefetch="intent"
      aria-current={isAt(to) ? 'page' : isPartOf || undefined}
      className={`rounded-md px-1.5 py-1 font-medium max-sm:text-[0.8125rem] max-[22.5rem]:px-1 sm:px-2.5 ${isAt(to) || isPartOf ? 'bg-hover text-ink' : 'text-ink-2 hover:text-ink'} ${to === '/' ? 'max-sm:hidden' : ''}`}
    >
      {children}
    </Link>
  );
}

function Footer({ version, theme }: { version: string | undefined; theme: Theme }): ReactElement {
  return (
    <footer className="border-t border-line">
      <div className="mx-auto flex w-full max-w-page items-center gap-4 px-4 py-4 sm:px-6">
        <p className="flex flex-1 flex-wrap gap-x-4 text-xs text-ink-3">
          <span>Oversell{version ? ` ${version}` : ''}</span>
          <span>
            Real purchases on real PostgreSQL and Redis. Every verdict is computed from the final rows.
          </span>
        </p>
        <ThemeForm theme={theme} className="sm:hidden" />
      </div>
    </footer>
  );
}

function useReloadsWithoutScripts(): boolean {
  return useMatches().some(
    ({ handle, data }) => (handle as PageHandle | undefined)?.reloadsWithoutScripts?.(data) ?? false,
  );
}

function ReloadWithoutScripts(): ReactElement | null {
  if (!useReloadsWithoutScripts()) return null;
  return (
    <noscript>
      <meta httpEquiv="refresh" content="2" />
    </noscript>
  );
}

/** Some browsers ignore the refresh, so the page says how to go on. */
function ReloadHint(): ReactElement | null {
  if (!useReloadsWithoutScripts()) return null;
  return (
    <noscript>
      <p className="border-b border-warning-line bg-warning-wash px-4 py-2 text-center text-[0.8125rem] text-warning-ink">
        Scripts are off, so this page reloads every 2 seconds. If it stands still,{' '}
        <a href="" className="underline">
          reload it
        </a>
        .
      </p>
    </noscript>
  );
}
