import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { recoverSender, transactionHash } from '../../firmware/crypto/sender.js';
import { equalBytes } from '../../firmware/protocol/bytes.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { formatHex, parseHex } from '../../firmware/protocol/hex.js';
import {
  type SignedTransaction,
  signedPayload,
  transactionFromRpc,
} from '../../firmware/protocol/transaction.js';
import { transactionJson } from './raw-transaction.js';
import type { Tally } from './tally.js';

interface Outcome {
  readonly hash?: string;
  readonly sender?: string;
  readonly exception?: string;
}

/** Newer tests say what each fork makes of the bytes; older ones are of one fork. */
export interface TransactionTest extends Outcome {
  readonly txbytes?: string;
  readonly rlp?: string;
  readonly result?: Readonly<Record<string, Outcome>>;
}

/** The newest first. */
const FORKS = ['Osaka', 'Prague', 'Cancun', 'Shanghai', 'Paris', 'Merge', 'London', 'Berlin', 'Istanbul'];

/** What a chain refuses, and no encoding or signature shows: gas, prices, balances, which chain it is. */
const OF_THE_CHAIN =
  /INTRINSIC_GAS|PRICE_PRODUCT|PRIORITY_GREATER|INITCODE|NONCE_TOO_BIG|NONCE_OVERFLOW|GASPRICE_OVERFLOW|GASLIMIT_OVERFLOW|PRIORITY_OVERFLOW|VALUE_OVERFLOW|INVALID_CHAINID/;

/** Puts transaction tests of `ethereum/tests` to the reader of transactions and an engine. @param engine - a guarded one */
export function runTransactionTests(
  file: Readonly<Record<string, TransactionTest>>,
  engine: CryptoEngine,
  tally: Tally,
): void {
  for (const [name, test] of Object.entries(file)) runTest(name, test, engine, tally);
}

function runTest(name: string, test: TransactionTest, engine: CryptoEngine, tally: Tally): void {
  const raw = bytesOf(test.txbytes ?? test.rlp ?? '');
  const fork = FORKS.find((each) => test.result?.[each] !== undefined);
  if (test.result !== undefined && fork === undefined) {
    tally.skip('forks before Istanbul alone');
    return;
  }
  const expected: Outcome = test.result?.[fork ?? ''] ?? test;
  const read = readTransaction(raw, engine);
  if (expected.sender === undefined) {
    const { exception = 'refused by a rule of its fork' } = expected;
    if (!read.ok) tally.judge(true, name);
    else if (test.result === undefined || OF_THE_CHAIN.test(exception))
      tally.skip(`not of the encoding: ${exception}`);
    else tally.judge(false, `${name} (${exception}) was accepted`);
    return;
  }
  const limit = read.ok ? undefined : LIMITS.get(read.code);
  if (limit !== undefined) {
    tally.skip(limit);
    return;
  }
  const holds =
    read.ok &&
    equalBytes(read.sender20, bytesOf(expected.sender)) &&
    equalBytes(read.hash32, bytesOf(expected.hash ?? ''));
  tally.judge(
    holds,
    `${name}: ${read.ok ? `sender ${formatHex(read.sender20)}` : `refused as ${read.code}`}`,
  );
}

/** Reasons of the lock's own, by the code of the refusal. */
const LIMITS: ReadonlyMap<string, string> = new Map([
  ['unprotected', 'the lock takes no transaction without a chain id (EIP-155)'],
  ['size', 'longer than any call that commands a lock'],
  ['access-list', 'a longer access list than the lock reads'],
]);

type Read =
  | { readonly ok: true; readonly sender20: Uint8Array; readonly hash32: Uint8Array }
  | { readonly ok: false; readonly code: string };

/**
 * Reads a transaction as the lock does: from a node's JSON, which must give the same bytes again. Coins and contract
 * creation, which the lock refuses, are put back in afterwards, so that payload and sender are still tested.
 */
function readTransaction(raw: Uint8Array, engine: CryptoEngine): Read {
  try {
    const { json, value, to } = transactionJson(raw);
    const transaction: SignedTransaction = { ...transactionFromRpc(json), value, to };
    if (!equalBytes(signedPayload(transaction), raw)) return { ok: false, code: 'another form' };
    return {
      ok: true,
      sender20: recoverSender(engine, transaction),
      hash32: transactionHash(engine, transaction),
    };
  } catch (error) {
    if (error instanceof DecodeError) return { ok: false, code: error.code };
    throw error;
  }
}

function bytesOf(hex: string): Uint8Array {
  return parseHex(hex.startsWith('0x') ? hex : `0x${hex}`);
}
