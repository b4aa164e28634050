import { addressOf } from '../../../../firmware/crypto/address.js';
import { guardEngine } from '../../../../firmware/crypto/guarded-engine.js';
import { chooseHostEngine } from '../../../../host-sim/engines/host-engine.js';
import type { Signer } from '../../../../host-sim/world/chain-signer.js';

export const ENGINE = guardEngine(chooseHostEngine('libsecp256k1', () => {}));

/** @returns somebody, always the same for the same number */
export function signer(number: number): Signer {
  const key32 = new Uint8Array(32).fill(number);
  return { key32, address20: addressOf(ENGINE, ENGINE.publicKey(key32)) };
}
