import { DecodeError } from './errors.js';
import { formatHex, parseHex, parseQuantity } from './hex.js';
import { expectArray, expectObject, type JsonObject, optionalField, requiredField } from './json-value.js';
import { BLOCK_NUMBER_BITS_MAX, LOG_BYTES_MAX } from './limits.js';
import { TOPIC } from './lock-registry.js';

export type RegistryEventName = keyof typeof TOPIC | 'other';

/** Where an event log says that a transaction stands; a pointer to fetch it by, and authority for nothing. */
export interface RegistryEvent {
  readonly name: RegistryEventName;
  readonly transactionHash32: Uint8Array;
  readonly blockNumber: number;
  readonly transactionIndex: number;
  readonly logIndex: number;
  /** The node says that a reorganisation took the log back. */
  readonly removed: boolean;
}

/** Bytes of data of the events that have a fixed size; `posted` has none. */
const DATA_BYTES: Readonly<Partial<Record<RegistryEventName, number>>> = Object.freeze({
  registered: 32,
  commanded: 32,
  granted: 64,
  handedOver: 64,
  epochRaised: 32,
});

/** A log has at most four topics. @see yellow paper section 4.3.1 */
const TOPICS_MAX = 4;
/** JSON of a log's fixed members with their names, characters at most. */
const FIXED_CHARS = 640;

/**
 * Reads one event log of the registry from a node's answer. Does not check who emitted it, nor whether it is true.
 * @param log - untrusted JSON value
 * @throws DecodeError `type` | `missing` | `hex` | `size` | `range` | `truncated` | `trailing`
 */
export function registryEventFromLog(log: unknown): RegistryEvent {
  const object = expectObject(log, 'a log');
  const topics = expectArray(requiredField(object, 'topics'), 'topics');
  if (topics.length > TOPICS_MAX) throw new DecodeError('size', `expected at most ${TOPICS_MAX} topics`);
  const name = nameOf(topics);
  checkData(requiredField(object, 'data'), name);
  return {
    name,
    transactionHash32: parseHex(requiredField(object, 'transactionHash'), 32),
    blockNumber: blockNumberFrom(object, 'blockNumber'),
    transactionIndex: blockNumberFrom(object, 'transactionIndex'),
    logIndex: blockNumberFrom(object, 'logIndex'),
    removed: removedFrom(object),
  };
}

function nameOf(topics: readonly unknown[]): RegistryEventName {
  const [first, ...others] = topics;
  if (first === undefined) return 'other';
  // Nodes write lower case: what is a known topic letter by letter need not be parsed.
  const name = nameOfTopic(first) ?? nameOfTopic(formatHex(parseHex(first, 32)));
  for (const topic of others) parseHex(topic, 32);
  if (name === undefined) return 'other';
  if (topics.length !== 2) throw new DecodeError('truncated', `expected 2 topics, found ${topics.length}`);
  return name;
}

function nameOfTopic(topic: unknown): keyof typeof TOPIC | undefined {
  return (Object.keys(TOPIC) as (keyof typeof TOPIC)[]).find((name) => TOPIC[name] === topic);
}

function checkData(data: unknown, name: RegistryEventName): void {
  if (typeof data === 'string' && data.length > LOG_BYTES_MAX - FIXED_CHARS) {
    throw new DecodeError('size', `expected a log of at most ${LOG_BYTES_MAX} characters`);
  }
  const bytes = parseHex(data).length;
  const expected = DATA_BYTES[name];
  if (expected === undefined || bytes === expected) return;
  throw new DecodeError(
    bytes < expected ? 'truncated' : 'trailing',
    `expected ${expected} bytes, found ${bytes}`,
  );
}

function blockNumberFrom(object: JsonObject, name: string): number {
  return Number(parseQuantity(requiredField(object, name), BLOCK_NUMBER_BITS_MAX));
}

function removedFrom(object: JsonObject): boolean {
  const removed = optionalField(object, 'removed') ?? false;
  if (typeof removed !== 'boolean') throw new DecodeError('type', 'expected removed as a boolean');
  return removed;
}
