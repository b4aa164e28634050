import type { CryptoEngine } from '../crypto/engine.js';
import { recoverSender } from '../crypto/sender.js';
import { equalBytes } from '../protocol/bytes.js';
import { decodeCommand, lockNamedBy } from '../protocol/command.js';
import { DecodeError } from '../protocol/errors.js';
import { decodePostCall, type Post } from '../protocol/post.js';
import { type RefusalReason, refusalOf } from '../protocol/refusal.js';
import { type SignedTransaction, signedPayload, transactionFromRpc } from '../protocol/transaction.js';
import type { SignedCommand } from './authorizer.js';

/** Where a command must be addressed to; every part is pinned in the lock, never taken from a node. */
export interface Domain {
  readonly chainId: bigint;
  readonly registry20: Uint8Array;
  readonly lock20: Uint8Array;
}

/** A command together with what its signature says it was meant for. */
export interface ExaminedCommand extends SignedCommand {
  readonly addressee: Domain;
}

export type Examination<Content = ExaminedCommand> =
  | { readonly ok: true; readonly signed: Content }
  | {
      readonly ok: false;
      readonly reason: RefusalReason;
      readonly detail: string;
      /** These are the bytes that were asked for: asking again will bring no others. */
      readonly isTrue: boolean;
    };

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
  return examine(engine, domain, asked, json, (transaction) => {
    const { data, nonce, chainId, to } = transaction;
    const command = decodeCommand(data, domain.lock20);
    const addressee: Domain = { chainId, registry20: to, lock20: lockNamedBy(data, command) };
    return () => ({ by: recoverSender(engine, transaction), nonce, command, addressee });
  });
}

/**
 * Rebuilds the transaction that left something in the registry's mailbox, as `examineTransaction` does.
 * Does not check who sent it, which is nobody's authority, nor what the envelope says.
 */
export function examinePost(
  engine: CryptoEngine,
  domain: Domain,
  asked: Uint8Array,
  json: unknown,
): Examination<Post> {
  return examine(engine, domain, asked, json, ({ data }) => {
    const post = decodePostCall(data);
    return () => post;
  });
}

/** @param read - decodes the call; what it returns is called once the bytes are known to be those that were asked for */
function examine<Content>(
  engine: CryptoEngine,
  domain: Domain,
  asked: Uint8Array,
  json: unknown,
  read: (transaction: SignedTransaction) => () => Content,
): Examination<Content> {
  let transaction: SignedTransaction | undefined;
  let refusal: Refusal;
  try {
    transaction = transactionFromRpc(json);
    const addressed = refusalOfAddress(transaction, domain);
    if (addressed === undefined) {
      const content = read(transaction);
      // Only to know it again: a node that shows a transaction under another's hash could have it judged twice.
      if (!isHashOf(engine, transaction, asked)) {
        return { ok: false, reason: 'hash', detail: 'not the transaction that was asked for', isTrue: false };
      }
      return { ok: true, signed: content() };
    }
    refusal = addressed;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    refusal = { reason: refusalOf(error.code), detail: error.message };
  }
  return { ok: false, ...refusal, isTrue: transaction !== undefined && isHashOf(engine, transaction, asked) };
}

interface Refusal {
  readonly reason: RefusalReason;
  readonly detail: string;
}

function refusalOfAddress({ to, chainId }: SignedTransaction, domain: Domain): Refusal | undefined {
  if (!equalBytes(to, domain.registry20)) return { reason: 'registry', detail: 'sent to another contract' };
  if (chainId !== domain.chainId) return { reason: 'chain-id', detail: `signed for chain ${chainId}` };
  return undefined;
}

function isHashOf(engine: CryptoEngine, transaction: SignedTransaction, hash32: Uint8Array): boolean {
  return equalBytes(engine.keccak256(signedPayload(transaction)), hash32);
}
