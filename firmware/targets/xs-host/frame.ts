import { concatBytes, readUint, writeUint } from '../../protocol/bytes.js';
import { type CborMap, type CborValue, decodeCbor, encodeCbor } from '../../protocol/cbor.js';
import { asMap } from '../../protocol/cbor-fields.js';
import { InvariantError } from '../../protocol/errors.js';

/** A message between Node and XS, told by its `kind`: plain data, whose undefined fields are left out. */
export type Message = { readonly kind: string; readonly [field: string]: unknown };

/** Where the large bytes of a message travel as they are, outside the CBOR: `[field, bytes]`. */
const LARGE_FIELDS: readonly string[] = ['body', 'bytes', 'cose'];

/** Encodes a message: 4 bytes of length, CBOR, and the bytes of the one large field where there is one. */
export function encodeMessage(message: Message): Uint8Array {
  const large = LARGE_FIELDS.find((field) => message[field] instanceof Uint8Array);
  const small = large === undefined ? message : { ...message, [large]: null };
  const head = encodeCbor(toCbor(small));
  const tail = large === undefined ? new Uint8Array(0) : (message[large] as Uint8Array);
  return concatBytes(writeUint(head.length, 4), head, tail);
}

/** Decodes what `encodeMessage` wrote; the large field is a view of the frame. */
export function decodeMessage(frame: Uint8Array): Message {
  const size = Number(readUint(frame.subarray(0, 4)));
  const fields = fromCbor(asMap(decodeCbor(frame.subarray(4, 4 + size)))) as Record<string, unknown>;
  const large = LARGE_FIELDS.find((field) => fields[field] === null);
  if (large !== undefined) fields[large] = frame.subarray(4 + size);
  return fields as Message;
}

function toCbor(value: unknown): CborValue {
  if (Array.isArray(value)) return value.map(toCbor);
  if (value instanceof Uint8Array || value === null) return value;
  switch (typeof value) {
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'string':
      return value;
    case 'object': {
      const entries = Object.entries(value).filter(([, item]) => item !== undefined);
      return new Map(entries.map(([field, item]) => [field, toCbor(item)]));
    }
    default:
      throw new InvariantError(`a message holds a ${typeof value}`);
  }
}

function fromCbor(value: CborValue): unknown {
  if (Array.isArray(value)) return value.map(fromCbor);
  if (!(value instanceof Map)) return value;
  const map: CborMap = value;
  const fields: Record<string, unknown> = {};
  for (const [field, item] of map) fields[String(field)] = fromCbor(item);
  return fields;
}
