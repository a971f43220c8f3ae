import { pageError } from '@/server/http/or-unavailable';

/** Every address that no other route takes. */
export function loader(): never {
  throw pageError(404, { code: 'not-found', message: 'There is no page at this address.' });
}

/** Forms posted to nowhere get the same answer. */
export function action(): never {
  return loader();
}

export default function NotFound(): null {
  return null;
}
