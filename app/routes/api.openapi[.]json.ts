import type { LoaderFunctionArgs } from '@remix-run/node';
import { answer, methodNotAllowed } from '~/http/api-response.server';
import { describeApi } from '~/http/openapi/describe-api.server';

export const loader = ({ context }: LoaderFunctionArgs): Response => answer(describeApi(context.version));

export const action = (): Response => methodNotAllowed('GET');
