import type { StoredCheck } from '@/model/app-check';
import type { CheckStore } from '@/store/check-store';
import { pageQuery, toIssues } from '@/plan/input-schemas';
import { checkUrl } from '@/report/addresses';
import { answer, answerBadInput, answerError, answerRefusal, api, methodNotAllowed } from './api-response';
import { readQuery } from './read-query';
import { withUrl } from './with-urls';

/** The part that these handlers need of what the framework passes to a route's handlers. */
interface RouteArgs {
  context: { checks: Pick<CheckStore, 'list' | 'get' | 'remove'> };
  params: Readonly<Record<string, string | undefined>>;
  request: Request;
}

/** `GET /api/checks`: a page of stored results of `oversell check`, newest first. */
export function listChecks({ context, request }: RouteArgs): Promise<Response> {
  return api(async () => {
    const query = pageQuery.safeParse(readQuery(request));
    if (!query.success) return answerBadInput(toIssues(query.error));
    const page = await context.checks.list(query.data);
    if (!page.ok) return answerRefusal(page);
    return answer({
      checks: page.checks.map((check) => withUrl(check, checkUrl(check.id))),
      nextCursor: page.nextCursor,
    });
  });
}

/** `GET /api/checks/:id`: one result, as `oversell check --json` printed it. */
export function getCheck({ context, params: { checkId: id = '' } }: RouteArgs): Promise<Response> {
  return api(async () => {
    const check = await context.checks.get(id);
    if (check) return answer(withUrl(check, checkUrl(check.id)));
    return unknownCheck(id);
  });
}

function unknownCheck(id: string): Response {
  return answerError(404, { code: 'unknown-check', message: `There is no check ${id}.` });
}

/** A file made of a result, in one piece. */
interface CheckFile {
  body: string;
  mediaType: string;
  extension: string;
}

/** The loader of a download that is made of a result. */
export function downloadCheck(make: (check: StoredCheck) => CheckFile) {
  return ({ context, params: { checkId: id = '' } }: RouteArgs): Promise<Response> =>
    api(async () => {
      const check = await context.checks.get(id);
      if (!check) return unknownCheck(id);
      const { body, mediaType, extension } = make(check);
      const headers = {
        'content-type': mediaType,
        'content-disposition': `attachment; filename="check-${check.id}.${extension}"`,
        'cache-control': 'no-store',
      };
      return new Response(body, { headers });
    });
}

/** `DELETE /api/checks/:id`: forgets a result. */
export function deleteCheck({ context, params, request }: RouteArgs): Promise<Response> {
  return api(async () => {
    if (request.method !== 'DELETE') return methodNotAllowed('GET', 'DELETE');
    const removed = await context.checks.remove(params.checkId ?? '');
    return removed.ok ? new Response(null, { status: 204 }) : answerRefusal(removed);
  });
}
