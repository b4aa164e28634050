import assert from 'node:assert/strict';
import { encodeCbor } from '../../../firmware/protocol/cbor.js';
import {
  decodePairingFrame,
  encodePairingFrame,
  type PairingFrame,
} from '../../../firmware/protocol/pairing.js';
import { throwsDecodeError } from './throws-decode-error.js';

const address = new Uint8Array(20).fill(1);
const challenge16 = new Uint8Array(16).fill(2);
const signature65 = new Uint8Array(65).fill(3);
const settings = {
  chainId: 4_689n,
  registry: address,
  startBlock: 7,
  endpoints: ['https://node.example/'],
  texts: new Map([['wifi-ssid', 'home']]),
};

const FRAMES: readonly PairingFrame[] = [
  { kind: 'hello', nonce16: challenge16 },
  { kind: 'greeting', lock20: address, publicKey33: new Uint8Array(33), nonce16: challenge16, paired: true },
  { kind: 'proof', mac32: new Uint8Array(32) },
  { kind: 'sealed', inner: address, tag16: challenge16 },
  { kind: 'pair', owner: address, ownerUnixSeconds: 1_790_000_000, settings },
  { kind: 'paired', owner: address, epoch: 1 },
  { kind: 'register', deadlineSeconds: 2 ** 40 - 1 },
  { kind: 'registration', signature65 },
  { kind: 'configure', settings },
  { kind: 'configured' },
  { kind: 'refused', reason: 'vetoed' },
  { kind: 'ask' },
  { kind: 'challenge', challenge16 },
  { kind: 'adopt', owner: address, epoch: 0xffff, signature65, handover: undefined },
  { kind: 'adopt', owner: address, epoch: 2, signature65, handover: new Uint8Array(900) },
  { kind: 'adoption', owner: address, epoch: 2, challenge16, waitSeconds: 86_400 },
  { kind: 'refuse', challenge16, signature65 },
  { kind: 'stopped', challenge16 },
];

describe('encodePairingFrame and decodePairingFrame', () => {
  it('give back each kind of frame', () => {
    for (const frame of FRAMES) {
      assert.deepEqual(decodePairingFrame(encodePairingFrame(frame).subarray(2)), frame, frame.kind);
    }
    assert.equal(new Set(FRAMES.map(({ kind }) => kind)).size, 17);
  });

  it('refuse a frame that ends at any byte', () => {
    for (const frame of FRAMES) {
      const body = encodePairingFrame(frame).subarray(2);
      for (let size = 0; size < body.length; size++)
        assert.throws(() => decodePairingFrame(body.subarray(0, size)), `${frame.kind} of ${size} bytes`);
    }
  });

  it('refuse what is no frame of an adoption', () => {
    const bad: readonly (readonly [readonly unknown[], string])[] = [
      [[1, 11, 0], 'type'],
      [[1, 12, new Uint8Array(15)], 'size'],
      [[1, 13, address, 0x10000, signature65, null], 'range'],
      [[1, 13, address, 2, new Uint8Array(64), null], 'size'],
      [[1, 13, address, 2, signature65, 'text'], 'type'],
      [[1, 13, address, 2, signature65, new Uint8Array(2_049)], 'size'],
      [[1, 13, address, 2, signature65], 'type'],
      [[1, 14, address, 2, challenge16, -1], 'range'],
      [[1, 15, challenge16], 'type'],
      [[1, 16], 'type'],
      [[1, 17], 'unknown'],
      [[2, 11], 'unknown'],
    ];
    for (const [frame, code] of bad) {
      const body = encodeCbor(frame as Parameters<typeof encodeCbor>[0]);
      throwsDecodeError(() => decodePairingFrame(body), code as Parameters<typeof throwsDecodeError>[1]);
    }
  });
});
