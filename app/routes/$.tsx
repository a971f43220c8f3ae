import { refusePage } from '@/server/http/ask-lab';

/** Every address that no other route takes. */
export function loader(): never {
  throw refusePage(404, { code: 'not-found', message: 'There is no page at this address.' });
}

/** Forms posted to nowhere get the same answer. */
export function action(): never {
  return loader();
}

export default function NotFound(): null {
  return null;
}
