import {
  type Address,
  type Hex,
  keccak256,
  numberToHex,
  serializeTransaction,
  type TransactionSerializable,
  toHex,
} from 'viem';
import { generatePrivateKey, privateKeyToAddress, sign } from 'viem/accounts';
import { commandCall, grantCall, handoverCall } from '../../tools/latchkey/owner/registry-calls.js';
import type { LieName } from './lies.js';

/** What the forger aims at. */
export interface Target {
  readonly chainId: number;
  readonly registry: Address;
  readonly lock: Address;
  readonly owner?: Address;
  /** For the lies that show what the owner once signed. */
  readonly ownerKey?: Hex;
  /** The lock's epoch, 1 where absent. */
  readonly epoch?: number;
}

/** A transaction as `eth_getTransactionByHash` answers it. */
export type RpcTransaction = Record<string, unknown>;

export interface Forgery {
  readonly hash: Hex;
  /** `null`: the node says that it knows none. */
  readonly transaction: RpcTransaction | null;
}

interface Signature {
  readonly r: Hex;
  readonly s: Hex;
  readonly yParity: number;
}

const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
/** No point of secp256k1 has this x: 5^3 + 7 = 132 is no square in its field. */
const NO_POINT_X = 5n;
const UNLOCK = 2;

/**
 * Builds the transaction of one lie, each time with another hash.
 * @param real - an order of this lock that is on the chain, where one is
 * @returns undefined for the lies that need no transaction, or that need what is not there
 */
export async function forgeTransaction(
  name: LieName,
  target: Target,
  nowSeconds: number,
  real?: RpcTransaction,
): Promise<Forgery | undefined> {
  const key = generatePrivateKey();
  const nonce = Number(BigInt(key) & 0xffffn);
  const order = {
    lock: target.lock,
    epoch: target.epoch ?? 1,
    notAfterSeconds: nowSeconds + 240,
    action: UNLOCK,
  };
  const base = {
    type: 'eip1559',
    chainId: target.chainId,
    nonce,
    to: target.registry,
    data: commandCall(order),
    gas: 60_000n,
    maxFeePerGas: 2_000_000_000n,
    maxPriorityFeePerGas: 1_000_000_000n,
  } as const;
  const signed = (change: object = {}) =>
    signTransaction({ ...base, ...change } as TransactionSerializable, key);
  const owners = (change: Partial<typeof order>) =>
    target.ownerKey &&
    signTransaction(
      { ...base, nonce: nonce + 0x10000, data: commandCall({ ...order, ...change }) },
      target.ownerKey,
    );
  switch (name) {
    case 'forged-sender':
      return withJson(await signed(), { from: target.owner ?? target.registry });
    case 'stranger-order':
      return signed();
    case 'stranger-grant':
      return signed({
        data: grantCall(target.lock, privateKeyToAddress(key), grantTerms(order.epoch, nowSeconds)),
      });
    case 'stranger-handover': {
      const word = { epoch: order.epoch, newEpoch: order.epoch + 1, notAfterSeconds: nowSeconds + 86_400 };
      return signed({ data: handoverCall(target.lock, privateKeyToAddress(key), word) });
    }
    case 'junk-signature':
      return assemble(base, {
        r: toHex(NO_POINT_X, { size: 32 }),
        s: toHex(1n + BigInt(nonce), { size: 32 }),
        yParity: 0,
      });
    case 'r-out-of-range':
      return assemble(base, { r: toHex(CURVE_ORDER, { size: 32 }), s: toHex(1n, { size: 32 }), yParity: 0 });
    case 'zero-s':
      return assemble(base, { r: toHex(1n, { size: 32 }), s: toHex(0n, { size: 32 }), yParity: 0 });
    case 'high-s':
      return highTwin(real ?? ((await signed()).transaction as RpcTransaction));
    case 'other-chain':
      return signed({ chainId: target.chainId + 1 });
    case 'other-registry':
      return signed({ to: privateKeyToAddress(key) });
    case 'contract-creation':
      return withJson(await signed({ to: undefined }), { to: null });
    case 'other-lock':
      return signed({ data: commandCall({ ...order, lock: privateKeyToAddress(key) }) });
    case 'other-selector':
      return signed({ data: `0xdeadbeef${base.data.slice(10)}` });
    case 'trailing-calldata':
      return signed({ data: `${base.data}00` });
    case 'unprotected':
      return unprotected(target.registry, base.data, nonce, key);
    case 'blob-transaction':
      return withJson(await signed(), { type: '0x3', maxFeePerBlobGas: '0x1', blobVersionedHashes: [] });
    case 'with-value':
      return signed({ value: 1n });
    case 'long-access-list':
      return signed({
        accessList: Array.from({ length: 9 }, () => ({ address: target.registry, storageKeys: [] })),
      });
    case 'disagreeing-fields':
      return withJson(await signed(), { data: commandCall({ ...order, action: 1 }) });
    case 'missing-fields':
      return withJson(await signed(), { r: undefined });
    case 'odd-hex':
      return withJson(await signed(), { input: base.data.slice(0, -1) });
    case 'other-transaction':
      return { ...(await signed()), hash: keccak256(key) };
    case 'vanishing-transaction':
      return { hash: keccak256(key), transaction: null };
    case 'replay':
      return real && { hash: real['hash'] as Hex, transaction: real };
    case 'expired':
      return owners({ notAfterSeconds: nowSeconds - 60 });
    case 'too-far-ahead':
      return owners({ notAfterSeconds: nowSeconds + 7_200 });
    case 'other-epoch':
      return owners({ epoch: order.epoch + 7 });
    case 'unknown-action':
      return owners({ action: 77 });
    default:
      return undefined;
  }
}

function grantTerms(epoch: number, nowSeconds: number) {
  return { rights: 3, notAfterSeconds: nowSeconds + 86_400, epoch, serial: nowSeconds };
}

async function signTransaction(transaction: TransactionSerializable, privateKey: Hex): Promise<Forgery> {
  const { r, s, yParity } = await sign({ hash: keccak256(serializeTransaction(transaction)), privateKey });
  const forgery = assemble(transaction, { r, s, yParity: yParity ?? 0 });
  return withJson(forgery, { from: privateKeyToAddress(privateKey) });
}

function assemble(transaction: TransactionSerializable, signature: Signature): Forgery {
  const hash = keccak256(serializeTransaction(transaction, signature));
  return { hash, transaction: { ...jsonOf(transaction), ...signatureJson(signature), hash } };
}

function jsonOf(transaction: TransactionSerializable): RpcTransaction {
  return {
    type: '0x2',
    chainId: numberToHex(transaction.chainId ?? 0),
    nonce: numberToHex(transaction.nonce ?? 0),
    gas: numberToHex(transaction.gas ?? 0n),
    maxFeePerGas: numberToHex(transaction.maxFeePerGas ?? 0n),
    maxPriorityFeePerGas: numberToHex(transaction.maxPriorityFeePerGas ?? 0n),
    gasPrice: numberToHex(transaction.maxFeePerGas ?? 0n),
    to: transaction.to ?? null,
    value: numberToHex(transaction.value ?? 0n),
    accessList: transaction.accessList ?? [],
    input: transaction.data ?? '0x',
    from: '0x0000000000000000000000000000000000000000',
    blockHash: null,
    blockNumber: null,
    transactionIndex: null,
  };
}

function signatureJson({ r, s, yParity }: Signature): RpcTransaction {
  const parity = numberToHex(yParity);
  return { r: numberToHex(BigInt(r)), s: numberToHex(BigInt(s)), yParity: parity, v: parity };
}

function withJson(forgery: Forgery, change: RpcTransaction): Forgery {
  return { ...forgery, transaction: { ...forgery.transaction, ...change } };
}

async function unprotected(to: Address, data: Hex, nonce: number, privateKey: Hex): Promise<Forgery> {
  const transaction = { type: 'legacy', nonce, to, data, gas: 60_000n, gasPrice: 2_000_000_000n } as const;
  const { r, s, v = 27n } = await sign({ hash: keccak256(serializeTransaction(transaction)), privateKey });
  const hash = keccak256(serializeTransaction(transaction, { r, s, v }));
  const json = {
    type: '0x0',
    nonce: numberToHex(nonce),
    gas: numberToHex(transaction.gas),
    gasPrice: numberToHex(transaction.gasPrice),
    to,
    value: '0x0',
    input: data,
    r: numberToHex(BigInt(r)),
    s: numberToHex(BigInt(s)),
    v: numberToHex(v),
    from: privateKeyToAddress(privateKey),
    hash,
  };
  return { hash, transaction: json };
}

/** (r, n - s) with the other parity verifies as well, and gives the same transaction another hash. */
function highTwin(real: RpcTransaction): Forgery {
  const of = (name: string) => BigInt(real[name] as Hex);
  const transaction: TransactionSerializable = {
    type: 'eip1559',
    chainId: Number(of('chainId')),
    nonce: Number(of('nonce')),
    gas: of('gas'),
    maxFeePerGas: of('maxFeePerGas'),
    maxPriorityFeePerGas: of('maxPriorityFeePerGas'),
    to: real['to'] as Address,
    value: of('value'),
    data: real['input'] as Hex,
  };
  const forgery = assemble(transaction, {
    r: toHex(of('r'), { size: 32 }),
    s: toHex(CURVE_ORDER - of('s'), { size: 32 }),
    yParity: Number(of('v')) ^ 1,
  });
  return withJson(forgery, { from: real['from'] });
}
