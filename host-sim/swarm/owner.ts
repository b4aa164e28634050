import type { VerifiedReport } from '../../firmware/crypto/report.js';
import { readUint } from '../../firmware/protocol/bytes.js';
import type { Command } from '../../firmware/protocol/command.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { ACTION, type Order } from '../../firmware/protocol/order.js';
import type { RefusalReason } from '../../firmware/protocol/refusal.js';
import { FOR_EVER_SECONDS, type Terms } from '../../firmware/protocol/terms.js';
import { type Archive, notAfterOf, numberOf, type SignedWord } from '../world/archive.js';
import type { Signer } from '../world/chain-signer.js';
import type { MemoryChain } from '../world/memory-chain.js';
import { PoolRefusal } from '../world/mempool.js';
import type { Prng } from '../world/prng.js';

export interface OwnerOptions {
  readonly chain: MemoryChain;
  readonly archive: Archive;
  readonly prng: Prng;
  readonly nowMs: () => number;
  readonly nowSeconds: () => number;
  /** The first is paired; each handover goes to the next. */
  readonly owners: readonly Signer[];
  readonly guests: readonly Signer[];
  /** Chance that an order is signed and never mined. */
  readonly cancelled: number;
  /** Chance that an order carries the challenge of the last report. */
  readonly challenged: number;
  readonly onSigned: (word: SignedWord) => void;
}

const DAY_SECONDS = 86_400;
const ORDER_SECONDS: readonly number[] = Object.freeze([60, 300, 300, 300, 900]);

/** The owner's side: signs orders, grants and handovers, reads reports, and says again what was not done. */
export class Owner {
  readonly #options: OwnerOptions;
  readonly #lockId: () => bigint;
  #report: VerifiedReport['report'] | undefined;

  constructor(options: OwnerOptions) {
    this.#options = options;
    this.#lockId = () => readUint(options.archive.lock20);
  }

  /** Who has the token now. */
  get signer(): Signer {
    return this.#options.owners[this.#ownerIndex] as Signer;
  }

  /** Those who had it before. */
  get formerOwners(): readonly Signer[] {
    return this.#options.owners.slice(0, this.#ownerIndex);
  }

  get #ownerIndex(): number {
    const { chain, owners, nowSeconds } = this.#options;
    chain.mine(nowSeconds());
    const owner = BigInt.asUintN(160, chain.lockState(this.#lockId()));
    return Math.max(
      0,
      owners.findIndex(({ address20 }) => readUint(address20) === owner),
    );
  }

  /** The registry's epoch of the lock. */
  get chainEpoch(): number {
    const { chain, nowSeconds } = this.#options;
    chain.mine(nowSeconds());
    return Number(chain.lockState(this.#lockId()) >> 240n);
  }

  /** The newest report that has come, of what is known to be this lock. */
  get told(): VerifiedReport['report'] | undefined {
    return this.#report;
  }

  /** A verified report has come. */
  read(report: VerifiedReport['report']): void {
    if (report.seq > (this.#report?.seq ?? 0)) this.#report = report;
  }

  /** The lock's numbers may begin anew: the next report counts, whatever its number. */
  forget(): void {
    this.#report = undefined;
  }

  /**
   * Signs an order and, as a rule, sends it.
   * @param isAgain - the one before was not obeyed: a lock that doubts the time wants to see its challenge
   */
  order(action: number, isSure = false, isAgain = false): SignedWord {
    const { prng, cancelled, challenged } = this.#options;
    const challenge16 = this.#report?.nonce;
    const isChallenged = (prng.chance(isSure ? 0.5 : challenged) || isAgain) && challenge16 !== undefined;
    const seconds = isSure ? 300 : prng.pick(ORDER_SECONDS);
    const order = this.#orderOf(action, seconds, isChallenged ? challenge16 : undefined);
    const word = this.#sign(this.signer, { kind: 'order', order });
    if (isSure || !prng.chance(cancelled)) this.#send(word);
    return word;
  }

  /** An order that no lock may obey: too far ahead, late, of another epoch, or of no known action. */
  signOdd(): SignedWord {
    const { prng } = this.#options;
    const oddity = prng.pick(['late', 'far', 'epoch', 'action'] as const);
    const seconds = oddity === 'late' ? -60 : oddity === 'far' ? 7_200 : 240;
    const order = this.#orderOf(ACTION.unlock, seconds);
    const change =
      oddity === 'epoch' ? { epoch: order.epoch + 7 } : oddity === 'action' ? { action: 77 } : {};
    return this.#sign(this.signer, { kind: 'order', order: { ...order, ...change } });
  }

  /** Grants a guest anew, or takes the rights away. @param fixed - of the terms, what is not drawn */
  grant(guest: Signer, isRevoked: boolean, fixed: Partial<Terms> = {}): SignedWord {
    const { chain, prng, nowSeconds } = this.#options;
    const now = nowSeconds();
    const epoch = this.chainEpoch;
    const last = Number(chain.guestTerms(this.#lockId(), readUint(guest.address20)) & 0xffff_ffffn);
    const serial = Math.max(now, last + 1);
    const isHours = prng.chance(0.3);
    const startMinutes = prng.between(0, 1_439);
    const terms: Terms = {
      notBeforeSeconds: prng.chance(0.2) ? now + prng.between(0, 3_600) : 0,
      notAfterSeconds: prng.chance(0.5) ? FOR_EVER_SECONDS : now + prng.between(60, DAY_SECONDS),
      rights: isRevoked ? 0 : prng.pick([1, 2, 3, 3, 7]),
      weekdays: prng.chance(0.2) ? prng.between(1, 0x7f) : 0,
      dayStartMinutes: isHours ? startMinutes : 0,
      dayEndMinutes: isHours ? (startMinutes + prng.between(60, 600)) % 1_440 : 0,
      uses: prng.chance(0.3) ? prng.between(1, 3) : 0,
      epoch,
      serial,
      ...fixed,
    };
    return this.#send(this.#sign(this.signer, { kind: 'grant', guest: guest.address20, terms }));
  }

  /** Gives the lock to the next owner. @returns undefined where there is none */
  handOver(): SignedWord | undefined {
    const { owners, nowSeconds } = this.#options;
    const to = owners[this.#ownerIndex + 1];
    const epoch = this.#report?.epoch;
    const newEpoch = this.chainEpoch + 1;
    // Two on the way at once would leave the lock with an owner whom the registry has forgotten.
    if (to === undefined || epoch !== newEpoch - 1) return undefined;
    const notAfterSeconds = nowSeconds() + 30 * DAY_SECONDS;
    return this.#send(
      this.#sign(this.signer, { kind: 'handover', to: to.address20, epoch, newEpoch, notAfterSeconds }),
    );
  }

  /** A guest, or somebody who was one, sends an order, whether it is allowed or not. */
  guestOrder(guest: Signer, action: number): SignedWord {
    const order = this.#orderOf(action, this.#options.prng.pick(ORDER_SECONDS));
    return this.#send(this.#sign(guest, { kind: 'order', order }));
  }

  /** Sends again what a reorganisation has thrown away: a handover always, since the lock may have heard of it. */
  resend(hashes: readonly string[], isCareful: boolean): void {
    const words = hashes.map((hash) => this.#options.archive.find(hash)).filter((word) => word !== undefined);
    if (!isCareful && !words.some(({ command }) => command.kind === 'handover')) return;
    for (const word of words) this.#send(word);
  }

  #orderOf(action: number, seconds: number, challenge16?: Uint8Array): Order {
    const { archive, nowSeconds } = this.#options;
    return {
      lock: archive.lock20,
      challenge4: challenge16?.slice(0, 4) ?? new Uint8Array(4),
      epoch: this.chainEpoch,
      notAfterSeconds: nowSeconds() + seconds,
      action,
    };
  }

  #sign(signer: Signer, command: Command): SignedWord {
    const { archive, chain, nowMs, prng, onSigned } = this.#options;
    const nonce = chain.nextNonce(signer.address20);
    // Each offers a little more than the one before, so that it may take its place.
    const fee = 2_000_000_000n + BigInt(archive.all.length) * 1_000_000_000n;
    const word = archive.sign(signer, nonce, command, nowMs(), {
      maxFeePerGas: fee,
      maxPriorityFeePerGas: fee / 2n + BigInt(prng.between(0, 1_000)),
    });
    onSigned(word);
    return word;
  }

  #send(word: SignedWord): SignedWord {
    const { chain, nowSeconds } = this.#options;
    chain.mine(nowSeconds());
    try {
      chain.submit(word.sent);
    } catch (error) {
      if (!(error instanceof PoolRefusal)) throw error;
    }
    return word;
  }
}

/** Whether a report is the receipt of a word, or its refusal with this reason. */
export function isReceiptOf(
  report: VerifiedReport['report'],
  { by, nonce, command }: SignedWord,
  reason: RefusalReason | 'none' = 'none',
): boolean {
  const { cause, lastCommand } = report;
  return (
    cause === (reason === 'none' ? 'command' : 'refusal') &&
    lastCommand?.reason === reason &&
    formatHex(lastCommand.by) === by &&
    lastCommand.nonce === nonce &&
    lastCommand.command === numberOf(command) &&
    lastCommand.notAfterSeconds === notAfterOf(command)
  );
}
