import { concatBytes } from '../protocol/bytes.js';
import { DecodeError } from '../protocol/errors.js';
import type { RecoverableSignature } from './engine.js';

/** `v` of a parity of 0, as Bitcoin's message signatures began it and `ecrecover` kept it. */
const V_BASE = 27;

/**
 * From COSE's r||s to the EVM's r||s||v, 65 bytes with v 27 or 28.
 * @see RFC 8812 section 3.2; yellow paper, appendix F
 */
export function toEvmSignature65(signature: RecoverableSignature): Uint8Array {
  return concatBytes(signature.signature64, Uint8Array.of(V_BASE + signature.recoveryId));
}

/**
 * From the EVM's r||s||v to COSE's r||s and a recovery id. Does not check r and s: the guarded engine does.
 * @throws DecodeError `size` | `range` where v is neither 27 nor 28
 */
export function fromEvmSignature65(signature65: Uint8Array): RecoverableSignature {
  if (signature65.length !== 65) {
    throw new DecodeError('size', `expected a signature of 65 bytes, found ${signature65.length}`);
  }
  const v = signature65[64] as number;
  if (v !== V_BASE && v !== V_BASE + 1) throw new DecodeError('range', `expected v of 27 or 28, found ${v}`);
  return { signature64: signature65.slice(0, 64), recoveryId: v === V_BASE ? 0 : 1 };
}
