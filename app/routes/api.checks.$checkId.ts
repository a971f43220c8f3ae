import { deleteCheck, getCheck } from '@/server/http/check-routes';

export const loader = getCheck;
export const action = deleteCheck;
