import assert from 'node:assert/strict';
import { PairingSession, type PairingStep } from '../../../firmware/lock/pairing-session.js';
import { concatBytes } from '../../../firmware/protocol/bytes.js';
import { PAIRING_FRAME_BYTES_MAX } from '../../../firmware/protocol/limits.js';
import {
  decodePairingFrame,
  encodePairingFrame,
  type PairingFrame,
  pairingProof,
  pairingSessionKey,
  pairingTag,
} from '../../../firmware/protocol/pairing.js';
import { engine, SECRET } from './signer.js';

const { hmacSha256 } = engine;
const TOOL_NONCE = new Uint8Array(16).fill(1);
const REGISTER: PairingFrame = { kind: 'register', deadlineSeconds: 1_790_000_000 };

function greeting(nonce = 2): Extract<PairingFrame, { kind: 'greeting' }> {
  return {
    kind: 'greeting',
    lock20: new Uint8Array(20).fill(3),
    publicKey33: new Uint8Array(33).fill(4),
    nonce16: new Uint8Array(16).fill(nonce),
    paired: false,
  };
}

function session(nonce = 2): PairingSession {
  return new PairingSession(engine, SECRET, greeting(nonce));
}

function keyOf(secret: Uint8Array = SECRET, nonce = 2): Uint8Array {
  return pairingSessionKey(hmacSha256, secret, TOOL_NONCE, greeting(nonce));
}

const HELLO = encodePairingFrame({ kind: 'hello', nonce16: TOOL_NONCE });

function proof(key = keyOf(), side: 'tool' | 'lock' = 'tool'): Uint8Array {
  return encodePairingFrame({ kind: 'proof', mac32: pairingProof(hmacSha256, key, side) });
}

function sealed(frame: PairingFrame, count = 0, key = keyOf(), from: 'tool' | 'lock' = 'tool'): Uint8Array {
  const inner = encodePairingFrame(frame).subarray(2);
  return encodePairingFrame({
    kind: 'sealed',
    inner,
    tag16: pairingTag(hmacSha256, key, from, count, inner),
  });
}

function open(): PairingSession {
  const opened = session();
  opened.receive(concatBytes(HELLO, proof()));
  return opened;
}

function kinds(steps: readonly PairingStep[]): string[] {
  return steps.map((step) => (step.kind === 'refused' ? step.reason : step.kind));
}

describe('PairingSession', () => {
  it('greets, proves itself and takes requests', () => {
    const lock = session();
    const [greeted] = lock.receive(HELLO);
    assert.ok(greeted?.kind === 'send');
    assert.deepEqual(decodePairingFrame(greeted.bytes.subarray(2)), greeting());
    const [proved] = lock.receive(proof());
    assert.ok(proved?.kind === 'send');
    assert.deepEqual(proved.bytes, proof(keyOf(), 'lock'));
    assert.deepEqual(lock.receive(sealed(REGISTER)), [{ kind: 'request', request: REGISTER }]);
    assert.deepEqual(kinds(lock.receive(sealed(REGISTER, 1))), ['request']);
  });

  it('takes the stream in pieces of any size', () => {
    const whole = concatBytes(HELLO, proof(), sealed(REGISTER), sealed(REGISTER, 1));
    const expected = ['send', 'send', 'request', 'request'];
    assert.deepEqual(kinds(session().receive(whole)), expected);
    const byBytes = session();
    assert.deepEqual(
      [...whole].flatMap((byte) => kinds(byBytes.receive(Uint8Array.of(byte)))),
      expected,
    );
    for (let cut = 0; cut <= whole.length; cut++) {
      const inTwo = session();
      const steps = [...inTwo.receive(whole.slice(0, cut)), ...inTwo.receive(whole.slice(cut))];
      assert.deepEqual(kinds(steps), expected, `cut at ${cut}`);
    }
  });

  it('does nothing with a stream that ends early', () => {
    const request = sealed(REGISTER);
    for (let size = 0; size < request.length; size++) {
      assert.deepEqual(open().receive(request.slice(0, size)), [], `${size} bytes`);
    }
  });

  it('refuses another secret, and a proof of the wrong side', () => {
    for (const wrong of [proof(keyOf(new Uint8Array(16))), proof(keyOf(), 'lock'), proof(keyOf(SECRET, 9))]) {
      const lock = session();
      lock.receive(HELLO);
      assert.deepEqual(kinds(lock.receive(wrong)), ['pairing-secret']);
      assert.deepEqual(lock.receive(proof()), [], 'over');
    }
  });

  it('refuses a recording of another session', () => {
    const recorded = concatBytes(HELLO, proof(), sealed(REGISTER));
    assert.deepEqual(kinds(session(7).receive(recorded)), ['send', 'pairing-secret']);
  });

  it('refuses a request that is repeated, reordered, reflected or altered', () => {
    const repeated = open();
    repeated.receive(sealed(REGISTER));
    assert.deepEqual(kinds(repeated.receive(sealed(REGISTER))), ['pairing-secret']);
    assert.deepEqual(kinds(open().receive(sealed(REGISTER, 1))), ['pairing-secret']);
    assert.deepEqual(kinds(open().receive(sealed(REGISTER, 0, keyOf(), 'lock'))), ['pairing-secret']);
    const request = sealed(REGISTER);
    for (let bit = 16; bit < request.length * 8; bit++) {
      const altered = request.slice();
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const steps = kinds(open().receive(altered));
      assert.ok(!steps.includes('request'), `bit ${bit}`);
    }
  });

  it('refuses what is out of turn, and nothing gets through after that', () => {
    const turns: readonly (readonly Uint8Array[])[] = [
      [proof()],
      [sealed(REGISTER)],
      [encodePairingFrame(REGISTER)],
      [HELLO, HELLO],
      [HELLO, sealed(REGISTER)],
      [HELLO, encodePairingFrame(REGISTER)],
      [HELLO, proof(), HELLO],
      [HELLO, proof(), proof()],
      [HELLO, proof(), encodePairingFrame(REGISTER)],
      [HELLO, proof(), sealed({ kind: 'hello', nonce16: TOOL_NONCE })],
      [HELLO, proof(), sealed({ kind: 'paired', owner: new Uint8Array(20), epoch: 1 })],
    ];
    for (const [i, frames] of turns.entries()) {
      const lock = session();
      const steps = kinds(lock.receive(concatBytes(...frames)));
      assert.equal(steps.at(-1), 'pairing-frame', `turn ${i}`);
      assert.ok(!steps.includes('request'));
      assert.deepEqual(lock.receive(concatBytes(HELLO, proof(), sealed(REGISTER))), [], `turn ${i}`);
    }
  });

  it('refuses bytes that are no frame, and a frame over the limit at its first two bytes', () => {
    for (const bytes of [
      Uint8Array.of(0, 0),
      Uint8Array.of(0, 1, 0xff),
      Uint8Array.of(0, 2, 0x82, 0x01),
      Uint8Array.of((PAIRING_FRAME_BYTES_MAX + 1) >> 8, (PAIRING_FRAME_BYTES_MAX + 1) & 0xff),
      Uint8Array.of(0xff, 0xff),
    ]) {
      assert.deepEqual(kinds(session().receive(bytes)), ['pairing-frame']);
    }
    const longest = Uint8Array.of(PAIRING_FRAME_BYTES_MAX >> 8, PAIRING_FRAME_BYTES_MAX & 0xff);
    assert.deepEqual(session().receive(longest), []);
  });

  it('seals each answer under a count of its own', () => {
    const lock = open();
    const [first, second] = [lock.seal({ kind: 'configured' }), lock.seal({ kind: 'configured' })];
    assert.deepEqual(first, sealed({ kind: 'configured' }, 0, keyOf(), 'lock'));
    assert.deepEqual(second, sealed({ kind: 'configured' }, 1, keyOf(), 'lock'));
  });
});
