import { decodeLastBytes, encodeBytesTail, encodeUintWord, WORD_BYTES, wordAt } from './abi.js';
import { concatBytes } from './bytes.js';
import { DecodeError } from './errors.js';
import { formatHex, parseHex } from './hex.js';
import { CALLDATA_BYTES_MAX, ENVELOPE_BYTES_MAX } from './limits.js';
import { SELECTOR } from './lock-registry.js';

/** What anybody may leave in the registry's mailbox. */
export interface Post {
  readonly tag32: Uint8Array;
  /** At most ENVELOPE_BYTES_MAX bytes, whatever they are. */
  readonly envelope: Uint8Array;
}

const SELECTOR_BYTES = 4;
const HEAD_WORDS = 2;

/** @throws RangeError where the tag is not 32 bytes or the envelope is too long */
export function encodePostCall({ tag32, envelope }: Post): Uint8Array {
  if (tag32.length !== WORD_BYTES) throw new RangeError(`encodePostCall: a tag of ${tag32.length} bytes`);
  if (envelope.length > ENVELOPE_BYTES_MAX)
    throw new RangeError(`encodePostCall: an envelope of ${envelope.length} bytes`);
  return concatBytes(
    parseHex(SELECTOR.post, SELECTOR_BYTES),
    tag32,
    encodeUintWord(HEAD_WORDS * WORD_BYTES),
    encodeBytesTail(envelope),
  );
}

/**
 * Decodes a call of `post`, in its one canonical encoding. Does not check what the envelope says.
 * @param calldata - untrusted, any length
 * @throws DecodeError `size` | `selector` | `calldata` | `padding`
 */
export function decodePostCall(calldata: Uint8Array): Post {
  if (calldata.length > CALLDATA_BYTES_MAX)
    throw new DecodeError('size', `expected at most ${CALLDATA_BYTES_MAX} bytes of calldata`);
  if (formatHex(calldata.subarray(0, SELECTOR_BYTES)) !== SELECTOR.post)
    throw new DecodeError('selector', 'expected a call of post');
  const block = calldata.subarray(SELECTOR_BYTES);
  return {
    tag32: wordAt(block, 0).slice(),
    envelope: decodeLastBytes(block, HEAD_WORDS, 1, ENVELOPE_BYTES_MAX),
  };
}
