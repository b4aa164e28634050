import type { CryptoEngine } from '../crypto/engine.js';
import { recoverSender } from '../crypto/sender.js';
import { equalBytes } from '../protocol/bytes.js';
import { decodeCommand } from '../protocol/command.js';
import { DecodeError } from '../protocol/errors.js';
import { type RefusalReason, refusalOf } from '../protocol/refusal.js';
import { signedPayload, transactionFromRpc } from '../protocol/transaction.js';
import type { SignedCommand } from './authorizer.js';

/** Where a command must be addressed to; every part is pinned in the lock, never taken from a node. */
export interface Domain {
  readonly chainId: bigint;
  readonly registry20: Uint8Array;
  readonly lock20: Uint8Array;
}

export type Examination =
  | { readonly ok: true; readonly signed: SignedCommand }
  | { readonly ok: false; readonly reason: RefusalReason; readonly detail: string };

/**
 * Rebuilds the signed transaction from what a node answered and finds who signed which command, cheapest check
 * first: sizes and fields, registry, chain, calldata, lock, then the one curve operation.
 * Does not check whether the sender may command the lock, nor when: that is `judge`.
 * @param asked - 32-byte hash of the transaction that was asked for
 * @param json - the `result` of `eth_getTransactionByHash`, untrusted
 * @see PROTOCOL.md section 3
 */
export function examineTransaction(
  engine: CryptoEngine,
  domain: Domain,
  asked: Uint8Array,
  json: unknown,
): Examination {
  try {
    const transaction = transactionFromRpc(json);
    if (!equalBytes(transaction.to, domain.registry20)) return refuse('registry', 'sent to another contract');
    if (transaction.chainId !== domain.chainId)
      return refuse('chain-id', `signed for chain ${transaction.chainId}`);
    const command = decodeCommand(transaction.data, domain.lock20);
    // Only to know it again: a node that shows a transaction under another's hash could have it judged twice.
    if (!equalBytes(engine.keccak256(signedPayload(transaction)), asked)) {
      return refuse('hash', 'not the transaction that was asked for');
    }
    return {
      ok: true,
      signed: { by: recoverSender(engine, transaction), nonce: transaction.nonce, command },
    };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return refuse(refusalOf(error.code), error.message);
  }
}

function refuse(reason: RefusalReason, detail: string): Examination {
  return { ok: false, reason, detail };
}
