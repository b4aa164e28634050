import { concatBytes } from '../../firmware/protocol/bytes.js';
import { type CborValue, decodeCbor, isCborTag } from '../../firmware/protocol/cbor.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { encodeUtf8 } from '../../firmware/protocol/utf8.js';

/** A CBOR item that may be wrong: heads of any width, pairs in any order, keys twice, a count that lies. */
export interface CborNode {
  /** The head's major type. @see RFC 8949 section 3.1 */
  major: number;
  /** Length, count, number, tag or simple value. */
  argument: bigint;
  /** Bytes of the argument: 0 within the first byte, else 1, 2, 4 or 8; undefined for the shortest. */
  width: number | undefined;
  /** Of byte and text strings. */
  content: Uint8Array;
  /** Of arrays, maps (keys and values in turn) and tags. */
  children: CborNode[];
}

/** @returns undefined where the bytes are no deterministic CBOR */
export function parseCborTree(bytes: Uint8Array): CborNode | undefined {
  try {
    return nodeOf(decodeCbor(bytes));
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** Writes the tree as it is, whatever is wrong with it. */
export function writeCborTree(node: CborNode): Uint8Array {
  return concatBytes(headOf(node), node.content, ...node.children.map(writeCborTree));
}

export function leaf(major: number, argument: bigint, content: Uint8Array = new Uint8Array(0)): CborNode {
  return { major, argument, width: undefined, content, children: [] };
}

export function copyOf(node: CborNode): CborNode {
  return { ...node, children: node.children.map(copyOf) };
}

/** Every item of a tree, the whole first. */
export function itemsOf(node: CborNode): readonly CborNode[] {
  return [node, ...node.children.flatMap(itemsOf)];
}

function nodeOf(value: CborValue): CborNode {
  if (value === null) return leaf(7, 22n);
  if (typeof value === 'boolean') return leaf(7, value ? 21n : 20n);
  if (typeof value === 'number' || typeof value === 'bigint') {
    const wide = BigInt(value);
    return wide < 0n ? leaf(1, -1n - wide) : leaf(0, wide);
  }
  if (typeof value === 'string') {
    const text = encodeUtf8(value);
    return leaf(3, BigInt(text.length), text);
  }
  if (value instanceof Uint8Array) return leaf(2, BigInt(value.length), value);
  if (isCborTag(value)) return parent(6, BigInt(value.tag), [nodeOf(value.value)]);
  if (value instanceof Map) {
    const map: ReadonlyMap<number | string, CborValue> = value;
    return parent(
      5,
      BigInt(map.size),
      [...map].flatMap(([key, item]) => [nodeOf(key), nodeOf(item)]),
    );
  }
  const items = value as readonly CborValue[];
  return parent(4, BigInt(items.length), items.map(nodeOf));
}

function parent(major: number, argument: bigint, children: CborNode[]): CborNode {
  return { major, argument, width: undefined, content: new Uint8Array(0), children };
}

function headOf({ major, argument, width }: CborNode): Uint8Array {
  const shortest =
    argument < 24n ? 0 : argument < 0x100n ? 1 : argument < 0x1_0000n ? 2 : argument < 2n ** 32n ? 4 : 8;
  const bytes = width === undefined || width < shortest ? shortest : width;
  const first = major << 5;
  if (bytes === 0) return Uint8Array.of(first | Number(argument));
  const out = new Uint8Array(1 + bytes);
  out[0] = first | (24 + Math.log2(bytes));
  let rest = argument;
  for (let i = bytes; i > 0; i--, rest >>= 8n) out[i] = Number(rest & 0xffn);
  return out;
}
