import type { VerifiedReport } from '../../firmware/crypto/report.js';
import type { Input, Output } from '../../firmware/lock/ports.js';
import type { Weather } from '../swarm/weather.js';
import type { Archive, SignedWord } from '../world/archive.js';
import type { FlashImage } from '../world/faulty-flash.js';
import type { PairingSight } from './pairing-ear.js';
import type { Witness } from './witness.js';

/** What a checker may know of its world besides what it sees: the time, and who signed what. */
export interface Scene {
  readonly nowMs: number;
  /** Of the boot under way. */
  readonly uptimeMs: number;
  /** Counted from 1. */
  readonly boot: number;
  /** Unix seconds of the true time. */
  readonly nowSeconds: number;
  /** The highest and lowest that any clock told the lock beside the true time so far, seconds. */
  readonly clockAheadSeconds: number;
  readonly clockBehindSeconds: number;
  readonly archive: Archive;
  readonly weather: Weather;
  readonly witness: Witness;
  /** What the lock has asked of its curve so far. */
  readonly curveOperations: number;
  /** Where the bolt truly is. */
  readonly bolt: 'locked' | 'unlocked' | 'between';
  /** The owner's last order to the bolt after the faults ended. */
  readonly lastWish: SignedWord | undefined;
  /** From here on nothing goes wrong any more. */
  readonly isCalm: boolean;
  /** Whether a transaction is mined, and no reorganisation has taken it back. */
  isOnChain(hash: string): boolean;
}

/** Sees the outside of one lock, and fails where its one sentence does not hold. A part that is absent sees nothing. */
export interface Checker {
  /** The invariant, in plain words. */
  readonly says: string;
  boot?(): void;
  cut?(): void;
  input?(input: Input): void;
  output?(output: Output): void;
  /** A report on the wire, the first time that its bytes are seen there. */
  report?(verified: VerifiedReport): void;
  /** The lock was shown the true bytes of something that was signed. */
  shown?(word: SignedWord): void;
  /** Something was said at the pairing port that proves something; `ownership` learns of it afterwards. */
  talk?(sight: PairingSight): void;
  /**
   * The lock says that it is another one than it was, as after a factory reset. A checker without this part ends with
   * the old lock; another begins once somebody owns the new one, and is told what has happened since that boot.
   */
  reset?(lock20: Uint8Array): void;
  /** Somebody has put an old image of flash back. */
  rolledBack?(image: FlashImage): void;
  /** The world is over. */
  end?(): void;
}

/** Makes a checker; `fail` takes what was found, in one sentence. */
export type CheckerFactory = (scene: Scene, fail: (found: string) => void) => Checker;
