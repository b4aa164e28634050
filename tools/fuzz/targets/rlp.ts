import { equalBytes } from '../../../firmware/protocol/bytes.js';
import { decodeRlp, encodeRlp } from '../../../firmware/protocol/rlp.js';
import { signedPayload, transactionFromRpc } from '../../../firmware/protocol/transaction.js';
import { attempt, expect, type Target } from '../target.js';
import { OWNER, signCall } from './people.js';
import { hexSeeds, linear } from './seed-bytes.js';

/** RLP: what is read has one form, and that is what was read. */
export const rlpTarget: Target = {
  name: 'rlp',
  shape: { kind: 'rlp' },
  share: 60,
  bytesMax: 8_500,
  seeds: () => [
    ...hexSeeds(
      '80',
      '00',
      '83646f67',
      'c0',
      'c88363617483646f67',
      'c7c0c1c0c3c0c1c0',
      `b838${'61'.repeat(56)}`,
    ),
    signedPayload(transactionFromRpc(signCall(OWNER, new Uint8Array(36), 0, 0).json)),
    signedPayload(transactionFromRpc(signCall(OWNER, new Uint8Array(36), 7, 1).json)).slice(1),
  ],
  run: (input: Uint8Array) => {
    const read = attempt(() => decodeRlp(input), ['size', 'depth', 'truncated', 'trailing', 'non-canonical']);
    if (read !== undefined)
      expect(equalBytes(encodeRlp(read.value), input), 'an item comes back as other bytes');
  },
  stepsMax: linear(60, 60),
};
