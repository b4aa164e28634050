import { concatBytes } from '../protocol/bytes.js';
import { type SignedTransaction, signedPayload, signingPayload } from '../protocol/transaction.js';
import { addressOf } from './address.js';
import type { CryptoEngine } from './engine.js';

/**
 * Recovers who signed an Ethereum transaction from its fields. Does not check who may command the lock.
 * @param engine - a guarded one
 * @returns 20-byte sender address
 * @throws DecodeError `signature-range` | `high-s` | `signature`
 * @see EIP-155, EIP-1559, EIP-2930; yellow paper, appendix F
 */
export function recoverSender(engine: CryptoEngine, transaction: SignedTransaction): Uint8Array {
  const digest32 = engine.keccak256(signingPayload(transaction));
  const signature64 = concatBytes(transaction.r, transaction.s);
  return addressOf(engine, engine.recover(digest32, signature64, transaction.yParity));
}

/** The hash by which the network knows a transaction, 32 bytes; compare it with the one that was asked for. */
export function transactionHash(
  engine: Pick<CryptoEngine, 'keccak256'>,
  transaction: SignedTransaction,
): Uint8Array {
  return engine.keccak256(signedPayload(transaction));
}
