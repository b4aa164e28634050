import { type AccessList, EMPTY_ACCESS_LIST } from './access-list.js';
import type { Guard } from './guard.js';

/** Whom the lock obeys and what it has obeyed: all that a verdict depends on, and all that a verdict changes. */
export interface Authority {
  /** 20-byte address of the pinned signing key. */
  readonly owner: Uint8Array;
  readonly epoch: number;
  /** The owner's last order to the bolt (actions 1 to 3). */
  readonly boltGuard: Guard | undefined;
  /** The owner's last change of mode (actions 4 and 5). */
  readonly modeGuard: Guard | undefined;
  /** `notAfter` of the owner's last lock: another's unlock needs a later one. Unix seconds, 0 for none. */
  readonly barrierSeconds: number;
  /** Bits of MODE. */
  readonly modes: number;
  readonly access: AccessList;
}

/** What a lock knows right after an owner was pinned: nobody else, and nothing obeyed yet. */
export function freshAuthority(owner: Uint8Array, epoch: number): Authority {
  return {
    owner,
    epoch,
    boltGuard: undefined,
    modeGuard: undefined,
    barrierSeconds: 0,
    modes: 0,
    access: EMPTY_ACCESS_LIST,
  };
}
