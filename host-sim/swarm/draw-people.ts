import { addressOf } from '../../firmware/crypto/address.js';
import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import type { Signer } from '../world/chain-signer.js';
import type { Prng } from '../world/prng.js';

export interface DrawnPeople {
  /** Who may have the token one after the other; the first is paired. */
  readonly owners: readonly Signer[];
  readonly guests: readonly Signer[];
  /** Whom nobody ever gives anything. */
  readonly thief: Signer;
}

/** Draws the keys of everybody in a world. @param prng - a stream for them alone */
export function drawPeople(engine: CryptoEngine, prng: Prng, guestCount: number): DrawnPeople {
  const signer = (): Signer => {
    const key32 = prng.bytes(32);
    return { key32, address20: addressOf(engine, engine.publicKey(key32)) };
  };
  const owners = [signer(), signer(), signer()];
  const guests = Array.from({ length: guestCount }, signer);
  return { owners, guests, thief: signer() };
}
