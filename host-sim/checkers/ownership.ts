import { addressOf } from '../../firmware/crypto/address.js';
import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { fromEvmSignature65 } from '../../firmware/crypto/signature.js';
import type { Input } from '../../firmware/lock/ports.js';
import { equalBytes } from '../../firmware/protocol/bytes.js';
import {
  adoptDigest,
  type RegistryDomain,
  refuseDigest,
  registrationDigest,
} from '../../firmware/protocol/eip712.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { formatHex, parseHex } from '../../firmware/protocol/hex.js';
import { ADOPTION_HOURS } from '../../firmware/protocol/limits.js';
import type { LockSettings, PairingFrame } from '../../firmware/protocol/pairing.js';
import type { Report } from '../../firmware/protocol/report.js';
import { domainDigest8 } from '../../firmware/protocol/report-digests.js';
import type { Archive, SignedWord } from '../world/archive.js';
import type { PairingSight, PairingTalk } from './pairing-ear.js';
import { WaitedHours } from './waited-hours.js';

/** Somebody who has asked for the lock as the protocol wants it. */
export interface Asked {
  /** Lowercase hex. */
  readonly owner: string;
  readonly epoch: number;
  /** The epoch that the lock said last when it was asked: it was in this one or a later one. */
  readonly fromEpoch: number;
  readonly hours: WaitedHours;
  /** The lock has said that it waits. */
  isTold: boolean;
}

type Adopt = Extract<PairingFrame, { kind: 'adopt' }>;
type Refuse = Extract<PairingFrame, { kind: 'refuse' }>;

/**
 * Whom a lock may take for its owner, by all that was said to it: pairing, handovers, adoptions and vetoes. Where nobody
 * outside can tell what the lock has heard in time, both may be.
 */
export class Ownership {
  readonly #engine: CryptoEngine;
  readonly #archive: Archive;
  readonly #nowMs: () => number;
  #owners = new Map<number, Set<string>>();
  #asked = new Map<string, Asked>();
  #stopped = new Set<string>();
  #configuredMs = -Infinity;
  /** Everybody who was ever taken for an owner, of whichever lock, lowercase hex. */
  readonly ever = new Set<string>();
  /** The highest epoch that this lock has named. */
  reportedEpoch = 0;
  /** A report or the lock's own tool has named an owner. */
  isPaired = false;
  /** All settings that a proven tool has asked for, of this lock. */
  settings: LockSettings[] = [];
  /** 20-byte address; undefined before the lock has said it. */
  lock20: Uint8Array | undefined;

  constructor(engine: CryptoEngine, archive: Archive, nowMs: () => number) {
    this.#engine = engine;
    this.#archive = archive;
    this.#nowMs = nowMs;
  }

  /** Whether this address may be the owner in an epoch. @param owner - lowercase hex */
  mayOwn(owner: string, epoch: number): boolean {
    return this.ownersOf(epoch).has(owner);
  }

  ownersOf(epoch: number): ReadonlySet<string> {
    for (const asked of this.#asked.values())
      if (asked.epoch === epoch && this.hoursOf(asked) >= ADOPTION_HOURS) this.#add(epoch, asked.owner);
    return this.#owners.get(epoch) ?? NOBODY;
  }

  /** Whom the lock may have now: of the epochs from the last that it has named on. */
  get present(): ReadonlySet<string> {
    const epochs = [...this.#owners.keys(), ...[...this.#asked.values()].map(({ epoch }) => epoch)];
    const present = epochs.filter((epoch) => epoch >= this.reportedEpoch);
    return new Set(present.flatMap((epoch) => [...this.ownersOf(epoch)]));
  }

  /** Whether the lock may be in a later epoch than it has said. */
  get mayHaveMovedOn(): boolean {
    const epochs = [...this.#owners.keys(), ...[...this.#asked.values()].map(({ epoch }) => epoch)];
    return epochs.some((epoch) => epoch > this.reportedEpoch && this.ownersOf(epoch).size > 0);
  }

  /** What was asked under a challenge, as long as no veto has met it. */
  askedFor(challenge16: Uint8Array): Asked | undefined {
    return this.#asked.get(formatHex(challenge16));
  }

  /** Challenges of adoptions that a veto has met, lowercase hex. */
  get stopped(): ReadonlySet<string> {
    return this.#stopped;
  }

  /** The most hours that may have counted. */
  hoursOf({ hours }: Asked): number {
    return hours.atMost(this.#nowMs());
  }

  /** Somebody is taken for the owner of an epoch without more. @param owner - lowercase hex */
  trust(owner: string, epoch: number): void {
    this.#add(epoch, owner);
  }

  /** The lock is another one: nobody owns it, and nothing of before counts. */
  begin(lock20: Uint8Array): void {
    this.lock20 = lock20.slice();
    this.#owners = new Map();
    this.#asked = new Map();
    this.#stopped = new Set();
    this.reportedEpoch = 0;
    this.isPaired = false;
    this.settings = [];
  }

  boot(): void {
    for (const { hours } of this.#asked.values()) hours.boot(this.#nowMs());
  }

  cut(): void {
    for (const { hours } of this.#asked.values()) hours.cut(this.#nowMs());
  }

  input(input: Input): void {
    if (input.kind !== 'published') return;
    for (const { hours } of this.#asked.values()) hours.taken(input.seq, this.#nowMs());
  }

  /** A report is on the wire, for the first time or again. */
  sent(seq: number): void {
    for (const { hours } of this.#asked.values()) hours.shown(seq, this.#nowMs());
  }

  report({ owner, epoch }: Pick<Report, 'owner' | 'epoch'>): void {
    if (owner !== undefined) this.isPaired = true;
    this.reportedEpoch = Math.max(this.reportedEpoch, epoch);
    // One epoch has one owner: the others were not it.
    const hex = owner === undefined ? '' : formatHex(owner);
    if (this.mayOwn(hex, epoch)) this.#owners.set(epoch, new Set([hex]));
  }

  shown({ command, by }: SignedWord): void {
    if (command.kind === 'handover' && this.mayOwn(by, command.epoch))
      this.#add(command.newEpoch, formatHex(command.to));
  }

  heard(sight: PairingSight): void {
    if (sight.kind === 'asked') this.#request(sight.frame, sight.talk);
    if (sight.kind !== 'answered') return;
    const { frame } = sight;
    if (frame.kind === 'paired') this.isPaired = true;
    if (frame.kind === 'adoption') {
      const asked = this.askedFor(frame.challenge16);
      if (asked !== undefined) asked.isTold = true;
    }
    if (frame.kind === 'stopped') this.stop(frame.challenge16);
  }

  /** A veto has met it. */
  stop(challenge16: Uint8Array): void {
    const key = formatHex(challenge16);
    this.#asked.delete(key);
    this.#stopped.add(key);
  }

  /** Whether this is a veto that a lock must obey: of the only one who can be its owner, while it surely waits. */
  isCertainVeto({ challenge16, signature65 }: Refuse): boolean {
    const asked = this.askedFor(challenge16);
    const { domain } = this;
    if (asked === undefined || domain === undefined || this.lock20 === undefined) return false;
    // The lock may have found it in the mailbox already.
    if (this.#archive.vetoes.has(formatHex(challenge16))) return false;
    if (!asked.isTold || this.hoursOf(asked) >= ADOPTION_HOURS) return false;
    const [owner, ...others] = this.present;
    const isOver = [...this.#owners.keys()].some((epoch) => epoch > asked.fromEpoch);
    if (owner === undefined || others.length > 0 || isOver) return false;
    const lock = this.lock20;
    return (
      this.#signer(refuseDigest(this.#engine.keccak256, domain, { lock, challenge16 }), signature65) === owner
    );
  }

  /** Whether the lock has signed this for an owner whom it may have, until one of these Unix seconds. */
  isConsent(signature65: Uint8Array, deadlines: readonly number[]): boolean {
    const { domain, lock20: lock } = this;
    if (domain === undefined || lock === undefined) return false;
    return [...this.present].some((owner20) =>
      deadlines.some((deadline) => {
        const owner = parseHex(owner20, 20);
        const digest32 = registrationDigest(this.#engine.keccak256, domain, { lock, owner, deadline });
        return this.#signer(digest32, signature65) === formatHex(lock);
      }),
    );
  }

  /** The digest of what is pinned, as reports carry it. */
  get domainDigest8(): Uint8Array | undefined {
    const { domain } = this;
    if (domain === undefined) return undefined;
    return domainDigest8(this.#engine.sha256, BigInt(domain.chainId), domain.registry20);
  }

  /** The lock was told its endpoints a moment ago, and begins anew with them. */
  get isConfigured(): boolean {
    return this.#nowMs() < this.#configuredMs + CONFIGURING_MS;
  }

  /** Whether settings are of the chain, registry and first block that the lock was paired with. */
  isPinned({ chainId, registry, startBlock }: LockSettings): boolean {
    const [first] = this.settings;
    if (first === undefined) return false;
    return (
      first.chainId === chainId && first.startBlock === startBlock && equalBytes(first.registry, registry)
    );
  }

  get domain(): RegistryDomain | undefined {
    const [first] = this.settings;
    return first === undefined ? undefined : { chainId: first.chainId, registry20: first.registry };
  }

  #request(frame: PairingFrame, talk: PairingTalk): void {
    if (!talk.isPressed || !talk.isProven) return;
    if (frame.kind === 'configure') this.#configuredMs = this.#nowMs();
    if (frame.kind === 'configure' && this.isPinned(frame.settings)) this.settings.push(frame.settings);
    if (frame.kind === 'pair' && !this.isPaired) {
      this.settings.push(frame.settings);
      this.#add(1, formatHex(frame.owner));
    }
    if (frame.kind === 'adopt') this.#adopt(frame, talk.challenge16);
  }

  #adopt({ owner: owner20, epoch, signature65, handover }: Adopt, challenge16: Uint8Array | undefined): void {
    const { domain, lock20: lock } = this;
    if (challenge16 === undefined || domain === undefined || lock === undefined) return;
    const digest32 = adoptDigest(this.#engine.keccak256, domain, {
      lock,
      owner: owner20,
      epoch,
      challenge16,
    });
    const owner = formatHex(owner20);
    if (epoch <= this.reportedEpoch || this.#signer(digest32, signature65) !== owner) return;
    if (handover !== undefined) {
      if (this.#isHandedTo(owner, epoch, handover)) this.#add(epoch, owner);
      return;
    }
    if (this.present.has(owner)) this.#add(epoch, owner);
    const hours = new WaitedHours(this.#nowMs());
    const { reportedEpoch: fromEpoch } = this;
    this.#asked.set(formatHex(challenge16), { owner, epoch, fromEpoch, hours, isTold: false });
  }

  /** Whether somebody who may be the owner has signed the lock over: expired or not, from its epoch to a later one. */
  #isHandedTo(owner: string, epoch: number, handover: Uint8Array): boolean {
    const [, hash = ''] = /"hash":"(0x[0-9a-f]{64})"/.exec(Buffer.from(handover).toString('latin1')) ?? [];
    const word = this.#archive.find(hash);
    if (word?.command.kind !== 'handover') return false;
    const { command, by, lock20 } = word;
    return (
      formatHex(lock20) === formatHex(this.lock20 ?? lock20) &&
      formatHex(command.to) === owner &&
      this.mayOwn(by, command.epoch) &&
      command.epoch >= this.reportedEpoch &&
      command.newEpoch > command.epoch &&
      epoch > command.epoch
    );
  }

  #signer(digest32: Uint8Array, signature65: Uint8Array): string | undefined {
    try {
      const { signature64, recoveryId } = fromEvmSignature65(signature65);
      return formatHex(addressOf(this.#engine, this.#engine.recover(digest32, signature64, recoveryId)));
    } catch (error) {
      if (error instanceof DecodeError) return undefined;
      throw error;
    }
  }

  #add(epoch: number, owner: string): void {
    this.ever.add(owner);
    const owners = this.#owners.get(epoch);
    // The lock has said who owns it in this epoch: whatever is shown later changes nothing of that.
    if (owners !== undefined && epoch <= this.reportedEpoch) return;
    if (owners === undefined) this.#owners.set(epoch, new Set([owner]));
    else owners.add(owner);
  }
}

/** Longer than flash takes for what is configured. */
const CONFIGURING_MS = 10_000;
const NOBODY: ReadonlySet<string> = new Set();
