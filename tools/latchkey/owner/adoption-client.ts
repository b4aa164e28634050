import { createNobleEngine } from '../../../firmware/crypto/noble-engine.js';
import { adoptDigest, type RegistryDomain, refuseDigest } from '../../../firmware/protocol/eip712.js';
import { IoError } from '../../../firmware/protocol/errors.js';
import { encodePostCall } from '../../../firmware/protocol/post.js';
import { vetoTag } from '../../../firmware/protocol/veto-tag.js';
import { type PairingChannel, type PairingOptions, withLock } from './pairing-client.js';

const { keccak256, sha256 } = createNobleEngine();

/** Where the lock's session is, and which registry its owner's signatures are for. */
export interface AdoptionPlace extends Pick<PairingOptions, 'port' | 'secret16'> {
  readonly domain: RegistryDomain;
  /** The owner's key: r, s, v with v 27 or 28, 65 bytes, over a digest. */
  readonly sign: (digest32: Uint8Array) => Promise<Uint8Array>;
}

export interface AdoptOptions extends AdoptionPlace {
  /** 20-byte address of the key that signs. */
  readonly owner20: Uint8Array;
  /** As the registry has it; above the lock's. */
  readonly epoch: number;
  /** The pinned owner's handover to this owner, where there is one: the transaction's JSON as a node tells it. */
  readonly handover?: unknown;
}

/** An adoption as the lock has taken it. */
export interface AdoptedLock {
  readonly lock20: Uint8Array;
  readonly epoch: number;
  /** What a veto names. */
  readonly challenge16: Uint8Array;
  /** Seconds with acknowledged reports that it waits; 0: it has taken effect. */
  readonly waitSeconds: number;
}

/**
 * Asks a lock, of which its owner has not told, to take a new one. Somebody must have pressed its inside button before.
 * @throws IoError where the lock refuses, or is another than it says
 * @see PROTOCOL.md section 1.2
 */
export function adoptLock(options: AdoptOptions): Promise<AdoptedLock> {
  return withLock(options, (channel) => adoptIn(channel, options));
}

/** The same in a session that is open. @throws IoError where the lock refuses */
export async function adoptIn(
  channel: PairingChannel,
  { owner20: owner, epoch, domain, sign, handover }: Omit<AdoptOptions, 'port' | 'secret16'>,
): Promise<AdoptedLock> {
  const lock = expectPaired(channel);
  const { challenge16 } = await channel.ask({ kind: 'ask' }, 'challenge');
  const signature65 = await sign(adoptDigest(keccak256, domain, { lock, owner, epoch, challenge16 }));
  const bytes = handover === undefined ? undefined : new TextEncoder().encode(JSON.stringify(handover));
  const answer = await channel.ask({ kind: 'adopt', owner, epoch, signature65, handover: bytes }, 'adoption');
  return {
    lock20: lock,
    epoch: answer.epoch,
    challenge16: answer.challenge16,
    waitSeconds: answer.waitSeconds,
  };
}

/**
 * The pinned owner's veto at the lock's own session.
 * @param challenge16 - as the lock's reports name it
 * @throws IoError where the lock refuses
 */
export function refuseAdoption(place: AdoptionPlace, challenge16: Uint8Array): Promise<void> {
  return withLock(place, (channel) => refuseIn(channel, place, challenge16));
}

/** The same in a session that is open. @throws IoError where the lock refuses */
export async function refuseIn(
  channel: PairingChannel,
  { domain, sign }: Pick<AdoptionPlace, 'domain' | 'sign'>,
  challenge16: Uint8Array,
): Promise<void> {
  const lock = expectPaired(channel);
  const signature65 = await sign(refuseDigest(keccak256, domain, { lock, challenge16 }));
  await channel.ask({ kind: 'refuse', challenge16, signature65 }, 'stopped');
}

/**
 * The pinned owner's veto from afar, for the registry's mailbox: anybody may send it.
 * @returns calldata of `post`
 */
export async function vetoCall(
  { domain, sign }: Pick<AdoptionPlace, 'domain' | 'sign'>,
  lock20: Uint8Array,
  challenge16: Uint8Array,
): Promise<Uint8Array> {
  const envelope = await sign(refuseDigest(keccak256, domain, { lock: lock20, challenge16 }));
  return encodePostCall({ tag32: vetoTag(sha256, lock20, challenge16), envelope });
}

function expectPaired({ lock20, paired }: PairingChannel): Uint8Array {
  if (!paired) throw new IoError('nobody owns this lock: pair it');
  return lock20;
}
