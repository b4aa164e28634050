import { addressOf } from '../../firmware/crypto/address.js';
import type { VerifiedReport } from '../../firmware/crypto/report.js';
import { equalBytes, readUint } from '../../firmware/protocol/bytes.js';
import type { Command } from '../../firmware/protocol/command.js';
import { ACTION } from '../../firmware/protocol/order.js';
import { FOR_EVER_SECONDS, type Terms } from '../../firmware/protocol/terms.js';
import type { Neighbourhood } from '../swarm/neighbour.js';
import { isReceiptOf } from '../swarm/owner.js';
import { numberOf, type SignedWord } from '../world/archive.js';
import type { Signer } from '../world/chain-signer.js';
import { PoolRefusal } from '../world/mempool.js';
import type { Play } from './scenario.js';
import { Tool } from './tool.js';

type Report = VerifiedReport['report'];

/** How long an order is good for; a report that got lost comes again within this. */
const ORDER_SECONDS = 90;
/** After this the owner's tool says that nothing came, and people sign again. */
const RECEIPT_MS = 95_000;
/** One fault costs one more try, or two where what was wished is not resumed after a cut. */
const TRIES_MAX = 3;
const MONTH_SECONDS = 30 * 86_400;

/** Everybody of a scenario: they sign, wait for receipts, sign again where none came, and note what is not as it should be. */
export class People {
  readonly parts: Neighbourhood;
  readonly tool: Tool;
  /** In the order of their numbers, by the lock that made them: after a factory reset it is another one. */
  readonly #read = new Map<string, readonly Report[]>();
  readonly problems: string[] = [];
  /** Reports that the lock has made, whoever has read them. */
  madeCount = 0;
  /** What is being waited for. */
  doing = 'nothing yet';

  constructor(parts: Neighbourhood) {
    this.parts = parts;
    this.tool = new Tool(parts);
  }

  /** A signed report has arrived, perhaps again. */
  read({ report, lock20 }: VerifiedReport): void {
    const before = this.#read.get(lock20.join()) ?? [];
    if (before.some(({ seq }) => seq === report.seq)) return;
    const reports = [...before, report].sort((one, other) => one.seq - other.seq);
    this.#read.set(lock20.join(), reports);
  }

  hasRead(seq: number): boolean {
    return this.reports.some((report) => report.seq === seq);
  }

  /** One that flash had no place for, or refused, lives in RAM: a boot report that names an earlier one as the last in flash owns up to that. */
  isForgotten(seq: number): boolean {
    return this.reports.some(
      ({ seq: bootSeq, lastDurableSeq }) =>
        lastDurableSeq !== undefined && lastDurableSeq < seq && seq < bootSeq,
    );
  }

  /** Of the lock that it is now. */
  get reports(): readonly Report[] {
    return this.#read.get(this.parts.archive.lock20.join()) ?? [];
  }

  get lastReport(): Report | undefined {
    return this.reports.at(-1);
  }

  /** Who buys the lock. */
  get heir(): Signer {
    const { engine, prng } = this.parts;
    const key32 = prng('heir').bytes(32);
    return { key32, address20: addressOf(engine, engine.publicKey(key32)) };
  }

  /** Where the bolt truly is. */
  isBolt(wished: 'locked' | 'unlocked'): boolean {
    return this.parts.room.bolt === wished;
  }

  /** Notes a problem unless this holds. */
  expect(holds: boolean, found: string): void {
    if (!holds) this.problems.push(found);
  }

  /** Lets time pass. */
  *pause(ms: number): Play {
    yield { until: () => false, withinMs: ms, isPause: true };
  }

  /** Waits for what must come. */
  *see(what: string, until: () => boolean, withinMs = 90_000): Play<boolean> {
    this.doing = `waits to see that ${what}`;
    const hasCome = yield { until, withinMs };
    if (!hasCome) this.problems.push(`nobody ever saw that ${what}`);
    return hasCome;
  }

  /** Whether a word has its receipt. */
  isAnswered(word: SignedWord): boolean {
    return this.reports.some((report) => isReceiptOf(report, word));
  }

  // Words

  order(action: number, challenge16?: Uint8Array): Command {
    const lock = this.parts.archive.lock20;
    const challenge4 = challenge16?.slice(0, 4) ?? new Uint8Array(4);
    const notAfterSeconds = this.parts.nowSeconds() + ORDER_SECONDS;
    return { kind: 'order', order: { lock, challenge4, epoch: this.#epoch, notAfterSeconds, action } };
  }

  /** For ever, at any hour, unless `change` says otherwise. */
  grant(guest: Signer, change: Partial<Terms>): Command {
    const { chain, nowSeconds } = this.parts;
    const last = Number(chain.guestTerms(this.#lockId, readUint(guest.address20)) & 0xffff_ffffn);
    const terms: Terms = {
      notBeforeSeconds: 0,
      notAfterSeconds: FOR_EVER_SECONDS,
      rights: 3,
      weekdays: 0,
      dayStartMinutes: 0,
      dayEndMinutes: 0,
      uses: 0,
      epoch: this.#epoch,
      serial: Math.max(nowSeconds(), last + 1),
      ...change,
    };
    return { kind: 'grant', guest: guest.address20, terms };
  }

  handover(to: Signer): Command {
    const epoch = this.#epoch;
    const notAfterSeconds = this.parts.nowSeconds() + MONTH_SECONDS;
    return { kind: 'handover', to: to.address20, epoch, newEpoch: epoch + 1, notAfterSeconds };
  }

  /** Signs, and sends it to the chain. */
  sign(signer: Signer, command: Command): SignedWord {
    const { archive, chain, queue, nowSeconds, tell } = this.parts;
    chain.mine(nowSeconds());
    const nonce = chain.nextNonce(signer.address20);
    const word = archive.sign(signer, nonce, command, queue.nowMs);
    tell(`${word.by.slice(0, 8)} signs ${command.kind} ${numberOf(command)} with nonce ${nonce}`);
    try {
      chain.submit(word.sent);
    } catch (error) {
      if (!(error instanceof PoolRefusal)) throw error;
    }
    return word;
  }

  /** Signs until a receipt comes: once, and once more after a fault that swallowed it. @returns the receipt */
  *say(signer: Signer, make: () => Command): Play<Report | undefined> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const word = this.sign(signer, make());
      this.doing = `waits for the receipt of ${nameOf(word)}`;
      yield { until: () => this.isAnswered(word), withinMs: RECEIPT_MS };
      const receipts = this.reports.filter((report) => isReceiptOf(report, word));
      if (receipts.length > 1) this.problems.push(`${nameOf(word)} has ${receipts.length} receipts`);
      if (receipts.length > 0) return receipts[0];
    }
    this.problems.push(`no receipt came of ${this.doing.slice(25)} and of those before it`);
    return undefined;
  }

  /** Wishes the bolt somewhere until a receipt says that it is there: an opening is not resumed after a cut. */
  *wish(signer: Signer, action: number, challenge16?: () => Uint8Array | undefined): Play {
    const wished = action === ACTION.lock ? 'locked' : 'unlocked';
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const receipt = yield* this.say(signer, () => this.order(action, challenge16?.()));
      if (receipt === undefined || receipt.bolt === wished) return;
      // What a cut has left undone of a lock, the lock takes up by itself.
      if (action === ACTION.lock && (yield { until: () => this.isBolt(wished), withinMs: 20_000 })) return;
    }
    this.problems.push(`the bolt was wished ${wished} ${TRIES_MAX} times, and is not`);
  }

  /** Signs what must be refused, whether the contract mines it or a node alone shows it, and waits until that was done. */
  *vainly(signer: Signer, command: Command): Play {
    const [node] = this.parts.nodes;
    const word = this.sign(signer, command);
    this.doing = `waits until ${nameOf(word)} was shown and refused`;
    // What the contract reverts has no event, and all that was obeyed before is shown once more.
    if (node !== undefined) node.mood = 'replaying';
    const isOver = () => word.shownMs !== undefined || this.isAnswered(word);
    this.expect(yield { until: isOver, withinMs: 120_000 }, `${nameOf(word)} was never shown`);
    if (node !== undefined) node.mood = 'honest';
    yield* this.pause(3_000);
    this.expect(!this.isAnswered(word), `${nameOf(word)} must be refused, and has a receipt`);
  }

  /** Somebody turns the knob. */
  turn(target: 'locked' | 'unlocked'): void {
    this.parts.tell(`a hand turns the bolt ${target}`);
    this.parts.room.turn(target);
  }

  /** Presses the button inside until the bolt is there: again, where the power was away. */
  *press(wished: 'locked' | 'unlocked'): Play {
    this.doing = `presses until the bolt is ${wished}`;
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      yield { until: () => this.parts.lock.isOn, withinMs: 10_000 };
      if (this.isBolt(wished)) return;
      this.parts.tell('the inside button is pressed');
      this.parts.lock.give({ kind: 'button-pressed' });
      if (yield { until: () => this.isBolt(wished), withinMs: 6_000 }) return;
    }
    this.problems.push(`a hand pressed ${TRIES_MAX} times, and the bolt is not ${wished}`);
  }

  /** The last report's word of the whole: what its owner would see. */
  expectLast(expected: { readonly bolt?: string; readonly owner?: Signer; readonly epoch?: number }): void {
    const last = this.lastReport;
    if (last === undefined) {
      this.problems.push('no report ever came');
      return;
    }
    const { bolt, owner, epoch } = expected;
    if (bolt !== undefined) this.expect(last.bolt === bolt, `the last report says ${last.bolt}, not ${bolt}`);
    if (owner !== undefined)
      this.expect(
        last.owner !== undefined && equalBytes(last.owner, owner.address20),
        'the last report names another owner',
      );
    if (epoch !== undefined)
      this.expect(last.epoch === epoch, `the last report is of epoch ${last.epoch}, not ${epoch}`);
  }

  get #lockId(): bigint {
    return readUint(this.parts.archive.lock20);
  }

  /** The registry's. */
  get #epoch(): number {
    const { chain, nowSeconds } = this.parts;
    chain.mine(nowSeconds());
    return Number(chain.lockState(this.#lockId) >> 240n);
  }
}

function nameOf({ by, nonce, command }: SignedWord): string {
  return `${command.kind} ${numberOf(command)} of ${by.slice(0, 8)} with nonce ${nonce}`;
}
