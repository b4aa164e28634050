/** The last order of one sender that was obeyed: nonce first, then notAfter. */
export interface Guard {
  readonly nonce: bigint;
  readonly notAfterSeconds: number;
}

/**
 * Whether an order comes after the guard, lexicographically. A later nonce wins; at the same nonce
 * (a replacement) a later notAfter does. Everything at or below was obeyed or is void.
 */
export function isAfterGuard(guard: Guard | undefined, order: Guard): boolean {
  if (guard === undefined || order.nonce > guard.nonce) return true;
  return order.nonce === guard.nonce && order.notAfterSeconds > guard.notAfterSeconds;
}
