import { concatBytes, equalBytes } from './bytes.js';
import { DecodeError } from './errors.js';
import { parseHex, parseQuantity } from './hex.js';
import { expectArray, expectObject, type JsonObject, optionalField, requiredField } from './json-value.js';
import { ACCESS_LIST_ENTRIES_MAX, ACCESS_LIST_KEYS_MAX, CALLDATA_BYTES_MAX } from './limits.js';
import { encodeRlp, type RlpItem, rlpUint, trimLeadingZeros } from './rlp.js';

/** One contract whose storage a transaction names in advance. @see EIP-2930 */
export interface AccessListEntry {
  /** 20-byte address. */
  readonly address: Uint8Array;
  /** 32-byte keys. */
  readonly storageKeys: readonly Uint8Array[];
}

interface TransactionFields {
  readonly chainId: bigint;
  readonly nonce: bigint;
  readonly gasLimit: bigint;
  /** 20-byte address. */
  readonly to: Uint8Array;
  /** Wei; 0 in every transaction that a lock looks at. */
  readonly value: bigint;
  /** Calldata. */
  readonly data: Uint8Array;
}

/** @see EIP-155 */
export interface LegacyTransaction extends TransactionFields {
  readonly type: 0;
  readonly gasPrice: bigint;
}

/** @see EIP-2930 */
export interface AccessListTransaction extends TransactionFields {
  readonly type: 1;
  readonly gasPrice: bigint;
  readonly accessList: readonly AccessListEntry[];
}

/** @see EIP-1559 */
export interface FeeMarketTransaction extends TransactionFields {
  readonly type: 2;
  readonly maxPriorityFeePerGas: bigint;
  readonly maxFeePerGas: bigint;
  readonly accessList: readonly AccessListEntry[];
}

export type Transaction = LegacyTransaction | AccessListTransaction | FeeMarketTransaction;

/** A signature that nobody has checked yet. */
export interface TransactionSignature {
  /** 32 bytes. */
  readonly r: Uint8Array;
  /** 32 bytes. */
  readonly s: Uint8Array;
  readonly yParity: 0 | 1;
}

export type SignedTransaction = Transaction & TransactionSignature;

/**
 * Reads a transaction from a node's JSON. Everything that is signed is taken from the signed fields alone; `from`,
 * `hash`, block numbers and type 2's effective `gasPrice` are not looked at. Cheap: no hash and no curve operation.
 * Does not check the signature, its range, the recipient, the chain or the calldata's meaning.
 * @param json - untrusted
 * @throws DecodeError `transaction-type` | `unprotected` | `create` | `value` | `size` | `access-list` |
 *   `fields-disagree` | `signature-range` (over 32 bytes) | `missing` | `type` | `hex` | `range`
 * @see EIP-155, EIP-2930, EIP-1559; Ethereum JSON-RPC, eth_getTransactionByHash
 */
export function transactionFromRpc(json: unknown): SignedTransaction {
  const object = expectObject(json, 'a transaction');
  const type = typeFrom(object);
  const to = toFrom(object);
  const data = dataFrom(object);
  if (quantityFrom(object, 'value', 256) !== 0n) throw new DecodeError('value', 'expected a value of 0');
  const fields = {
    to,
    data,
    value: 0n,
    nonce: quantityFrom(object, 'nonce', 64),
    gasLimit: quantityFrom(object, 'gas', 64),
    r: scalarFrom(object, 'r'),
    s: scalarFrom(object, 's'),
  };
  if (type === 0) {
    return { type, ...fields, ...protectionFrom(object), gasPrice: quantityFrom(object, 'gasPrice', 256) };
  }
  const typedFields = { ...fields, chainId: chainIdFrom(object), yParity: yParityFrom(object) };
  if (type === 1) {
    const gasPrice = quantityFrom(object, 'gasPrice', 256);
    return { type, ...typedFields, gasPrice, accessList: accessListFrom(object) };
  }
  return {
    type,
    ...typedFields,
    maxPriorityFeePerGas: quantityFrom(object, 'maxPriorityFeePerGas', 256),
    maxFeePerGas: quantityFrom(object, 'maxFeePerGas', 256),
    accessList: accessListFrom(object),
  };
}

/**
 * The bytes whose keccak-256 the sender signed.
 * @see EIP-155, EIP-2930, EIP-1559
 */
export function signingPayload(transaction: Transaction): Uint8Array {
  if (transaction.type === 0) {
    return encodeRlp([
      ...unsignedFields(transaction),
      rlpUint(transaction.chainId),
      new Uint8Array(0),
      new Uint8Array(0),
    ]);
  }
  return typed(transaction.type, unsignedFields(transaction));
}

/**
 * The bytes that travelled on the network; their keccak-256 is the transaction's hash.
 * @see EIP-155, EIP-2930, EIP-1559
 */
export function signedPayload(transaction: SignedTransaction): Uint8Array {
  const { yParity } = transaction;
  const r = trimLeadingZeros(transaction.r);
  const s = trimLeadingZeros(transaction.s);
  if (transaction.type === 0) {
    const v = 35n + 2n * transaction.chainId + BigInt(yParity);
    return encodeRlp([...unsignedFields(transaction), rlpUint(v), r, s]);
  }
  return typed(transaction.type, [...unsignedFields(transaction), rlpUint(yParity), r, s]);
}

function unsignedFields(transaction: Transaction): readonly RlpItem[] {
  const { to, data } = transaction;
  const nonce = rlpUint(transaction.nonce);
  const gasLimit = rlpUint(transaction.gasLimit);
  const value = rlpUint(transaction.value);
  const chainId = rlpUint(transaction.chainId);
  switch (transaction.type) {
    case 0:
      return [nonce, rlpUint(transaction.gasPrice), gasLimit, to, value, data];
    case 1: {
      const list = accessListItem(transaction.accessList);
      return [chainId, nonce, rlpUint(transaction.gasPrice), gasLimit, to, value, data, list];
    }
    case 2: {
      const tip = rlpUint(transaction.maxPriorityFeePerGas);
      const list = accessListItem(transaction.accessList);
      return [chainId, nonce, tip, rlpUint(transaction.maxFeePerGas), gasLimit, to, value, data, list];
    }
  }
}

function accessListItem(list: readonly AccessListEntry[]): RlpItem {
  return list.map((entry) => [entry.address, entry.storageKeys]);
}

/** @see EIP-2718 */
function typed(type: number, fields: readonly RlpItem[]): Uint8Array {
  return concatBytes(Uint8Array.of(type), encodeRlp(fields));
}

function typeFrom(object: JsonObject): 0 | 1 | 2 {
  const field = optionalField(object, 'type');
  // Nodes from before EIP-2718 name no type.
  if (field === undefined) return 0;
  const type = parseQuantity(field, 64);
  if (type === 0n) return 0;
  if (type === 1n) return 1;
  if (type === 2n) return 2;
  throw new DecodeError('transaction-type', `expected type 0, 1 or 2, found ${type}`);
}

function toFrom(object: JsonObject): Uint8Array {
  if (Object.hasOwn(object, 'to') && object['to'] === null) {
    throw new DecodeError('create', 'expected a recipient, found a contract creation');
  }
  return parseHex(requiredField(object, 'to'), 20);
}

function dataFrom(object: JsonObject): Uint8Array {
  const input = optionalField(object, 'input');
  const data = optionalField(object, 'data');
  const first = input ?? data;
  if (first === undefined) throw new DecodeError('missing', 'expected the field input');
  const bytes = calldataOf(first);
  if (input !== undefined && data !== undefined && !equalBytes(bytes, calldataOf(data))) {
    throw new DecodeError('fields-disagree', 'input and data differ');
  }
  return bytes;
}

function calldataOf(text: unknown): Uint8Array {
  if (typeof text === 'string' && text.length > 2 + 2 * CALLDATA_BYTES_MAX) {
    throw new DecodeError('size', `expected at most ${CALLDATA_BYTES_MAX} bytes of calldata`);
  }
  return parseHex(text);
}

/** Chain id and parity of type 0, both out of `v`. @see EIP-155, EIP-2294 */
function protectionFrom(object: JsonObject): { readonly chainId: bigint; readonly yParity: 0 | 1 } {
  const v = quantityFrom(object, 'v', 64);
  if (v === 27n || v === 28n) throw new DecodeError('unprotected', 'expected EIP-155, found v 27 or 28');
  if (v < 37n) throw new DecodeError('range', `expected v of 37 or more, found ${v}`);
  const chainId = (v - 35n) >> 1n;
  const named = optionalField(object, 'chainId');
  if (named !== undefined && parseQuantity(named, 64) !== chainId) {
    throw new DecodeError('fields-disagree', 'chainId and v differ');
  }
  const yParity = (v - 35n) & 1n;
  const parity = optionalField(object, 'yParity');
  if (parity !== undefined && parseQuantity(parity, 64) !== yParity) {
    throw new DecodeError('fields-disagree', 'yParity and v differ');
  }
  return { chainId, yParity: yParity === 1n ? 1 : 0 };
}

function chainIdFrom(object: JsonObject): bigint {
  const chainId = quantityFrom(object, 'chainId', 64);
  if (chainId === 0n) throw new DecodeError('range', 'expected a chain id above 0');
  return chainId;
}

function yParityFrom(object: JsonObject): 0 | 1 {
  const v = optionalField(object, 'v');
  const named = optionalField(object, 'yParity');
  const first = named ?? v;
  if (first === undefined) throw new DecodeError('missing', 'expected the field yParity or v');
  const parity = parseQuantity(first, 64);
  if (named !== undefined && v !== undefined && parseQuantity(v, 64) !== parity) {
    throw new DecodeError('fields-disagree', 'yParity and v differ');
  }
  if (parity > 1n) throw new DecodeError('range', `expected a parity of 0 or 1, found ${parity}`);
  return parity === 1n ? 1 : 0;
}

function accessListFrom(object: JsonObject): readonly AccessListEntry[] {
  // Some nodes leave an empty list out; a wrong guess here only gives a signature of nobody.
  const list = expectArray(optionalField(object, 'accessList') ?? [], 'the access list');
  if (list.length > ACCESS_LIST_ENTRIES_MAX) {
    throw new DecodeError(
      'access-list',
      `expected at most ${ACCESS_LIST_ENTRIES_MAX} entries, found ${list.length}`,
    );
  }
  let keysLeft = ACCESS_LIST_KEYS_MAX;
  return list.map((member) => {
    const entry = expectObject(member, 'an access list entry');
    const keys = expectArray(optionalField(entry, 'storageKeys') ?? [], 'storage keys');
    keysLeft -= keys.length;
    if (keysLeft < 0)
      throw new DecodeError('access-list', `expected at most ${ACCESS_LIST_KEYS_MAX} keys in all`);
    return {
      address: parseHex(requiredField(entry, 'address'), 20),
      storageKeys: keys.map((key) => parseHex(key, 32)),
    };
  });
}

function quantityFrom(object: JsonObject, name: string, bits: number): bigint {
  return parseQuantity(requiredField(object, name), bits);
}

/** A signature's half as 32 bytes: nodes write it as a quantity or padded to 32 bytes. */
function scalarFrom(object: JsonObject, name: string): Uint8Array {
  const text = requiredField(object, name);
  if (typeof text !== 'string' || text.length < 3 || !text.startsWith('0x')) {
    throw new DecodeError('hex', `expected ${name} as 0x and hex digits`);
  }
  if (text.length > 2 + 64) throw new DecodeError('signature-range', `expected ${name} of at most 32 bytes`);
  return parseHex(`0x${text.slice(2).padStart(64, '0')}`, 32);
}
