import assert from 'node:assert/strict';
import { toEvmSignature65 } from '../../../firmware/crypto/signature.js';
import { adoptDigest, type RegistryDomain, refuseDigest } from '../../../firmware/protocol/eip712.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { TOPIC } from '../../../firmware/protocol/lock-registry.js';
import type { PairingFrame } from '../../../firmware/protocol/pairing.js';
import { encodePostCall } from '../../../firmware/protocol/post.js';
import { vetoTag } from '../../../firmware/protocol/veto-tag.js';
import { LockWorld } from './fixture.js';
import { CHAIN_ID, engine, type Mined, OWNER, type Person, person, REGISTRY, signCall } from './signer.js';
import type { WorldOptions } from './world-options.js';

/** Bought the token on a market; the lock has never heard of them. */
export const BUYER = person(11);
export const DOMAIN: RegistryDomain = { chainId: CHAIN_ID, registry20: REGISTRY };

const HOUR_MS = 3_600_000;
export const DEVICE = { pollIntervalMs: 60_000, heartbeatMs: 15 * 60_000 };

type Adopt = Extract<PairingFrame, { kind: 'adopt' }>;

/** What an adoption says, where it is not what an honest buyer would say. */
export interface Told {
  readonly by?: Person;
  readonly owner?: Uint8Array;
  readonly epoch?: number;
  readonly lock?: Uint8Array;
  readonly domain?: RegistryDomain;
  readonly challenge16?: Uint8Array;
  readonly handover?: Uint8Array;
}

/** Presses the button and proves the secret. */
export function enter(world: LockWorld): LockWorld {
  world.press();
  assert.ok(world.openPairing());
  return world;
}

/** The challenge that the lock gives for one adoption in this session. */
export function challengeOf(world: LockWorld): Uint8Array {
  const frame = world.ask({ kind: 'ask' });
  assert.ok(frame?.kind === 'challenge', frame?.kind);
  return frame.challenge16;
}

/** An adoption, signed as a wallet would. */
export function signAdopt(lock: Uint8Array, challenge16: Uint8Array, told: Told = {}): Adopt {
  const { by = BUYER, owner = by.address, epoch = 2, domain = DOMAIN, handover } = told;
  const digest32 = adoptDigest(engine.keccak256, domain, {
    lock: told.lock ?? lock,
    owner,
    epoch,
    challenge16: told.challenge16 ?? challenge16,
  });
  const signature65 = toEvmSignature65(engine.signRecoverable(digest32, by.key));
  return { kind: 'adopt', owner, epoch, signature65, handover };
}

/** Press, secret, challenge, signature: all that a new owner does. @returns the lock's answer */
export function adopt(world: LockWorld, told: Told = {}): PairingFrame | undefined {
  enter(world);
  return world.ask(signAdopt(world.lock, challengeOf(world), told));
}

export function signRefuse(
  lock: Uint8Array,
  challenge16: Uint8Array,
  by: Person = OWNER,
  domain: RegistryDomain = DOMAIN,
): Uint8Array {
  const digest32 = refuseDigest(engine.keccak256, domain, { lock, challenge16 });
  return toEvmSignature65(engine.signRecoverable(digest32, by.key));
}

/** Posts an envelope under the veto's tag, in a block of its own. */
export function postVeto(
  world: LockWorld,
  challenge16: Uint8Array,
  envelope: Uint8Array,
  by: Person = person(77),
): Mined {
  const tag32 = vetoTag(engine.sha256, world.lock, challenge16);
  const signed = signCall(by, encodePostCall({ tag32, envelope }), { nonce: world.chain.length });
  world.head++;
  const mined: Mined = { ...signed, block: world.head, topic: TOPIC.posted, tag32 };
  world.chain.push(mined);
  return mined;
}

/** What the last report says of an adoption. */
export function waitingOf(world: LockWorld) {
  return world.lastReport().adoption;
}

/** A handover's JSON as a node tells it, in UTF-8. */
export function handoverBytes({ json }: Pick<Mined, 'json'>): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(json));
}

/** A lock of the owner, hours before anybody asks for it. */
export function owned(options: WorldOptions = {}): LockWorld {
  return new LockWorld({ ...options, device: { ...DEVICE, ...options.device } }).boot().pair();
}

/** Lets hours pass, a tick each minute. */
export function hours(world: LockWorld, count: number): LockWorld {
  return world.pass(count * HOUR_MS, 60_000);
}

export function ownerOf(world: LockWorld): string {
  return formatHex(world.lastReport().owner ?? assert.fail('no owner'));
}

export function assertOwner(world: LockWorld, person: Person, epoch: number): void {
  hours(world, 0.5);
  assert.equal(ownerOf(world), formatHex(person.address));
  assert.equal(world.lastReport().epoch, epoch);
}
