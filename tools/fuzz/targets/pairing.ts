import { concatBytes, equalBytes } from '../../../firmware/protocol/bytes.js';
import { PAIRING_FRAME_BYTES_MAX } from '../../../firmware/protocol/limits.js';
import {
  decodePairingFrame,
  encodePairingFrame,
  type LockSettings,
  type PairingFrame,
  PairingStream,
} from '../../../firmware/protocol/pairing.js';
import { attempt, expect, type Target } from '../target.js';
import { CHAIN_ID, OWNER, REGISTRY } from './people.js';
import { CBOR_REFUSALS } from './refusals.js';
import { LOCK20 } from './report-samples.js';
import { linear } from './seed-bytes.js';

const bytes = (count: number) => new Uint8Array(count).fill(count);
export const SETTINGS: LockSettings = Object.freeze({
  chainId: CHAIN_ID,
  registry: REGISTRY,
  startBlock: 1,
  endpoints: ['http://a.example/', 'https://b.example/rpc'],
  texts: new Map([
    ['relock', '5'],
    ['time-zone', 'CET-1CEST,M3.5.0,M10.5.0/3'],
    ['idle-poll', '1'],
  ]),
});

/** One frame of each kind. */
export const FRAMES: readonly PairingFrame[] = Object.freeze([
  { kind: 'hello', nonce16: bytes(16) },
  { kind: 'greeting', lock20: LOCK20, publicKey33: bytes(33), nonce16: bytes(16), paired: true },
  { kind: 'proof', mac32: bytes(32) },
  { kind: 'sealed', inner: bytes(40), tag16: bytes(16) },
  { kind: 'pair', owner: OWNER.address20, ownerUnixSeconds: 1_790_000_000, settings: SETTINGS },
  { kind: 'paired', owner: OWNER.address20, epoch: 1 },
  { kind: 'register', deadlineSeconds: 1_790_000_300 },
  { kind: 'registration', signature65: bytes(65) },
  { kind: 'configure', settings: SETTINGS },
  { kind: 'configured' },
  { kind: 'refused', reason: 'pairing-secret' },
  { kind: 'ask' },
  { kind: 'challenge', challenge16: bytes(16) },
  { kind: 'adopt', owner: OWNER.address20, epoch: 2, signature65: bytes(65), handover: bytes(99) },
  { kind: 'adoption', owner: OWNER.address20, epoch: 2, challenge16: bytes(16), waitSeconds: 3_600 },
  { kind: 'refuse', challenge16: bytes(16), signature65: bytes(65) },
  { kind: 'stopped', challenge16: bytes(16) },
] as const);

/** Bodies of pairing frames, each in its one encoding. */
export const pairingFrameTarget: Target = {
  name: 'pairing-frame',
  shape: { kind: 'cbor' },
  share: 40,
  bytesMax: 3_000,
  seeds: () => FRAMES.map((frame) => encodePairingFrame(frame).slice(2)),
  run: (input: Uint8Array) => {
    const frame = attempt(() => decodePairingFrame(input), [...CBOR_REFUSALS, 'unknown']);
    if (frame === undefined) return;
    // A reason that a newer lock gives is read as `malformed`.
    if (frame.value.kind === 'refused' && frame.value.reason === 'malformed') return;
    expect(
      equalBytes(encodePairingFrame(frame.value).subarray(2), input),
      'a frame comes back as other bytes',
    );
  },
  stepsMax: linear(250, 14),
};

/** A stream of frames in pieces: the first byte says how it is cut. */
export const pairingStreamTarget: Target = {
  name: 'pairing-stream',
  shape: { kind: 'bytes' },
  share: 40,
  bytesMax: 6_000,
  seeds: () => [
    concatBytes(Uint8Array.of(0), ...FRAMES.map(encodePairingFrame)),
    concatBytes(Uint8Array.of(7), ...FRAMES.slice(4, 9).map(encodePairingFrame)),
    Uint8Array.of(200, 8, 0, ...bytes(255)),
  ],
  run: (input: Uint8Array) => {
    const rest = input.subarray(1);
    const pieceBytes = 1 + (input[0] ?? 0);
    const whole = attempt(() => new PairingStream().feed(rest), ['size']);
    const stream = new PairingStream();
    const bodies: Uint8Array[] = [];
    const cut = attempt(() => {
      for (let at = 0; at < rest.length; at += pieceBytes)
        bodies.push(...stream.feed(rest.subarray(at, at + pieceBytes)));
      return bodies;
    }, ['size']);
    expect((whole === undefined) === (cut === undefined), 'pieces are judged otherwise than the whole');
    expect(
      bodies.every(({ length }) => length <= PAIRING_FRAME_BYTES_MAX),
      'a frame that is too long',
    );
    if (whole === undefined) return;
    expect(
      equalBytes(concatBytes(...whole.value), concatBytes(...bodies)),
      'pieces give other frames than the whole',
    );
  },
  stepsMax: linear(300, 16),
};
