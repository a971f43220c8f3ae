import { createContext } from 'react';

/**
 * The nonce of this response's inline scripts. Only the server knows it; in the browser it is empty, which is also what
 * browsers let scripts read of it, so that hydration finds no difference.
 */
export const CspNonce = createContext('');
