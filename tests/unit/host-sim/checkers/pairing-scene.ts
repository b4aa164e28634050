import { toEvmSignature65 } from '../../../../firmware/crypto/signature.js';
import type { Input, Output } from '../../../../firmware/lock/ports.js';
import { asciiBytes } from '../../../../firmware/protocol/bytes.js';
import { adoptDigest, refuseDigest, registrationDigest } from '../../../../firmware/protocol/eip712.js';
import {
  encodePairingFrame,
  type PairingFrame,
  pairingProof,
  pairingSessionKey,
  pairingTag,
} from '../../../../firmware/protocol/pairing.js';
import type { Report } from '../../../../firmware/protocol/report.js';
import { domainDigest8 } from '../../../../firmware/protocol/report-digests.js';
import type { CheckerFactory } from '../../../../host-sim/checkers/checker.js';
import type { SignedWord } from '../../../../host-sim/world/archive.js';
import type { Signer } from '../../../../host-sim/world/chain-signer.js';
import { ENGINE, signer } from '../world/people.js';
import { HandMadeScene, OWNER, SECRET16 } from './scene.js';

/** The lock's own key. */
export const DEVICE: Signer = signer(20);
export const REGISTRY20: Uint8Array = new Uint8Array(20).fill(0x11);
export const CHAIN_ID = 31_337n;
export const NODE = 'http://node-0.example/';
export const SETTINGS = Object.freeze({
  chainId: CHAIN_ID,
  registry: REGISTRY20,
  startBlock: 1,
  endpoints: [NODE],
  texts: new Map<string, string>(),
});

const DOMAIN = { chainId: CHAIN_ID, registry20: REGISTRY20 };
const NONCE16 = new Uint8Array(16).fill(7);

/** A scene with a pairing port: a test plays the tool and the lock, frame by frame. */
export class PairingScene {
  readonly scene: HandMadeScene;
  #key: Uint8Array = new Uint8Array(0);
  #fromTool = 0;
  #fromLock = 0;

  constructor(make: CheckerFactory) {
    this.scene = new HandMadeScene(make);
    this.scene.witness.meet(DEVICE.address20);
    this.scene.archive.lock20 = Uint8Array.from(DEVICE.address20);
  }

  get found(): readonly string[] {
    return this.scene.found;
  }

  /** The owner has paired the lock. */
  pair(owner: Signer = OWNER): this {
    this.enter();
    const ownerUnixSeconds = this.scene.nowSeconds;
    this.ask({ kind: 'pair', owner: owner.address20, ownerUnixSeconds, settings: SETTINGS });
    return this.answer({ kind: 'paired', owner: owner.address20, epoch: 1 }).close();
  }

  /** A press, a greeting, and the secret proved on both sides. */
  enter(): this {
    return this.press().open().greet().prove().lockProves();
  }

  press(): this {
    return this.input({ kind: 'button-pressed' });
  }

  open(): this {
    this.input({ kind: 'pairing-opened' });
    this.#fromTool = 0;
    this.#fromLock = 0;
    return this.toolSends(encodePairingFrame({ kind: 'hello', nonce16: NONCE16 }));
  }

  greet(by: Signer = DEVICE): this {
    const publicKey33 = ENGINE.publicKey(by.key32);
    const greeting = {
      kind: 'greeting',
      lock20: by.address20,
      publicKey33,
      nonce16: NONCE16,
      paired: true,
    } as const;
    this.#key = pairingSessionKey(ENGINE.hmacSha256, SECRET16, NONCE16, greeting);
    return this.lockSends(encodePairingFrame(greeting));
  }

  prove(mac32: Uint8Array = pairingProof(ENGINE.hmacSha256, this.#key, 'tool')): this {
    return this.toolSends(encodePairingFrame({ kind: 'proof', mac32 }));
  }

  lockProves(): this {
    const mac32 = pairingProof(ENGINE.hmacSha256, this.#key, 'lock');
    return this.lockSends(encodePairingFrame({ kind: 'proof', mac32 }));
  }

  ask(frame: PairingFrame): this {
    return this.toolSends(this.#seal(frame, 'tool', this.#fromTool++));
  }

  answer(frame: PairingFrame): this {
    return this.lockSends(this.#seal(frame, 'lock', this.#fromLock++));
  }

  close(): this {
    return this.input({ kind: 'pairing-closed' });
  }

  /** An adoption, as far as the lock's answer to it. */
  askFor(by: Signer, challenge16: Uint8Array, handover?: SignedWord, owner = by.address20): this {
    this.enter().ask({ kind: 'ask' }).answer({ kind: 'challenge', challenge16 });
    const digest32 = adoptDigest(ENGINE.keccak256, DOMAIN, {
      lock: DEVICE.address20,
      owner,
      epoch: 2,
      challenge16,
    });
    const bytes = handover && asciiBytes(JSON.stringify(this.scene.archive.recall(handover)));
    return this.ask({ kind: 'adopt', owner, epoch: 2, signature65: sign(by, digest32), handover: bytes });
  }

  /** The lock says that an adoption waits. */
  wait(by: Signer, challenge16: Uint8Array, waitSeconds: number): this {
    return this.answer({ kind: 'adoption', owner: by.address20, epoch: 2, challenge16, waitSeconds });
  }

  refuse(by: Signer, challenge16: Uint8Array): this {
    const digest32 = refuseDigest(ENGINE.keccak256, DOMAIN, { lock: DEVICE.address20, challenge16 });
    return this.enter().ask({ kind: 'refuse', challenge16, signature65: sign(by, digest32) });
  }

  /** The lock's consent to a registration. */
  register(owner: Signer, deadline: number): this {
    const consent = { lock: DEVICE.address20, owner: owner.address20, deadline };
    const digest32 = registrationDigest(ENGINE.keccak256, DOMAIN, consent);
    return this.answer({ kind: 'registration', signature65: sign(DEVICE, digest32) });
  }

  report(owner: Signer | undefined, change: Partial<Report> = {}, by: Signer = DEVICE): this {
    const seq = change.seq ?? 1;
    const digest8 = domainDigest8(ENGINE.sha256, CHAIN_ID, REGISTRY20);
    const named = owner === undefined ? {} : { owner: owner.address20, domainDigest8: digest8 };
    this.scene.publish({ seq, ...named, ...change }, { lock20: by.address20 });
    return this;
  }

  /** Hours go by in which the sink takes a report, or does not. */
  pass(hours: number, isTaken = true): this {
    for (let hour = 0; hour < hours; hour++) {
      this.scene.pass(1_800);
      const seq = 1_000 + Math.floor(this.scene.nowMs / 1_000);
      this.scene.output({ kind: 'publish', seq, cose: new Uint8Array(0) });
      this.scene.input(isTaken ? { kind: 'published', seq } : { kind: 'publish-failed', seq });
      this.scene.pass(1_800);
    }
    return this;
  }

  input(input: Input): this {
    this.scene.hear(this.scene.witness.hearTool(input));
    this.scene.input(input);
    return this;
  }

  output(output: Output): this {
    this.scene.output(output);
    this.scene.hear(this.scene.witness.hearLock(output));
    return this;
  }

  toolSends(bytes: Uint8Array): this {
    return this.input({ kind: 'pairing-received', bytes });
  }

  lockSends(bytes: Uint8Array): this {
    return this.output({ kind: 'pairing-send', bytes });
  }

  #seal(frame: PairingFrame, from: 'tool' | 'lock', count: number): Uint8Array {
    const inner = encodePairingFrame(frame).subarray(2);
    const tag16 = pairingTag(ENGINE.hmacSha256, this.#key, from, count, inner);
    return encodePairingFrame({ kind: 'sealed', inner, tag16 });
  }
}

function sign({ key32 }: Signer, digest32: Uint8Array): Uint8Array {
  return toEvmSignature65(ENGINE.signRecoverable(digest32, key32));
}
