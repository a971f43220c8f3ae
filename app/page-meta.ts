/** The description of the product in previews of its links. */
const DESCRIPTION = 'A race laboratory for inventory: can this checkout sell the last unit twice?';

type PageMeta = (
  { title: string } | { name: string; content: string } | { property: string; content: string }
)[];

/** Title and description of a page, for the browser and for previews of a link to it. */
export function describePage(title: string | null, description: string = DESCRIPTION): PageMeta {
  const full = title === null ? 'Oversell' : `${title} · Oversell`;
  return [
    { title: full },
    { name: 'description', content: description },
    { property: 'og:title', content: full },
    { property: 'og:description', content: description },
  ];
}
