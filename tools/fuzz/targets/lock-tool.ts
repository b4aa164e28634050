import { toEvmSignature65 } from '../../../firmware/crypto/signature.js';
import { adoptDigest } from '../../../firmware/protocol/eip712.js';
import {
  encodePairingFrame,
  type PairingFrame,
  pairingProof,
  pairingSessionKey,
  pairingTag,
} from '../../../firmware/protocol/pairing.js';
import { type LockWorld, SECRET16 } from './lock-world.js';
import { SETTINGS } from './pairing.js';
import { CHAIN_ID, engine, OWNER, type Person, REGISTRY, STRANGER } from './people.js';

const NONCE16 = new Uint8Array(16).fill(0x33);

/** An owner's tool that stands at a lock, and can be made to misbehave at each step. */
export class LockTool {
  readonly #world: LockWorld;
  #key: Uint8Array = new Uint8Array(32);
  #sealed = 0;

  constructor(world: LockWorld) {
    this.#world = world;
  }

  /** The first bytes of a session. */
  hello(): Uint8Array {
    this.#sealed = 0;
    return encodePairingFrame({ kind: 'hello', nonce16: NONCE16 });
  }

  /** The proof of the printed secret, or of none before the lock has greeted. */
  proof(): Uint8Array {
    const greeting = this.#world.frames.findLast((frame) => frame.kind === 'greeting');
    if (greeting?.kind === 'greeting')
      this.#key = pairingSessionKey(engine.hmacSha256, SECRET16, NONCE16, greeting);
    return encodePairingFrame({ kind: 'proof', mac32: pairingProof(engine.hmacSha256, this.#key, 'tool') });
  }

  seal(frame: PairingFrame): Uint8Array {
    const inner = encodePairingFrame(frame).subarray(2);
    return this.sealBytes(inner);
  }

  /** Seals what may be no frame. */
  sealBytes(inner: Uint8Array): Uint8Array {
    const tag16 = pairingTag(engine.hmacSha256, this.#key, 'tool', this.#sealed++, inner);
    return encodePairingFrame({ kind: 'sealed', inner, tag16 });
  }

  /** Opens a session and proves the secret. */
  open(): void {
    const world = this.#world;
    world.give({ kind: 'pairing-opened' });
    world.give({ kind: 'pairing-received', bytes: this.hello() });
    world.give({ kind: 'pairing-received', bytes: this.proof() });
  }

  /** A request, the `index`th of those that there are. */
  request(index: number): PairingFrame {
    const { nowSeconds } = this.#world;
    switch (index % 7) {
      case 0:
        return { kind: 'pair', owner: OWNER.address20, ownerUnixSeconds: nowSeconds, settings: SETTINGS };
      case 1:
        return { kind: 'register', deadlineSeconds: nowSeconds };
      case 2:
        return { kind: 'configure', settings: { ...SETTINGS, texts: new Map([['heartbeat', '1']]) } };
      case 3:
        return { kind: 'ask' };
      case 4:
        return this.#adopt(STRANGER, 2);
      case 5:
        return { kind: 'refuse', challenge16: this.#challenge16, signature65: new Uint8Array(65).fill(27) };
      default:
        return this.#adopt(OWNER, 9);
    }
  }

  #adopt(owner: Person, epoch: number): PairingFrame {
    const domain = { chainId: CHAIN_ID, registry20: REGISTRY };
    const { lock20 } = this.#world;
    const challenge16 = this.#challenge16;
    const digest32 = adoptDigest(engine.keccak256, domain, {
      lock: lock20,
      owner: owner.address20,
      epoch,
      challenge16,
    });
    const signature65 = toEvmSignature65(engine.signRecoverable(digest32, owner.key32));
    return { kind: 'adopt', owner: owner.address20, epoch, signature65, handover: undefined };
  }

  get #challenge16(): Uint8Array {
    const frames = this.#world.frames.flatMap((frame) => {
      if (frame.kind !== 'sealed') return [];
      // As `encodePairingFrame` writes a challenge: version, kind 12, and its 16 bytes.
      return frame.inner.length === 20 && frame.inner[2] === 12 ? [frame.inner.slice(4)] : [];
    });
    return frames.at(-1) ?? new Uint8Array(16);
  }
}
