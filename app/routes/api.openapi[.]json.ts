import type { LoaderFunctionArgs } from '@remix-run/node';
import { answer, methodNotAllowed } from '@/server/http/api-response';
import { describeApi } from '@/server/openapi/describe-api';

export const loader = ({ context }: LoaderFunctionArgs): Response => answer(describeApi(context.version));

export const action = (): Response => methodNotAllowed('GET');
