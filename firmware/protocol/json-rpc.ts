import { asciiBytes } from './bytes.js';
import { DecodeError, RpcError } from './errors.js';
import { expectObject, type JsonObject, optionalField, requiredField } from './json-value.js';
import { JSON_DEPTH_MAX, RPC_MESSAGE_CHARS_MAX } from './limits.js';
import { decodeUtf8 } from './utf8.js';

/** A call without its id. The parameters are ASCII. */
export interface RpcRequest {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** What a node answered to one call. The result is still to be checked by the method's parser. */
export type RpcAnswer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: RpcError };

/** What a node answered to a batch: each call's answer, or one error for the whole. */
export type BatchAnswer =
  | { readonly kind: 'answers'; readonly answers: readonly RpcAnswer[] }
  | { readonly kind: 'batch-refused'; readonly error: RpcError };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Encodes one call as compact JSON. @see JSON-RPC 2.0 section 4 */
export function encodeRpcCall(id: number, request: RpcRequest): Uint8Array {
  return asciiBytes(callText(id, request));
}

/** Encodes a batch; call `i` has the id `firstId + i`. @see JSON-RPC 2.0 section 6 */
export function encodeRpcBatch(firstId: number, requests: readonly RpcRequest[]): Uint8Array {
  return asciiBytes(`[${requests.map((request, i) => callText(firstId + i, request)).join(',')}]`);
}

/**
 * Decodes the answer to one call.
 * @param body - untrusted
 * @param id - the call's
 * @throws DecodeError `size` | `utf8` | `depth` | `json` | `type` | `missing` | `unknown` | `rpc-id` | `fields-disagree`
 * @see JSON-RPC 2.0 section 5
 */
export function decodeRpcAnswer(body: Uint8Array, id: number, bytesMax: number): RpcAnswer {
  const object = expectObject(parseJson(body, bytesMax), 'an answer');
  const answer = answerOf(object);
  // A node that could not read the call answers its error with the id null.
  const isUnreadable = !answer.ok && optionalField(object, 'id') === undefined;
  if (!isUnreadable && object['id'] !== id)
    throw new DecodeError('rpc-id', `expected an answer to call ${id}`);
  return answer;
}

/**
 * Decodes the answer to a batch, in whatever order the node gave it.
 * @param body - untrusted
 * @param firstId - id of the first call
 * @param count - calls in the batch, 1 or more
 * @returns the answers in the order of the calls, or `batch-refused`: ask again call by call
 * @throws DecodeError as `decodeRpcAnswer`; `rpc-id` where an answer is missing, doubled or to no call of ours
 * @see JSON-RPC 2.0 section 6
 */
export function decodeRpcBatchAnswer(
  body: Uint8Array,
  firstId: number,
  count: number,
  bytesMax: number,
): BatchAnswer {
  const value = parseJson(body, bytesMax);
  const refusal = refusalOfBatch(value);
  if (refusal !== undefined) return { kind: 'batch-refused', error: refusal };

  if (!Array.isArray(value)) throw new DecodeError('type', 'expected an array of answers');
  if (value.length !== count)
    throw new DecodeError('rpc-id', `expected ${count} answers, found ${value.length}`);
  // As many answers as calls: a doubled or foreign one leaves a call without its own.
  const answers = new Map<unknown, RpcAnswer>();
  for (const member of value) {
    const object = expectObject(member, 'an answer');
    answers.set(object['id'], answerOf(object));
  }
  const inOrder: RpcAnswer[] = [];
  for (let id = firstId; id < firstId + count; id++) {
    const answer = answers.get(id);
    if (answer === undefined) throw new DecodeError('rpc-id', `expected an answer to call ${id}`);
    inOrder.push(answer);
  }
  return { kind: 'answers', answers: inOrder };
}

/**
 * Parses JSON from outside; its depth is known before the parser recurses.
 * @throws DecodeError `size` | `utf8` | `depth` | `json`
 */
export function parseJson(body: Uint8Array, bytesMax: number, depthMax = JSON_DEPTH_MAX): unknown {
  if (body.length > bytesMax) {
    throw new DecodeError('size', `expected at most ${bytesMax} bytes of JSON, found ${body.length}`);
  }
  checkDepth(body, depthMax);
  const text = decodeUtf8(body);
  try {
    return JSON.parse(text);
  } catch {
    throw new DecodeError('json', `${body.length} bytes are not JSON`);
  }
}

function callText(id: number, request: RpcRequest): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method: request.method, params: request.params });
}

/** Looks at what stands outside of strings alone: most of what a node sends is long strings of hex. */
function checkDepth(body: Uint8Array, depthMax: number): void {
  const size = body.length;
  let depth = 0;
  for (let at = 0; at < size; at++) {
    const byte = body[at] as number;
    if (byte === QUOTE) {
      at = endOfString(body, at + 1);
    } else if (byte === 0x5b || byte === 0x7b) {
      depth++;
      if (depth > depthMax) throw new DecodeError('depth', `JSON nested deeper than ${depthMax}`);
    } else if (byte === 0x5d || byte === 0x7d) {
      depth--;
    }
  }
}

/** @returns where the quote is that ends a string; an unended string reaches to the end */
function endOfString(body: Uint8Array, from: number): number {
  for (let quote = body.indexOf(QUOTE, from); quote >= 0; quote = body.indexOf(QUOTE, quote + 1)) {
    let escapes = quote;
    while (escapes > from && body[escapes - 1] === BACKSLASH) escapes--;
    // An odd number of backslashes escapes the quote, an even number each other.
    if ((quote - escapes) % 2 === 0) return quote;
  }
  return body.length;
}

function answerOf(object: JsonObject): RpcAnswer {
  if (requiredField(object, 'jsonrpc') !== '2.0') throw new DecodeError('unknown', 'expected jsonrpc 2.0');
  const error = optionalField(object, 'error');
  if (error === undefined) {
    if (!Object.hasOwn(object, 'result')) throw new DecodeError('missing', 'expected a result or an error');
    return { ok: true, result: object['result'] };
  }
  if (optionalField(object, 'result') !== undefined) {
    throw new DecodeError('fields-disagree', 'both a result and an error');
  }
  return { ok: false, error: rpcErrorOf(expectObject(error, 'an error')) };
}

function rpcErrorOf(error: JsonObject): RpcError {
  const code = requiredField(error, 'code');
  if (typeof code !== 'number' || !Number.isSafeInteger(code)) {
    throw new DecodeError('type', 'expected an error code as an integer');
  }
  const message = optionalField(error, 'message');
  return new RpcError(code, typeof message === 'string' ? printable(message) : '');
}

/** One error object in place of the array, or in it and about no call: what nodes say that take no batch, or no such one. */
function refusalOfBatch(value: unknown): RpcError | undefined {
  const only: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (typeof only !== 'object' || only === null || Array.isArray(only)) return undefined;
  const object = only as JsonObject;
  if (optionalField(object, 'error') === undefined) return undefined;
  if (only !== value && optionalField(object, 'id') !== undefined) return undefined;
  const answer = answerOf(object);
  return answer.ok ? undefined : answer.error;
}

/** A node's words reach terminals and logs: no control characters, no end of length. */
function printable(message: string): string {
  let text = '';
  const count = Math.min(message.length, RPC_MESSAGE_CHARS_MAX);
  for (let i = 0; i < count; i++) {
    const code = message.charCodeAt(i);
    text += code >= 0x20 && code <= 0x7e ? message.charAt(i) : '?';
  }
  return text;
}
