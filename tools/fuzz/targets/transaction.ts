import { recoverSender, transactionHash } from '../../../firmware/crypto/sender.js';
import { equalBytes } from '../../../firmware/protocol/bytes.js';
import type { DecodeErrorCode } from '../../../firmware/protocol/errors.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { parseJson } from '../../../firmware/protocol/json-rpc.js';
import {
  ACCESS_LIST_ENTRIES_MAX,
  ACCESS_LIST_KEYS_MAX,
  CALLDATA_BYTES_MAX,
  HTTP_BODY_BYTES_MAX,
  RLP_BYTES_MAX,
} from '../../../firmware/protocol/limits.js';
import { decodeRlp } from '../../../firmware/protocol/rlp.js';
import {
  type SignedTransaction,
  signedPayload,
  transactionFromRpc,
} from '../../../firmware/protocol/transaction.js';
import { attempt, expect, type Target } from '../target.js';
import { createCountingEngine } from './counting-engine.js';
import { engine, GUEST, OWNER, signCall } from './people.js';
import { JSON_REFUSALS } from './refusals.js';
import { jsonBytes, linear } from './seed-bytes.js';

const REFUSALS: readonly DecodeErrorCode[] = Object.freeze([
  'transaction-type',
  'unprotected',
  'create',
  'value',
  'size',
  'access-list',
  'fields-disagree',
  'signature-range',
  'missing',
  'type',
  'hex',
  'range',
]);
const counting = createCountingEngine();

/** A transaction as a node tells it: rebuilt within its limits, and signed by whom the hash knows. */
export const transactionTarget: Target = {
  name: 'transaction',
  shape: { kind: 'json' },
  share: 30,
  bytesMax: 12_000,
  seeds: () =>
    ([0, 1, 2] as const).flatMap((type) => [
      jsonBytes(signCall(OWNER, new Uint8Array(36).fill(3), 5, type).json),
      jsonBytes(signCall(GUEST, new Uint8Array(0), 2n ** 64n - 1n, type).json),
    ]),
  run: (input: Uint8Array) => {
    const json = attempt(() => parseJson(input, HTTP_BODY_BYTES_MAX), JSON_REFUSALS);
    if (json === undefined) return;
    const read = attempt(() => transactionFromRpc(json.value), REFUSALS);
    if (read !== undefined) checkTransaction(read.value);
  },
  stepsMax: linear(6_000, 16),
};

function checkTransaction(transaction: SignedTransaction): void {
  expect(transaction.data.length <= CALLDATA_BYTES_MAX, 'too much calldata');
  const list = transaction.type === 0 ? [] : transaction.accessList;
  expect(list.length <= ACCESS_LIST_ENTRIES_MAX, 'too many entries');
  const keys = list.reduce((sum, { storageKeys }) => sum + storageKeys.length, 0);
  expect(keys <= ACCESS_LIST_KEYS_MAX, 'too many keys');
  const payload = signedPayload(transaction);
  const { type } = transaction;
  expect(payload.length <= RLP_BYTES_MAX, `a payload of ${payload.length} bytes`);
  decodeRlp(type === 0 ? payload : payload.subarray(1));

  const before = counting.work.curve;
  const sender = attempt(
    () => recoverSender(counting.engine, transaction),
    ['signature-range', 'high-s', 'signature'],
  );
  expect(counting.work.curve - before <= 1, 'more than one operation on the curve');
  if (sender === undefined) return;
  // Another transaction by a known person would be a forgery; the same one is told in many ways.
  const known = SAMPLES.some(({ hash32 }) => equalBytes(hash32, transactionHash(engine, transaction)));
  const isPerson = [OWNER, GUEST].some(({ address20 }) => equalBytes(address20, sender.value));
  expect(known === isPerson, `signed by ${formatHex(sender.value)}, known: ${known}`);
}

const SAMPLES = ([0, 1, 2] as const).flatMap((type) => [
  signCall(OWNER, new Uint8Array(36).fill(3), 5, type),
  signCall(GUEST, new Uint8Array(0), 2n ** 64n - 1n, type),
]);
