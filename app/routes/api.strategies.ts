import type { LoaderFunctionArgs } from '@remix-run/node';
import { answer, methodNotAllowed } from '@/server/http/api-response';

export const loader = ({ context }: LoaderFunctionArgs): Response => answer(context.lab.strategies);

export const action = (): Response => methodNotAllowed('GET');
