import type { ReactElement, ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { replaceControls } from '@/report/formats/control-characters';
import css from '~/styles.css?inline';

/** Nothing is loaded, whatever a name in the document contains. */
const NOTHING_LOADS = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** A page as one HTML document that needs no script, no other file and no network. */
export function renderOffline(page: OfflineProps): string {
  const html = renderToStaticMarkup(<OfflineDocument {...page} />);
  return `<!doctype html>\n${replaceControls(shareIcons(withoutLinks(html)))}\n`;
}

export interface OfflineProps {
  title: string;
  /** Below everything, in small print. */
  footer: string;
  children: ReactNode;
}

function OfflineDocument({ title, footer, children }: OfflineProps): ReactElement {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta httpEquiv="Content-Security-Policy" content={NOTHING_LOADS} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · Oversell`}</title>
        <style dangerouslySetInnerHTML={{ __html: css }} />
      </head>
      <body className="wide">
        <main className="mx-auto flex w-full max-w-page flex-col gap-8 px-4 py-8 sm:px-6">
          {children}
          <footer className="border-t border-line pt-4 text-xs text-ink-3">{footer}</footer>
        </main>
      </body>
    </html>
  );
}

/** A page repeats its icons some thirty times a lane: each is drawn once, and referred to. */
function shareIcons(html: string): string {
  const icons = new Map<string, string>();
  const shared = html.replace(
    /<svg xmlns="[^"]*" width="24" height="24" (viewBox[^>]*?) class="lucide(?: lucide-[\w-]+)* ?([^"]*)"( aria-hidden="true")?>(.*?)<\/svg>/g,
    (_, look: string, classes: string, hidden: string | undefined, shapes: string) => {
      const drawn = `<symbol id="ICON" ${look}>${shapes}</symbol>`;
      const id = icons.get(drawn) ?? `i${icons.size}`;
      icons.set(drawn, id);
      return `<svg class="${classes}"${hidden ?? ''}><use href="#${id}"/></svg>`;
    },
  );
  const symbols = [...icons].map(([drawn, id]) => drawn.replace('"ICON"', `"${id}"`));
  return shared.replace(
    /<main/,
    `<svg width="0" height="0" class="absolute" aria-hidden="true">${symbols.join('')}</svg><main`,
  );
}

/** Links of a page lead to its server, which a file does not have. */
function withoutLinks(html: string): string {
  return html.replace(/(<a [^>]*?)href="\/[^"]*"/g, '$1');
}
