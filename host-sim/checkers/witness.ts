import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import type { VerifiedReport } from '../../firmware/crypto/report.js';
import type { Input, Output } from '../../firmware/lock/ports.js';
import { equalBytes } from '../../firmware/protocol/bytes.js';
import type { Command } from '../../firmware/protocol/command.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { BOLT_TRAVEL_MS_MAX, BOLT_TRIES_MAX, OUTBOX_REPORTS_MAX } from '../../firmware/protocol/limits.js';
import { isOpening } from '../../firmware/protocol/order.js';
import type { Terms } from '../../firmware/protocol/terms.js';
import type { Archive, SignedWord } from '../world/archive.js';
import { Ownership } from './ownership.js';
import { PairingEar, type PairingSight } from './pairing-ear.js';

/** Why the bolt is driven toward unlocked, as far as somebody outside can tell. */
export type DriveCause = 'hand' | 'retry' | 'order';

type Report = VerifiedReport['report'];

/** How much later than it was due a try may come: the machine rounds and flash takes its time. */
const TRY_SLACK_MS = 2_000;

/** How many of the last reports' makings are remembered: those that flash holds, and as many again. */
const MADE_MAX = 2 * OUTBOX_REPORTS_MAX;
/**
 * For so long after flash refused a write receipts may come in another order than that of what they are for: one that
 * lives in RAM and is lost with the power is made anew.
 */
const UNSOUND_MS = 2 * 3_600_000;

/** When a report was signed, by the world's time and the boot, counted from 1. */
export interface Made {
  readonly atMs: number;
  readonly boot: number;
}

/** What checkers remember together of one lock: what was shown to it, what it did, and what it has said so far. */
export class Witness {
  readonly #archive: Archive;
  readonly #nowMs: () => number;
  /** Owners that the lock may have by now. */
  readonly ownership: Ownership;
  readonly #ear: PairingEar;
  /** Words that were shown in this boot, and how many writes were confirmed before. */
  readonly #shown = new Map<SignedWord, number>();
  /** Grants and revocations that were ever shown, by guest. */
  readonly #grants = new Map<string, SignedWord[]>();
  /** The last of them that a report confirmed. */
  readonly #confirmed = new Map<string, SignedWord>();
  readonly #receipted = new Set<SignedWord>();
  readonly #receiptWords = new WeakMap<Report, SignedWord>();
  /** By the numbers of reports. */
  readonly #made = new Map<number, Made>();
  #boot = 0;
  #refusedMs = -Infinity;
  storedCount = 0;
  isClockTold = false;
  #lastInput: Input['kind'] | undefined;
  #driveMs = -Infinity;
  #drives = 0;
  #lastTarget: 'locked' | 'unlocked' | undefined;

  /**
   * @param engine - guarded; not the lock's own
   * @param secret16 - what is printed as the lock's QR code
   */
  constructor(archive: Archive, engine: CryptoEngine, secret16: Uint8Array, nowMs: () => number) {
    this.#archive = archive;
    this.#nowMs = nowMs;
    this.ownership = new Ownership(engine, archive, nowMs);
    this.#ear = new PairingEar(engine, secret16, nowMs);
  }

  /** The highest epoch that a report of this lock has named. */
  get reportedEpoch(): number {
    return this.ownership.reportedEpoch;
  }

  boot(): void {
    this.#ear.boot();
    this.ownership.boot();
    this.#boot++;
    this.#shown.clear();
    this.isClockTold = false;
    this.#lastTarget = undefined;
  }

  cut(): void {
    this.ownership.cut();
  }

  /** What was said at the pairing port with this input, as far as it proves anything. */
  hearTool(input: Input): readonly PairingSight[] {
    return this.#ear.input(input);
  }

  hearLock(output: Output): readonly PairingSight[] {
    return this.#ear.output(output);
  }

  /** The lock says that it is another one: what was signed for the old one is nothing to it. */
  meet(lock20: Uint8Array): void {
    this.#shown.clear();
    this.#grants.clear();
    this.#confirmed.clear();
    this.#receipted.clear();
    this.ownership.begin(lock20);
  }

  input(input: Input): void {
    this.#lastInput = input.kind;
    this.ownership.input(input);
    if (input.kind === 'stored') this.storedCount++;
    if (input.kind === 'store-failed') this.#refusedMs = this.#nowMs();
    if (input.kind === 'clock' && input.source !== 'none') this.isClockTold = true;
  }

  /** Called after the checkers, which want to know what was before. */
  output(output: Output): void {
    if (output.kind === 'publish') this.ownership.sent(output.seq);
    if (output.kind === 'notice' && output.notice.event === 'signed') this.#signed(output.notice.seq);
    if (output.kind === 'stop-bolt') this.#lastTarget = undefined;
    if (output.kind !== 'drive-bolt') return;
    // Whoever wishes it again while the motor tries gives it as many tries anew.
    const isTry = this.#lastTarget === output.target && this.causeOfDrive() === 'retry';
    this.#drives = isTry ? this.#drives + 1 : 1;
    this.#lastTarget = output.target;
    this.#driveMs = this.#nowMs();
  }

  shown(word: SignedWord): void {
    if (!equalBytes(word.lock20, this.ownership.lock20 ?? word.lock20)) return;
    this.ownership.shown(word);
    if (!this.#shown.has(word)) this.#shown.set(word, this.storedCount);
    const { command } = word;
    if (command.kind === 'grant') {
      const guest = formatHex(command.guest);
      const known = this.#grants.get(guest) ?? [];
      if (!known.includes(word)) this.#grants.set(guest, [...known, word]);
    }
  }

  report(report: Report): void {
    this.ownership.report(report);
    const word = this.receiptOf(report);
    if (word === undefined) return;
    this.#receipted.add(word);
    const { command } = word;
    if (command.kind !== 'grant') return;
    const guest = formatHex(command.guest);
    const before = this.#confirmed.get(guest)?.command;
    const isNewer =
      before?.kind !== 'grant' ||
      before.terms.epoch < command.terms.epoch ||
      before.terms.serial <= command.terms.serial;
    if (isNewer) this.#confirmed.set(guest, word);
  }

  /** An old image of flash: what was reported since is forgotten, and nobody knows how much that is. */
  rolledBack(): void {
    this.ownership.reportedEpoch = 1;
    this.#made.clear();
    this.#receipted.clear();
    this.#confirmed.clear();
  }

  /** The word that a report is the receipt of; undefined for other reports, and for receipts of what nobody signed. */
  receiptOf(report: Report): SignedWord | undefined {
    const known = this.#receiptWords.get(report);
    if (known !== undefined) return known;
    const { cause, lastCommand } = report;
    if (cause !== 'command' || lastCommand === undefined || lastCommand.reason !== 'none') return undefined;
    const { by, command, nonce, notAfterSeconds } = lastCommand;
    const words = this.#archive.named(formatHex(by), command, nonce, notAfterSeconds);
    const all = words.filter((word) => word.shownMs !== undefined);
    // What differs in its epoch alone is told apart by the lock's; what was for another, and is obeyed, is none the less found.
    const ours = all.filter(
      ({ command }) => command.kind === 'handover' || epochOf(command) === report.epoch,
    );
    const shown = ours.length > 0 ? ours : all;
    // Two grants may have one nonce, where a reorganisation has dropped the first, and a receipt names no guest.
    const word = shown.find((each) => !this.#receipted.has(each)) ?? shown[0] ?? words[0];
    if (word !== undefined) this.#receiptWords.set(report, word);
    return word;
  }

  isReceipted(word: SignedWord): boolean {
    return this.#receipted.has(word);
  }

  /** When a report was signed, as the lock told those who watch; undefined of one that was not seen, or is long ago. */
  madeOf(seq: number): Made | undefined {
    return this.#made.get(seq);
  }

  /** Whether receipts come in the order of what they are for: flash has refused nothing for long. */
  get isFlashSound(): boolean {
    return this.#nowMs() - this.#refusedMs > UNSOUND_MS;
  }

  /** The kind of what the lock was handed last. */
  get lastInput(): Input['kind'] | undefined {
    return this.#lastInput;
  }

  /** What a drive toward unlocked that is asked for just now comes from. */
  causeOfDrive(): DriveCause {
    if (this.#lastInput === 'button-pressed') return 'hand';
    const dueMs = this.#driveMs + BOLT_TRAVEL_MS_MAX;
    const isDue = this.#nowMs() >= dueMs && this.#nowMs() <= dueMs + TRY_SLACK_MS;
    if (this.#lastTarget === 'unlocked' && isDue && this.#drives < BOLT_TRIES_MAX) return 'retry';
    return 'order';
  }

  /** Openings that the lock was shown in this boot, signed by who may be its owner, or by whom an owner granted something. */
  openings(): readonly SignedWord[] {
    return [...this.#shown.keys()].filter((word) => {
      const { command, by } = word;
      if (command.kind !== 'order' || !isOpening(command.order.action)) return false;
      const { epoch } = command.order;
      if (epoch < this.reportedEpoch || this.ownership.ownersOf(epoch).size === 0) return false;
      return this.ownership.mayOwn(by, epoch) || this.termsOf(by, epoch, false).length > 0;
    });
  }

  /** Whether the owner of the epoch that a word is for signed it. */
  isOwners({ by, command }: SignedWord): boolean {
    return this.ownership.mayOwn(by, epochOf(command));
  }

  /** Whether flash has confirmed a write since this word was first shown in this boot. */
  isWrittenSince(word: SignedWord): boolean {
    const before = this.#shown.get(word);
    return before !== undefined && this.storedCount > before;
  }

  /**
   * Terms of a guest that the lock may hold: those it confirmed last, and what it was shown that is newer.
   * @param asReported - false counts those too that a report has ended
   */
  termsOf(guest: string, epoch: number, asReported = true): readonly Terms[] {
    const confirmed = this.#confirmed.get(guest);
    const last = confirmed?.command.kind === 'grant' ? confirmed.command.terms : undefined;
    const owners = this.ownership.ownersOf(epoch);
    const terms: Terms[] = [];
    for (const word of this.#grants.get(guest) ?? []) {
      if (word.command.kind !== 'grant' || !owners.has(word.by) || word.command.terms.epoch !== epoch)
        continue;
      const isOver =
        last !== undefined &&
        last.epoch === epoch &&
        word !== confirmed &&
        (word.command.terms.serial < last.serial ||
          (word.command.terms.serial === last.serial && last.rights === 0));
      if (asReported && isOver) continue;
      if (word.command.terms.rights !== 0) terms.push(word.command.terms);
    }
    return terms;
  }

  #signed(seq: number): void {
    this.#made.set(seq, { atMs: this.#nowMs(), boot: this.#boot });
    if (this.#made.size > MADE_MAX) this.#made.delete(this.#made.keys().next().value ?? 0);
  }
}

function epochOf(command: Command): number {
  switch (command.kind) {
    case 'order':
      return command.order.epoch;
    case 'grant':
      return command.terms.epoch;
    case 'handover':
      return command.epoch;
  }
}
