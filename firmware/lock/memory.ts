import { addressOf } from '../crypto/address.js';
import type { CryptoEngine } from '../crypto/engine.js';
import { secretKeyFromEntropy } from '../crypto/secret-key.js';
import { equalBytes } from '../protocol/bytes.js';
import { DecodeError } from '../protocol/errors.js';
import { decodeIdentity, encodeIdentity, type Identity } from './identity.js';
import { Journal } from './journal.js';
import { decodeLockState, encodeLockState, FIRST_STATE, type LockState } from './lock-state.js';
import type { Output, RecordSource } from './ports.js';
import { type KeptReport, ReportLog } from './report-log.js';

const IDENTITY = 'identity';
const STATE = 'state';
/** Holds the address of the lock that is to be no more. */
const RESET = 'reset';
/** More heartbeats than a lock makes in years. */
const NUMBERS_PASSED_OVER = 2 ** 20;

/** What a change makes of the state that it is made to. */
export type Patch = (state: LockState) => Partial<LockState>;

/**
 * All that outlives a power cut: the identity and the state, read at boot, and the reports, which stay in flash until
 * they are sent; all written through the journal. The state in RAM runs ahead of flash; where flash refuses a write, it falls back.
 */
export class Memory<Task> {
  readonly #journal: Journal<Task>;
  readonly #reports: ReportLog<Task>;
  /** For each write under way, the state that it makes durable, or undefined for another record. */
  readonly #writing: (LockState | undefined)[] = [];
  readonly #changes: Change<Task>[] = [];
  /** Identities that are being written, oldest first, and what counts where flash refuses them all. */
  readonly #identities: Identity[] = [];
  #keptIdentity: Identity;
  /** The device key is not in flash yet. */
  readonly isNew: boolean;
  readonly publicKey33: Uint8Array;
  /** 20-byte address of the device key. */
  readonly lock20: Uint8Array;
  /** A factory reset was asked for: the old lock's records stand yet, or only the reset's own. */
  readonly reset: 'no' | 'asked' | 'renamed';
  #unreadable = 0;
  #identity: Identity;
  #durable: LockState;
  #state: LockState;

  constructor(engine: CryptoEngine, journalKey32: Uint8Array, records: RecordSource, entropy32: Uint8Array) {
    this.#journal = new Journal(engine, journalKey32, records);
    this.#reports = new ReportLog(this.#journal);
    const hasState = [`${STATE}-a`, `${STATE}-b`].some((key) => records.get(key) !== undefined);
    const found = this.#readAs(this.#journal.readDouble(IDENTITY), decodeIdentity);
    this.reset = resetOf(engine, this.#journal.readSingle(RESET), found);
    const identity = this.reset === 'asked' ? undefined : found;
    this.isNew = identity === undefined;
    this.#identity = identity ?? {
      secretKey32: newSecretKey(engine, entropy32, found),
      settings: undefined,
    };
    this.#keptIdentity = this.#identity;
    const state = this.#readAs(this.#journal.readDouble(STATE), decodeLockState);
    this.publicKey33 = engine.publicKey(this.#identity.secretKey32);
    this.lock20 = addressOf(engine, this.publicKey33);
    const isLost = this.reset !== 'asked' && isOwnerLost(identity, state, hasState);
    const first = isLost ? { ...FIRST_STATE, ownerLost: true } : FIRST_STATE;
    if (this.isNew) this.#durable = this.#reports.passOver(first);
    else if (isLost) this.#durable = passOverNumbers(this.#reports.catchUp(first, this.lock20));
    else this.#durable = this.#reports.catchUp(state ?? first, this.lock20);
    this.#state = this.#durable;
  }

  /** As it is asked to be; what flash has refused is not in force. */
  get identity(): Identity {
    return this.#identity;
  }

  /** As it is, and will be once the changes under way are durable. */
  get state(): LockState {
    return this.#state;
  }

  /** As flash has it: what a report may say in public. */
  get durable(): LockState {
    return this.#durable;
  }

  /** Whether a change of the state is not durable yet: no round is begun on it. */
  get isChanging(): boolean {
    return this.#changes.length > 0;
  }

  /** Records that were found in flash but failed their check, and the owner's where that was lost. */
  get refusedCount(): number {
    return this.#journal.refusedCount + (this.#durable.ownerLost ? 1 : 0);
  }

  /** Whole records in flash that another firmware wrote, which this one cannot read. */
  get foreignCount(): number {
    return this.#journal.foreignCount + this.#unreadable;
  }

  get isIdle(): boolean {
    return this.#journal.isIdle;
  }

  /** The number up to which reports may be shown to anyone: no reboot will use one of them again. */
  get leasedSeq(): number {
    return this.#durable.leasedSeq;
  }

  /**
   * Changes the state and writes it, one change after the other. A change is made to what is durable when its turn
   * comes, so that one that flash refuses leaves no trace in the next.
   */
  change(patch: Patch, task: Task): readonly Output[] {
    this.#changes.push({ patch, task });
    this.#view();
    return this.#changes.length === 1 ? this.#writeNext() : [];
  }

  /** What came of things since: known now, written with the next change, and told by the reports until then. */
  note(patch: Patch): void {
    this.#durable = { ...this.#durable, ...patch(this.#durable) };
    this.#writing.forEach((state, i) => {
      if (state !== undefined) this.#writing[i] = { ...state, ...patch(state) };
    });
    this.#view();
  }

  /** Writes one of the two copies, the older one. */
  writeIdentity(identity: Identity, task: Task): readonly Output[] {
    this.#identity = identity;
    this.#identities.push(identity);
    this.#writing.push(undefined);
    return this.#journal.writeDouble(IDENTITY, encodeIdentity(identity), task);
  }

  writeReport(report: KeptReport, task: Task): readonly Output[] {
    this.#writing.push(undefined);
    return this.#reports.write(report, task);
  }

  /** The report of this count from the bytes that flash gave. @returns undefined where flash has lost it */
  openReport(count: number, bytes: Uint8Array | undefined): KeptReport | undefined {
    return this.#reports.open(count, bytes);
  }

  /** Once this is durable, this lock is no more: the next boot is another's first. */
  writeReset(task: Task): readonly Output[] {
    this.#writing.push(undefined);
    return this.#journal.writeSingle(RESET, this.lock20, task);
  }

  /** Erases the old lock's reports, and with them the wish to reset it. */
  eraseReset(): readonly Output[] {
    const reports = this.#reports.keys().map((key): Output => ({ kind: 'erase', key }));
    return [...reports, { kind: 'erase', key: RESET }];
  }

  /** Flash has answered a write. @returns its task, or undefined for an answer to no write of ours */
  answered(
    key: string,
    isStored: boolean,
  ): { readonly task: Task; readonly outputs: readonly Output[] } | undefined {
    const answer = this.#journal.answered(key, isStored);
    if (answer === undefined) return undefined;
    if (key.startsWith(IDENTITY)) this.#identityAnswered(isStored);
    const state = this.#writing.shift();
    if (state === undefined) return answer;
    if (isStored) this.#durable = state;
    this.#changes.shift();
    this.#view();
    return { task: answer.task, outputs: [...answer.outputs, ...this.#writeNext()] };
  }

  /** The last copy that flash has taken counts at the next boot, and so from now on. */
  #identityAnswered(isStored: boolean): void {
    const written = this.#identities.shift();
    if (isStored && written !== undefined) this.#keptIdentity = written;
    if (this.#identities.length === 0) this.#identity = this.#keptIdentity;
  }

  #writeNext(): readonly Output[] {
    const next = this.#changes[0];
    if (next === undefined) return [];
    const state = { ...this.#durable, ...next.patch(this.#durable) };
    this.#writing.push(state);
    return this.#journal.writeDouble(STATE, encodeLockState(state), next.task);
  }

  #view(): void {
    const writing = this.#writing.find((state) => state !== undefined);
    let state = writing ?? this.#durable;
    for (const { patch } of writing === undefined ? this.#changes : this.#changes.slice(1)) {
      state = { ...state, ...patch(state) };
    }
    this.#state = state;
  }

  #readAs<T>(payload: Uint8Array | undefined, decode: (bytes: Uint8Array) => T): T | undefined {
    if (payload === undefined) return undefined;
    try {
      return decode(payload);
    } catch (error) {
      // A whole record of another firmware's version.
      if (!(error instanceof DecodeError)) throw error;
      this.#unreadable++;
      return undefined;
    }
  }
}

interface Change<Task> {
  readonly patch: Patch;
  readonly task: Task;
}

/** After a reset never the old one again, even where chance is stuck. */
function newSecretKey(engine: CryptoEngine, entropy32: Uint8Array, old: Identity | undefined): Uint8Array {
  const drawn32 = secretKeyFromEntropy(engine, entropy32);
  return old === undefined
    ? drawn32
    : secretKeyFromEntropy(engine, engine.hmacSha256(drawn32, old.secretKey32));
}

/** @param lock20 - the lock that is to be no more, as the reset's record names it */
function resetOf(
  engine: CryptoEngine,
  lock20: Uint8Array | undefined,
  identity: Identity | undefined,
): 'no' | 'asked' | 'renamed' {
  if (lock20 === undefined) return 'no';
  if (identity === undefined) return 'asked';
  const found20 = addressOf(engine, engine.publicKey(identity.secretKey32));
  return equalBytes(found20, lock20) ? 'asked' : 'renamed';
}

/**
 * Whether flash has lost who owns the lock. A lock that was set up has a state, and one that has a state has a key;
 * to take it for a new one would let whoever stands inside pair it, and the owner would not hear of that.
 */
function isOwnerLost(
  identity: Identity | undefined,
  state: LockState | undefined,
  hasState: boolean,
): boolean {
  if (identity !== undefined) return state === undefined && identity.settings !== undefined;
  return state === undefined ? hasState : state.ownerLost || state.authority !== undefined;
}

/** Which numbers heartbeats have used was lost with the state, and none may be used twice. */
function passOverNumbers(state: LockState): LockState {
  return { ...state, leasedSeq: state.headSeq + NUMBERS_PASSED_OVER };
}
