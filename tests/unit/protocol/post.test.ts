import assert from 'node:assert/strict';
import { encodeFunctionData } from 'viem';
import { LOCK_REGISTRY_ABI } from '../../../contracts/generated/lock-registry.js';
import { concatBytes } from '../../../firmware/protocol/bytes.js';
import { encodeCommandCall } from '../../../firmware/protocol/command.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { ENVELOPE_BYTES_MAX } from '../../../firmware/protocol/limits.js';
import { decodePostCall, encodePostCall } from '../../../firmware/protocol/post.js';
import { throwsDecodeError } from './throws-decode-error.js';

const tag32 = new Uint8Array(32).fill(0x91);
const sizes = [0, 1, 31, 32, 33, 65, ENVELOPE_BYTES_MAX];

describe('encodePostCall', () => {
  it('writes what viem writes', () => {
    for (const size of sizes) {
      const envelope = new Uint8Array(size).fill(7);
      const args = [`0x${'91'.repeat(32)}`, formatHex(envelope) as `0x${string}`] as const;
      const expected = encodeFunctionData({ abi: LOCK_REGISTRY_ABI, functionName: 'post', args });
      assert.equal(formatHex(encodePostCall({ tag32, envelope })), expected);
    }
  });

  it('takes no other tag and no longer envelope', () => {
    assert.throws(() => encodePostCall({ tag32: tag32.subarray(1), envelope: tag32 }), RangeError);
    const envelope = new Uint8Array(ENVELOPE_BYTES_MAX + 1);
    assert.throws(() => encodePostCall({ tag32, envelope }), RangeError);
  });
});

describe('decodePostCall', () => {
  const call = encodePostCall({ tag32, envelope: new Uint8Array(65).fill(3) });

  it('gives back what was posted', () => {
    for (const size of sizes) {
      const post = { tag32, envelope: new Uint8Array(size).fill(9) };
      assert.deepEqual(decodePostCall(encodePostCall(post)), post);
    }
  });

  it('refuses a call that ends at any byte, or goes on', () => {
    for (let size = 0; size < call.length; size++) {
      throwsDecodeError(() => decodePostCall(call.subarray(0, size)), size < 4 ? 'selector' : 'calldata');
    }
    throwsDecodeError(() => decodePostCall(concatBytes(call, new Uint8Array(32))), 'calldata');
  });

  it('refuses another call, another offset, padding that is not zero, and what is too long', () => {
    const order = {
      lock: tag32.slice(12),
      challenge4: new Uint8Array(4),
      epoch: 1,
      notAfterSeconds: 1,
      action: 1,
    };
    throwsDecodeError(() => decodePostCall(encodeCommandCall(order)), 'selector');
    const changed = (at: number) => Uint8Array.from(call, (byte, i) => (i === at ? byte ^ 1 : byte));
    throwsDecodeError(() => decodePostCall(changed(4 + 63)), 'calldata');
    throwsDecodeError(() => decodePostCall(changed(call.length - 1)), 'padding');
    throwsDecodeError(() => decodePostCall(changed(4 + 64 + 29)), 'size');
    throwsDecodeError(() => decodePostCall(new Uint8Array(5_000)), 'size');
  });
});
