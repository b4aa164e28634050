import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { recoverSender } from '../../firmware/crypto/sender.js';
import { readUint } from '../../firmware/protocol/bytes.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { formatHex, formatQuantity } from '../../firmware/protocol/hex.js';
import { decodeRlp, type RlpItem } from '../../firmware/protocol/rlp.js';
import {
  type AccessListEntry,
  type SignedTransaction,
  signedPayload,
} from '../../firmware/protocol/transaction.js';

/** 32 bytes, or a 20-byte address, as 0x and lowercase hex. */
export type Hash = `0x${string}`;
export type AddressHex = `0x${string}`;

/** A signed transaction with what is known of it. */
export interface ChainTransaction {
  readonly hash: Hash;
  /** The signer. */
  readonly from: AddressHex;
  readonly transaction: SignedTransaction;
}

/** Where a transaction was mined. */
export interface MinedPlace {
  readonly blockHash: Hash;
  readonly blockNumber: number;
  readonly blockTimestamp: number;
  readonly transactionIndex: number;
  readonly baseFeePerGas: bigint;
}

/** A transaction as `eth_getTransactionByHash` answers it. */
export type RpcTransactionJson = Readonly<Record<string, unknown>>;

/**
 * Names a signed transaction by its hash and signer.
 * @param from20 - where absent it is recovered, which costs more than all else here
 * @throws DecodeError `signature-range` | `high-s` | `signature`
 */
export function chainTransaction(
  engine: CryptoEngine,
  transaction: SignedTransaction,
  from20 = recoverSender(engine, transaction),
): ChainTransaction {
  return {
    hash: formatHex(engine.keccak256(signedPayload(transaction))) as Hash,
    from: formatHex(from20) as AddressHex,
    transaction,
  };
}

/** A lock refuses more than this; the network takes 128 KiB. */
const RAW_BYTES_MAX = 131_072;
const RAW_DEPTH_MAX = 4;

/**
 * Reads the bytes that a wallet sends, of types 0, 1 and 2.
 * @throws DecodeError of `decodeRlp`, `transaction-type` | `unprotected` | `create` | `type` | `range`
 * @see EIP-155, EIP-2718, EIP-2930, EIP-1559
 */
export function decodeRawTransaction(raw: Uint8Array): SignedTransaction {
  const first = raw[0] ?? 0;
  if (first >= 0xc0) return legacyFrom(fieldsOf(raw, 9));
  if (first === 1) return accessListFrom(fieldsOf(raw.subarray(1), 11));
  if (first === 2) return feeMarketFrom(fieldsOf(raw.subarray(1), 12));
  throw new DecodeError('transaction-type', `expected type 0, 1 or 2, found ${first}`);
}

/** Writes a transaction as anvil serves it, member by member in its order; `gasPrice` of type 2 is the effective one. */
export function transactionToRpc(
  { hash, from, transaction }: ChainTransaction,
  place: MinedPlace | null,
  baseFeePerGas = 0n,
): RpcTransactionJson {
  const { type, yParity } = transaction;
  const priced = type === 2 ? {} : { gasPrice: formatQuantity(transaction.gasPrice) };
  const v = type === 0 ? 35n + 2n * transaction.chainId + BigInt(yParity) : BigInt(yParity);
  return {
    type: formatQuantity(type),
    chainId: formatQuantity(transaction.chainId),
    nonce: formatQuantity(transaction.nonce),
    ...priced,
    gas: formatQuantity(transaction.gasLimit),
    ...(type === 2 && {
      maxFeePerGas: formatQuantity(transaction.maxFeePerGas),
      maxPriorityFeePerGas: formatQuantity(transaction.maxPriorityFeePerGas),
    }),
    to: formatHex(transaction.to),
    value: formatQuantity(transaction.value),
    ...(type !== 0 && { accessList: transaction.accessList.map(entryToRpc) }),
    input: formatHex(transaction.data),
    r: formatQuantity(readUint(transaction.r)),
    s: formatQuantity(readUint(transaction.s)),
    ...(type !== 0 && { yParity: formatQuantity(yParity) }),
    v: formatQuantity(v),
    hash,
    blockHash: place?.blockHash ?? null,
    blockNumber: place === null ? null : formatQuantity(place.blockNumber),
    transactionIndex: place === null ? null : formatQuantity(place.transactionIndex),
    from,
    ...(type === 2 && {
      gasPrice: formatQuantity(pricePerGas(transaction, place?.baseFeePerGas ?? baseFeePerGas)),
    }),
    ...(place !== null && { blockTimestamp: formatQuantity(place.blockTimestamp) }),
  };
}

/** Wei a gas that a transaction pays at most. */
export function feeCap(transaction: SignedTransaction): bigint {
  return transaction.type === 2 ? transaction.maxFeePerGas : transaction.gasPrice;
}

/** Wei a gas that a transaction offers to whoever mines it, at most. */
export function tipCap(transaction: SignedTransaction): bigint {
  return transaction.type === 2 ? transaction.maxPriorityFeePerGas : transaction.gasPrice;
}

/** Wei a gas that a transaction pays at a base fee. @see EIP-1559 */
export function pricePerGas(transaction: SignedTransaction, baseFeePerGas: bigint): bigint {
  const cap = feeCap(transaction);
  if (transaction.type !== 2) return cap;
  const wanted = baseFeePerGas + transaction.maxPriorityFeePerGas;
  return wanted < cap ? wanted : cap;
}

function entryToRpc(entry: AccessListEntry) {
  return { address: formatHex(entry.address), storageKeys: entry.storageKeys.map(formatHex) };
}

function fieldsOf(rlp: Uint8Array, count: number): readonly RlpItem[] {
  const item = decodeRlp(rlp, RAW_BYTES_MAX, RAW_DEPTH_MAX);
  if (item instanceof Uint8Array || item.length !== count)
    throw new DecodeError('type', `expected a list of ${count} fields`);
  return item;
}

function legacyFrom(fields: readonly RlpItem[]): SignedTransaction {
  const [nonce, gasPrice, gasLimit, to, value, data, v, r, s] = fields;
  const protection = uint(v);
  if (protection === 27n || protection === 28n) throw new DecodeError('unprotected', 'expected EIP-155');
  if (protection < 37n) throw new DecodeError('range', `expected v of 37 or more, found ${protection}`);
  const common = { nonce: uint(nonce), gasLimit: uint(gasLimit), to: recipient(to), value: uint(value) };
  return {
    type: 0,
    ...common,
    gasPrice: uint(gasPrice),
    data: bytes(data).slice(),
    chainId: (protection - 35n) >> 1n,
    yParity: (protection - 35n) & 1n ? 1 : 0,
    r: scalar(r),
    s: scalar(s),
  };
}

function accessListFrom(fields: readonly RlpItem[]): SignedTransaction {
  const [chainId, nonce, gasPrice, gasLimit, to, value, data, list, yParity, r, s] = fields;
  return {
    type: 1,
    chainId: uint(chainId),
    nonce: uint(nonce),
    gasPrice: uint(gasPrice),
    ...typed(gasLimit, to, value, data, list),
    ...signature(yParity, r, s),
  };
}

function feeMarketFrom(fields: readonly RlpItem[]): SignedTransaction {
  const [chainId, nonce, tip, cap, gasLimit, to, value, data, list, yParity, r, s] = fields;
  return {
    type: 2,
    chainId: uint(chainId),
    nonce: uint(nonce),
    maxPriorityFeePerGas: uint(tip),
    maxFeePerGas: uint(cap),
    ...typed(gasLimit, to, value, data, list),
    ...signature(yParity, r, s),
  };
}

type Item = RlpItem | undefined;

function typed(gasLimit: Item, to: Item, value: Item, data: Item, list: Item) {
  return {
    gasLimit: uint(gasLimit),
    to: recipient(to),
    value: uint(value),
    data: bytes(data).slice(),
    accessList: members(list).map((entry) => {
      const [address, keys] = members(entry);
      return { address: fixed(address, 20), storageKeys: members(keys).map((key) => fixed(key, 32)) };
    }),
  };
}

function signature(yParity: Item, r: Item, s: Item) {
  const parity = uint(yParity);
  if (parity > 1n) throw new DecodeError('range', `expected a parity of 0 or 1, found ${parity}`);
  return { yParity: parity === 1n ? 1 : 0, r: scalar(r), s: scalar(s) } as const;
}

function recipient(item: Item): Uint8Array {
  if (bytes(item).length === 0) throw new DecodeError('create', 'expected a recipient');
  return fixed(item, 20);
}

function bytes(item: Item): Uint8Array {
  if (item instanceof Uint8Array) return item;
  throw new DecodeError('type', 'expected a byte string');
}

function members(item: Item): readonly RlpItem[] {
  if (item === undefined || item instanceof Uint8Array) throw new DecodeError('type', 'expected a list');
  return item;
}

function fixed(item: Item, size: number): Uint8Array {
  const found = bytes(item);
  if (found.length !== size) throw new DecodeError('size', `expected ${size} bytes, found ${found.length}`);
  return found.slice();
}

function uint(item: Item): bigint {
  const found = bytes(item);
  if (found[0] === 0) throw new DecodeError('non-canonical', 'expected no leading zeros');
  if (found.length > 32) throw new DecodeError('range', 'expected at most 256 bits');
  return readUint(found);
}

function scalar(item: Item): Uint8Array {
  const found = bytes(item);
  if (found.length > 32) throw new DecodeError('signature-range', 'expected at most 32 bytes');
  const out = new Uint8Array(32);
  out.set(found, 32 - found.length);
  return out;
}
