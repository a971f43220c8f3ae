import type { LoaderFunctionArgs } from '@remix-run/node';
import { answer, methodNotAllowed } from '~/http/api-response.server';

export const loader = ({ context }: LoaderFunctionArgs): Response => answer(context.lab.strategies);

export const action = (): Response => methodNotAllowed('GET');
