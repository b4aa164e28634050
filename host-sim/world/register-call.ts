import { concatBytes, readUint, writeUint } from '../../firmware/protocol/bytes.js';
import { parseHex } from '../../firmware/protocol/hex.js';
import { SELECTOR } from '../../firmware/protocol/lock-registry.js';

/** Where the bytes of the signature begin, after the three words of the head, and how many they are. */
const SIGNATURE_OFFSET = 96;
const SIGNATURE_BYTES = 65;
const PADDING = new Uint8Array(31);

/** The calldata of `register(address lock, uint256 deadline, bytes deviceSignature)`. @see PROTOCOL.md section 2 */
export function encodeRegisterCall(
  lock20: Uint8Array,
  deadlineSeconds: number,
  signature65: Uint8Array,
): Uint8Array {
  return concatBytes(
    parseHex(SELECTOR.register, 4),
    ...[readUint(lock20), deadlineSeconds, SIGNATURE_OFFSET, SIGNATURE_BYTES].map((word) =>
      writeUint(word, 32),
    ),
    signature65,
    PADDING,
  );
}
