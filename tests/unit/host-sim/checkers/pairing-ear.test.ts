import assert from 'node:assert/strict';
import { encodePairingFrame } from '../../../../firmware/protocol/pairing.js';
import type { CheckerFactory } from '../../../../host-sim/checkers/checker.js';
import type { PairingSight } from '../../../../host-sim/checkers/pairing-ear.js';
import { DEVICE, PairingScene } from './pairing-scene.js';
import { NEXT_OWNER } from './scene.js';

const WRONG32 = new Uint8Array(32);
const REGISTER = { kind: 'register', deadlineSeconds: 5 } as const;
const CHALLENGE16 = new Uint8Array(16).fill(3);
/** A request whose tag nobody with the secret has made. */
const FORGED = encodePairingFrame({
  kind: 'sealed',
  inner: encodePairingFrame(REGISTER).subarray(2),
  tag16: new Uint8Array(16),
});

/** A tool that sends each frame in two pieces. */
class PiecesScene extends PairingScene {
  override toolSends(bytes: Uint8Array): this {
    super.toolSends(bytes.subarray(0, 3));
    return super.toolSends(bytes.subarray(3));
  }
}

/** A lock whose answers come late: the tool has sent all before. */
class LateScene extends PairingScene {
  readonly #held: Uint8Array[] = [];

  override lockSends(bytes: Uint8Array): this {
    this.#held.push(bytes);
    return this;
  }

  flush(): this {
    for (const bytes of this.#held) super.lockSends(bytes);
    return this;
  }
}

/** A scene of this kind, and what the ear hears in it. */
function play<Scene extends PairingScene>(Kind: new (make: CheckerFactory) => Scene) {
  const sights: PairingSight[] = [];
  const scene = new Kind(() => ({ says: 'nothing', talk: (sight) => sights.push(sight) }));
  return { scene, sights, kinds: () => sights.map(kindOf).join() };
}

function kindOf(sight: PairingSight): string {
  return 'frame' in sight ? `${sight.kind} ${sight.frame.kind}` : sight.kind;
}

const PAIRED = 'greeted,proved,asked pair,answered paired';

describe('PairingEar', () => {
  it('hears both sides of a pairing, and counts what was asked and answered', () => {
    const { scene, sights, kinds } = play(PairingScene);
    scene.pair();
    assert.equal(kinds(), PAIRED);
    const { talk } = sights.at(-1) as PairingSight;
    assert.deepEqual(talk, {
      isPressed: true,
      wrongSecrets: 0,
      lock20: DEVICE.address20,
      isProven: true,
      requests: 1,
      answers: 1,
      challenge16: undefined,
    });
  });

  it('hears frames that come in pieces, or before the greeting that they need', () => {
    const pieces = play(PiecesScene);
    pieces.scene.pair();
    assert.equal(pieces.kinds(), PAIRED);
    const late = play(LateScene);
    late.scene.press().open().greet().prove().ask(REGISTER);
    assert.equal(late.kinds(), '');
    late.scene.flush();
    assert.equal(late.kinds(), 'greeted,asked register');
  });

  it('knows whether somebody has pressed in this boot, and not long ago', () => {
    const pressed = (act: (scene: PairingScene) => void) => {
      const { scene, sights } = play(PairingScene);
      act(scene);
      scene.open().greet();
      return sights.at(-1)?.talk.isPressed;
    };
    assert.equal(
      pressed((scene) => scene.press().scene.pass(119)),
      true,
    );
    assert.equal(
      pressed((scene) => scene.press().scene.pass(120)),
      false,
    );
    assert.equal(
      pressed((scene) => scene.press().scene.cut().turnOn()),
      false,
    );
    assert.equal(
      pressed(() => {}),
      false,
    );
  });

  it('believes no request before the secret is proved, and none whose tag is wrong', () => {
    const unproven = play(PairingScene);
    unproven.scene.press().open().greet().ask(REGISTER);
    assert.equal(unproven.kinds(), 'greeted');
    const wrong = play(PairingScene);
    wrong.scene.press().open().greet().prove(WRONG32).ask(REGISTER);
    assert.equal(wrong.kinds(), 'greeted');
    assert.equal(wrong.sights.at(-1)?.talk.isProven, false);
    const forged = play(PairingScene);
    forged.scene.enter().toolSends(FORGED);
    assert.equal(forged.kinds(), 'greeted,proved');
  });

  it('believes no request that is sent twice', () => {
    const { scene, kinds } = play(PairingScene);
    const sent: Uint8Array[] = [];
    const send = scene.toolSends.bind(scene);
    scene.enter();
    scene.toolSends = (bytes) => {
      sent.push(bytes);
      return send(bytes);
    };
    scene.ask(REGISTER);
    send(sent[0] ?? WRONG32);
    assert.equal(kinds(), 'greeted,proved,asked register');
  });

  it('counts wrong secrets until somebody presses again', () => {
    const { scene, sights } = play(PairingScene);
    scene.press().open().greet().prove(WRONG32).close();
    scene.open().greet().prove().toolSends(FORGED).close().open().greet();
    assert.deepEqual(
      sights.map(({ talk }) => talk.wrongSecrets),
      [0, 1, 2],
    );
    scene.close().press().open().greet();
    assert.equal(sights.at(-1)?.talk.wrongSecrets, 0);
  });

  it('remembers a challenge for one adoption', () => {
    const { scene, sights } = play(PairingScene);
    scene.askFor(NEXT_OWNER, CHALLENGE16).ask({ kind: 'ask' });
    const asked = sights.filter(({ kind }) => kind === 'asked');
    assert.deepEqual(
      asked.map((sight) => [kindOf(sight), sight.talk.challenge16]),
      [
        ['asked ask', undefined],
        ['asked adopt', CHALLENGE16],
        ['asked ask', undefined],
      ],
    );
  });

  it('hears nothing once the port is closed, by either side or by a boot', () => {
    for (const end of [
      (scene: PairingScene) => scene.close(),
      (scene: PairingScene) => scene.output({ kind: 'pairing-close' }),
      (scene: PairingScene) => scene.scene.cut().turnOn(),
    ]) {
      const { scene, kinds } = play(PairingScene);
      scene.enter();
      end(scene);
      scene.ask(REGISTER).answer({ kind: 'configured' });
      assert.equal(kinds(), 'greeted,proved');
    }
  });

  it('hears nothing in what is no frame, and goes on', () => {
    const { scene, kinds } = play(PairingScene);
    const junk = Uint8Array.of(0, 1, 0xff);
    scene.press().open().lockSends(junk).greet().toolSends(junk).prove().lockProves().ask(REGISTER);
    assert.equal(kinds(), 'greeted,proved,asked register');
  });
});
