import { DecodeError, InvariantError, RpcError } from '../../firmware/protocol/errors.js';
import { formatHex } from '../../firmware/protocol/hex.js';

/** The vector files, parsed, by name. */
export interface VectorFiles {
  read(name: string): unknown;
}

/** `what: answer`, where a refusal is its error's code; an error of the engine's own is told apart. */
export function line(what: string, answer: () => unknown): string {
  try {
    return `${what}: ${tell(answer())}`;
  } catch (error) {
    if (error instanceof DecodeError) return `${what}: refused ${error.code}`;
    if (error instanceof InvariantError) return `${what}: invariant`;
    if (error instanceof RangeError) return `${what}: range error`;
    return `${what}: another error ${error}`;
  }
}

/** Every prefix, from the empty one to the whole. */
export function prefixesOf(bytes: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: bytes.length + 1 }, (_, end) => bytes.subarray(0, end));
}

/** Any value as text in one way: bytes as hex, bigints apart from numbers, maps and objects in their order. */
function tell(value: unknown): string {
  if (value instanceof Uint8Array) return formatHex(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof RpcError) return `RpcError(${value.code}, ${JSON.stringify(value.message)})`;
  if (Array.isArray(value)) return `[${value.map(tell).join(', ')}]`;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return `{${entries.map(([key, item]) => `${tell(key)}: ${tell(item)}`).join(', ')}}`;
}
