import { pageError } from '@/server/http/or-unavailable';

/** Handles every address without a route. */
export function loader(): never {
  throw pageError(404, { code: 'not-found', message: 'There is no page at this address.' });
}

/** Forms posted to an unknown address get the same response. */
export function action(): never {
  return loader();
}

export default function NotFound(): null {
  return null;
}
