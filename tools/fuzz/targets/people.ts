import { addressOf } from '../../../firmware/crypto/address.js';
import type { CryptoEngine } from '../../../firmware/crypto/engine.js';
import { guardEngine } from '../../../firmware/crypto/guarded-engine.js';
import { formatHex, formatQuantity } from '../../../firmware/protocol/hex.js';
import { signedPayload, signingPayload, type Transaction } from '../../../firmware/protocol/transaction.js';
import { chooseHostEngine } from '../../../host-sim/engines/host-engine.js';

/** Somebody with a key that everybody may know. */
export interface Person {
  readonly key32: Uint8Array;
  readonly address20: Uint8Array;
}

/** A transaction as a node shows it. */
export interface ShownTransaction {
  readonly hash32: Uint8Array;
  readonly json: Readonly<Record<string, unknown>>;
}

export const CHAIN_ID = 4690n;
export const REGISTRY = new Uint8Array(20).fill(0x11);
/** An engine that nobody counts, for what tools and chains do. */
export const engine: CryptoEngine = guardEngine(chooseHostEngine());
export const OWNER = person(1);
export const GUEST = person(2);
export const STRANGER = person(3);

/** Signs a call as a wallet would. @param type - of the transaction */
export function signCall(
  by: Person,
  data: Uint8Array,
  nonce: number | bigint,
  type: 0 | 1 | 2 = 2,
): ShownTransaction {
  const transaction = transactionOf(data, BigInt(nonce), type);
  const { signature64, recoveryId } = engine.signRecoverable(
    engine.keccak256(signingPayload(transaction)),
    by.key32,
  );
  const r = signature64.slice(0, 32);
  const s = signature64.slice(32);
  const hash32 = engine.keccak256(signedPayload({ ...transaction, r, s, yParity: recoveryId }));
  const quantity = (bytes: Uint8Array) => formatQuantity(BigInt(formatHex(bytes)));
  const v = type === 0 ? 35n + 2n * CHAIN_ID + BigInt(recoveryId) : BigInt(recoveryId);
  const json = {
    type: formatQuantity(type),
    chainId: formatQuantity(CHAIN_ID),
    nonce: formatQuantity(nonce),
    gas: '0xea60',
    gasPrice: '0x2',
    ...(type === 2 ? { maxPriorityFeePerGas: '0x1', maxFeePerGas: '0x2' } : {}),
    to: formatHex(REGISTRY),
    value: '0x0',
    input: formatHex(data),
    ...(type === 0 ? {} : { accessList: listOf(transaction), yParity: formatQuantity(recoveryId) }),
    r: quantity(r),
    s: quantity(s),
    v: formatQuantity(v),
    hash: formatHex(hash32),
    from: formatHex(by.address20),
  };
  return { hash32, json };
}

function person(seed: number): Person {
  const key32 = new Uint8Array(32).fill(seed);
  return { key32, address20: addressOf(engine, engine.publicKey(key32)) };
}

function transactionOf(data: Uint8Array, nonce: bigint, type: 0 | 1 | 2): Transaction {
  const fields = { chainId: CHAIN_ID, nonce, gasLimit: 60_000n, to: REGISTRY, value: 0n, data };
  const accessList = [{ address: REGISTRY, storageKeys: [new Uint8Array(32).fill(7)] }];
  if (type === 0) return { type, ...fields, gasPrice: 2n };
  if (type === 1) return { type, ...fields, gasPrice: 2n, accessList };
  return { type, ...fields, maxPriorityFeePerGas: 1n, maxFeePerGas: 2n, accessList: [] };
}

function listOf(transaction: Transaction): readonly unknown[] {
  if (transaction.type === 0) return [];
  return transaction.accessList.map(({ address, storageKeys }) => ({
    address: formatHex(address),
    storageKeys: storageKeys.map(formatHex),
  }));
}
