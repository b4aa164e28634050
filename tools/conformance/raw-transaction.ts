import { readUint } from '../../firmware/protocol/bytes.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { decodeRlp, type RlpItem } from '../../firmware/protocol/rlp.js';

/** A transaction's bytes as a node would tell them, but for what the lock refuses at once. */
export interface RawTransaction {
  /** With a value of 0 and, where it creates a contract, a recipient of zeros. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly value: bigint;
  /** 20 bytes, or none. */
  readonly to: Uint8Array;
}

/** Names of the fields by type, in their order. @see EIP-2718, EIP-2930, EIP-1559 */
const FIELDS: Readonly<Record<number, readonly string[]>> = Object.freeze({
  0: ['nonce', 'gasPrice', 'gas', 'to', 'value', 'input', 'v', 'r', 's'],
  1: ['chainId', 'nonce', 'gasPrice', 'gas', 'to', 'value', 'input', 'accessList', 'yParity', 'r', 's'],
  2: [
    'chainId',
    'nonce',
    'maxPriorityFeePerGas',
    'maxFeePerGas',
    'gas',
    'to',
    'value',
    'input',
    'accessList',
    'yParity',
    'r',
    's',
  ],
});

/**
 * Turns raw bytes into a node's JSON, leading zeros of numbers and all.
 * @throws DecodeError of `decodeRlp`; `transaction-type`; `type` on another number or kind of fields; `size` on an address
 */
export function transactionJson(raw: Uint8Array): RawTransaction {
  const [first = 0] = raw;
  const type = first >= 0xc0 ? 0 : first;
  const names = FIELDS[type];
  if (names === undefined || (type === 0 && first < 0xc0))
    throw new DecodeError('transaction-type', 'unknown type');
  const body = type === 0 ? raw : raw.subarray(1);
  const items = listOf(decodeRlp(body, body.length));
  if (items.length !== names.length) throw new DecodeError('type', `${items.length} fields`);
  const json: Record<string, unknown> = { type: `0x${type}` };
  names.forEach((name, i) => {
    json[name] = fieldOf(name, items[i] as RlpItem);
  });
  const to = bytesOf(items[names.indexOf('to')] as RlpItem);
  if (to.length !== 0 && to.length !== 20) throw new DecodeError('size', `an address of ${to.length} bytes`);
  const value = bytesOf(items[names.indexOf('value')] as RlpItem);
  if (value.length > 32 || value[0] === 0)
    throw new DecodeError('range', 'a value that is no number of 256 bits');
  return { json: { ...json, value: '0x0', to: formatHex(new Uint8Array(20)) }, value: readUint(value), to };
}

function fieldOf(name: string, item: RlpItem): unknown {
  switch (name) {
    case 'accessList':
      return listOf(item).map((entry) => {
        const [address, keys] = listOf(entry);
        return {
          address: formatHex(bytesOf(address)),
          storageKeys: listOf(keys).map((key) => formatHex(bytesOf(key))),
        };
      });
    case 'to':
    case 'input':
      return formatHex(bytesOf(item));
    default:
      return quantityOf(bytesOf(item));
  }
}

/** Keeps a leading zero byte, which no quantity has, so that it is refused. */
function quantityOf(bytes: Uint8Array): string {
  const hex = formatHex(bytes);
  if (bytes.length === 0) return '0x0';
  return bytes[0] === 0 ? hex : hex.replace('0x0', '0x');
}

function listOf(item: RlpItem | undefined): readonly RlpItem[] {
  if (item === undefined || item instanceof Uint8Array) throw new DecodeError('type', 'expected a list');
  return item;
}

function bytesOf(item: RlpItem | undefined): Uint8Array {
  if (item instanceof Uint8Array) return item;
  throw new DecodeError('type', 'expected bytes');
}
