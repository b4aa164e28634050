import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import type { VerifiedReport } from '../../firmware/crypto/report.js';
import type { Output } from '../../firmware/lock/ports.js';
import type { LockSettings } from '../../firmware/protocol/pairing.js';
import type { Archive } from '../world/archive.js';
import type { Signer } from '../world/chain-signer.js';
import type { EventQueue } from '../world/event-queue.js';
import type { FaultyFlash, FlashImage } from '../world/faulty-flash.js';
import type { HostileNode } from '../world/hostile-node.js';
import type { MemoryChain } from '../world/memory-chain.js';
import type { Prng } from '../world/prng.js';
import type { Room } from '../world/room.js';
import type { Wire } from '../world/wire.js';
import type { LockBody } from './lock-body.js';
import type { Owner } from './owner.js';
import type { Rhythm } from './rhythm.js';
import type { Weather } from './weather.js';

/** What everybody who lives beside a simulated lock can reach. */
export interface Neighbourhood {
  /** Guarded; not the lock's own. */
  readonly engine: CryptoEngine;
  readonly queue: EventQueue;
  /** A stream of chance of one's own: what one draws moves nobody else. Its `waitMs` lives by the world's rhythm. */
  readonly prng: (name: string) => Prng;
  readonly weather: Weather;
  readonly rhythm: Rhythm;
  readonly chain: MemoryChain;
  /** The block that holds the registration. */
  readonly firstBlock: number;
  /** What the lock was paired with. */
  readonly settings: LockSettings;
  /** The lock is another one since a reset, and was registered before this block. */
  readonly movedIn: (lock20: Uint8Array, firstBlock: number) => void;
  readonly archive: Archive;
  readonly nodes: readonly HostileNode[];
  readonly wire: Wire;
  readonly flash: FaultyFlash;
  readonly room: Room;
  readonly lock: LockBody;
  readonly owner: Owner;
  /** Who may have the token one after the other. */
  readonly owners: readonly Signer[];
  readonly guests: readonly Signer[];
  /** Whom nobody ever gave anything. */
  readonly thief: Signer;
  /** Unix seconds of the true time. */
  readonly nowSeconds: () => number;
  /** Notes a misfortune, as long as misfortunes are allowed. */
  readonly count: (fault: string) => void;
  /** A line of the timeline. */
  readonly tell: (line: string) => void;
  /** How far the clock that the lock is told goes wrong from now on, seconds. */
  readonly stepClock: (seconds: number) => void;
  /** Everybody is told that an old image of flash was put back. */
  readonly rolledBack: (image: FlashImage) => void;
}

/** Somebody, or something that happens, beside the lock. */
export interface Neighbour {
  /** The lock is paired and registered: from now on anything may happen. */
  start(): void;
  /** From now on nothing goes wrong any more, and nobody but the owner wishes anything. */
  calm(): void;
  /** Sees what the lock asks of the world. */
  output?(output: Output): void;
  /** Hears the lock in a pairing session. */
  paired?(bytes: Uint8Array): void;
  /** The owner's sink has taken a report. */
  delivered?(verified: VerifiedReport): void;
}

/** Moves somebody in. */
export type NeighbourFactory = (neighbourhood: Neighbourhood) => Neighbour;
