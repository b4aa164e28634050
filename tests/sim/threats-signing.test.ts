import assert from 'node:assert/strict';
import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { registrationDigest } from '../../firmware/protocol/eip712.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { ACTION } from '../../firmware/protocol/order.js';
import { encodePairingFrame, type PairingFrame } from '../../firmware/protocol/pairing.js';
import { readReport } from '../../firmware/protocol/report.js';
import { Prng } from '../../host-sim/world/prng.js';
import { LockWorld, settingsWith } from '../unit/lock/fixture.js';
import { CHAIN_ID, GUEST, OWNER, REGISTRY, STRANGER } from '../unit/lock/signer.js';
import { FAST } from './typed-signer.js';

/** Digests for which the lock used its key. */
function recording(digests: Set<string>): CryptoEngine {
  return {
    ...FAST,
    signRecoverable: (digest32, ...rest) => {
      digests.add(formatHex(digest32));
      return FAST.signRecoverable(digest32, ...rest);
    },
  };
}

/** All that can be said over the pairing channel, and what a thief would like to have signed. */
function framesWith(prng: Prng, deadlineSeconds: number): readonly PairingFrame[] {
  const [bytes16, bytes20, bytes32, bytes65] = [16, 20, 32, 65].map((size) => prng.bytes(size)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  return [
    { kind: 'hello', nonce16: bytes16 },
    { kind: 'proof', mac32: bytes32 },
    { kind: 'register', deadlineSeconds },
    { kind: 'pair', owner: bytes20, ownerUnixSeconds: deadlineSeconds, settings: settingsWith() },
    { kind: 'paired', owner: bytes20, epoch: 2 },
    { kind: 'registration', signature65: bytes65 },
    { kind: 'configure', settings: settingsWith() },
    { kind: 'configured' },
    { kind: 'ask' },
    { kind: 'challenge', challenge16: bytes32.slice(0, 16) },
    { kind: 'adopt', owner: bytes20, epoch: 2, signature65: bytes65, handover: undefined },
    { kind: 'refuse', challenge16: bytes16, signature65: bytes65 },
    { kind: 'stopped', challenge16: bytes16 },
    { kind: 'refused', reason: 'lock' },
  ];
}

describe('a device that is asked to sign something else', () => {
  it('signs reports and the registration of its pinned owner alone, whoever asks for what', () => {
    const digests = new Set<string>();
    const world = new LockWorld({ device: { engine: recording(digests) } }).boot().pair();
    const registrations = new Set<string>();
    const prng = new Prng(20, 'frames');
    for (let i = 0; i < 6; i++) {
      const deadlineSeconds = world.nowSeconds + prng.between(0, 100_000);
      registrations.add(formatHex(registrationOf(world, deadlineSeconds)));
      for (const frame of framesWith(prng, deadlineSeconds)) {
        world.press();
        // Proven and sealed; then bare, in another session.
        if (frame.kind !== 'hello' && world.openPairing()) world.ask(frame);
        world.openPairing();
        world.give({ kind: 'pairing-received', bytes: encodePairingFrame(frame) });
        world.give({ kind: 'pairing-received', bytes: prng.bytes(200) });
        world.give({ kind: 'pairing-closed' });
      }
      world.order(OWNER, 2 * i, { action: ACTION.unlock });
      world.order(STRANGER, i, { action: ACTION.unlock });
      world.grant(OWNER, 2 * i + 1, GUEST, { serial: world.nowSeconds });
      world.pass(20_000);
    }
    const reports = world.outputs.flatMap((output) =>
      output.kind === 'notice' && output.notice.event === 'signed' ? [output.notice.cose] : [],
    );
    const known = new Set([
      ...reports.map((cose) => formatHex(FAST.sha256(readReport(cose).sigStructure))),
      ...registrations,
    ]);
    assert.ok(reports.length > 20, `${reports.length} reports`);
    assert.ok(
      [...registrations].some((digest) => digests.has(digest)),
      'a registration was signed',
    );
    assert.deepEqual(
      [...digests].filter((digest) => !known.has(digest)),
      [],
    );
  });
});

function registrationOf({ lock }: LockWorld, deadlineSeconds: number): Uint8Array {
  return registrationDigest(
    FAST.keccak256,
    { chainId: CHAIN_ID, registry20: REGISTRY },
    { lock, owner: OWNER.address, deadline: deadlineSeconds },
  );
}
