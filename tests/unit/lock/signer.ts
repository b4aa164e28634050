import { addressOf } from '../../../firmware/crypto/address.js';
import type { CryptoEngine } from '../../../firmware/crypto/engine.js';
import { guardEngine } from '../../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../../firmware/crypto/noble-engine.js';
import { concatBytes } from '../../../firmware/protocol/bytes.js';
import { formatHex, formatQuantity } from '../../../firmware/protocol/hex.js';
import { signedPayload, signingPayload, type Transaction } from '../../../firmware/protocol/transaction.js';

/** The guarded noble engine; its curve operations are pure functions, so worlds that repeat a story share them. */
export const engine = guardEngine(remember(createNobleEngine()));
export const REGISTRY = new Uint8Array(20).fill(0x11);
export const CHAIN_ID = 31337n;
export const NOW = 1_790_000_000;
export const SECRET = new Uint8Array(16).fill(0x5e);
export const URL = 'http://node.example/';

/** Somebody with a key: an owner, a guest, a thief. */
export interface Person {
  readonly key: Uint8Array;
  readonly address: Uint8Array;
}

export function person(seed: number): Person {
  const key = new Uint8Array(32).fill(seed);
  return { key, address: addressOf(engine, engine.publicKey(key)) };
}

export const OWNER = person(1);
export const GUEST = person(2);
export const STRANGER = person(3);

/** A transaction on the fake chain, and the JSON that a node answers. */
export interface Mined {
  readonly hash: Uint8Array;
  readonly json: Record<string, unknown>;
  readonly block: number;
  readonly topic: string;
  /** What it was posted under; absent: the lockId. */
  readonly tag32?: Uint8Array;
}

export interface CallOptions {
  readonly nonce: number | bigint;
  readonly chainId?: bigint;
  readonly to?: Uint8Array;
}

/** Signs a type-2 transaction as a wallet would. */
export function signCall(by: Person, data: Uint8Array, options: CallOptions): Omit<Mined, 'block' | 'topic'> {
  const { nonce, chainId = CHAIN_ID, to = REGISTRY } = options;
  const transaction: Transaction = {
    type: 2,
    chainId,
    nonce: BigInt(nonce),
    gasLimit: 60_000n,
    maxPriorityFeePerGas: 1n,
    maxFeePerGas: 2n,
    to,
    value: 0n,
    data,
    accessList: [],
  };
  const digest = engine.keccak256(signingPayload(transaction));
  const { signature64, recoveryId } = engine.signRecoverable(digest, by.key);
  const r = signature64.slice(0, 32);
  const s = signature64.slice(32);
  const hash = engine.keccak256(signedPayload({ ...transaction, r, s, yParity: recoveryId }));
  const quantity = (bytes: Uint8Array) => formatQuantity(BigInt(formatHex(bytes)));
  const json = {
    type: '0x2',
    chainId: formatQuantity(chainId),
    nonce: formatQuantity(nonce),
    gas: formatQuantity(60_000),
    gasPrice: '0x2',
    maxPriorityFeePerGas: '0x1',
    maxFeePerGas: '0x2',
    to: formatHex(to),
    value: '0x0',
    input: formatHex(data),
    accessList: [],
    r: quantity(r),
    s: quantity(s),
    yParity: formatQuantity(recoveryId),
    v: formatQuantity(recoveryId),
    hash: formatHex(hash),
    from: formatHex(by.address),
  };
  return { hash, json };
}

/** Four bytes of a challenge, as an order carries them. */
export function firstFour(challenge16: Uint8Array): Uint8Array {
  return challenge16.slice(0, 4);
}

function remember(raw: CryptoEngine): CryptoEngine {
  return {
    ...raw,
    publicKey: cached(raw.publicKey),
    signRecoverable: cached(raw.signRecoverable),
    recover: cached(raw.recover),
  };
}

function cached<Args extends readonly (Uint8Array | number | undefined)[], Result>(
  compute: (...args: Args) => Result,
): (...args: Args) => Result {
  const known = new Map<string, Result>();
  return (...args) => {
    const key = formatHex(
      concatBytes(...args.map((arg) => (arg instanceof Uint8Array ? arg : Uint8Array.of(arg ?? 2)))),
    );
    const before = known.get(key);
    if (before !== undefined) return before;
    const result = compute(...args);
    known.set(key, result);
    return result;
  };
}
