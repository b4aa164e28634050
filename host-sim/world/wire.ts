import type { Input, Output } from '../../firmware/lock/ports.js';
import type { EventQueue } from './event-queue.js';
import type { FaultPlan } from './fault-plan.js';
import type { NodeAnswer } from './hostile-node.js';
import type { Prng } from './prng.js';

type Post = Extract<Output, { kind: 'http-post' }>;
type Publish = Extract<Output, { kind: 'publish' }>;

/** What goes wrong between the lock and whom it speaks to; chances of each exchange. */
export interface WireFaults {
  readonly latencyMs: number;
  readonly loss: number;
  readonly duplicates: number;
  /** An answer comes after it was given up. */
  readonly late: number;
  /** A body comes byte by byte until the time is over. */
  readonly drip: number;
  /** A report is not taken. */
  readonly sinkLosses: number;
  /** A report is taken, and the lock does not hear of it. */
  readonly sinkLostAcks: number;
}

export interface WireOptions {
  readonly queue: EventQueue;
  readonly prng: Prng;
  readonly faults: WireFaults;
  readonly ask: (url: string, body: Uint8Array) => NodeAnswer;
  readonly deliver: (seq: number, cose: Uint8Array) => void;
  readonly count: (fault: string) => void;
  /** One message of all that goes wrong. */
  readonly plan?: FaultPlan | undefined;
}

/** Nobody waits for a report, its acknowledgement or a frame any more. */
const LATE_MS = 70_000;

const NO_FAULTS: WireFaults = Object.freeze({
  latencyMs: 40,
  loss: 0,
  duplicates: 0,
  late: 0,
  drip: 0,
  sinkLosses: 0,
  sinkLostAcks: 0,
});

/** The network of one lock: it ends each exchange as the drivers promise, once, and in time; what else comes is late. */
export class Wire {
  readonly #options: WireOptions;
  #faults: WireFaults;
  isPartitioned = false;
  isSinkDown = false;

  constructor(options: WireOptions) {
    this.#options = options;
    this.#faults = options.faults;
  }

  /** From now on nothing goes wrong. */
  calm(): void {
    this.#faults = NO_FAULTS;
    this.isPartitioned = false;
    this.isSinkDown = false;
  }

  /** @param give - hands an input to the boot that asked, and to no later one */
  post(post: Post, give: (input: Input) => void): void {
    const { queue, prng, count } = this.#options;
    const { id, timeoutMs } = post;
    const faults = this.#faults;
    const latencyMs = this.#latencyMs();
    const untilMs = queue.nowMs + timeoutMs;
    const fate = this.#options.plan?.message();
    const fail = (reason: 'timeout' | 'connection' | 'too-large', afterMs: number) => {
      queue.after(afterMs, () => give({ kind: 'http-failed', id, reason }));
    };
    if (fate === 'dropped' || fate === 'late') {
      fail('timeout', timeoutMs);
      if (fate === 'late') queue.after(timeoutMs + latencyMs, () => this.#answer(post, give, untilMs));
      return;
    }
    if (this.isPartitioned) {
      count('partitioned exchange');
      fail(prng.chance(0.5) ? 'timeout' : 'connection', prng.chance(0.5) ? timeoutMs : latencyMs);
      return;
    }
    const luck = prng.fraction();
    if (luck < faults.loss + faults.drip) {
      count(luck < faults.loss ? 'loss' : 'drip');
      fail('timeout', timeoutMs);
      if (prng.chance(faults.late)) {
        count('late answer');
        queue.after(timeoutMs + latencyMs, () => this.#answer(post, give, untilMs));
      }
      return;
    }
    if (latencyMs >= timeoutMs) {
      count('slow answer');
      fail('timeout', timeoutMs);
      return;
    }
    queue.after(latencyMs, () => this.#answer(post, give, untilMs));
    if (fate === 'doubled') queue.after(latencyMs, () => this.#answer(post, give, untilMs));
    if (prng.chance(faults.duplicates)) {
      count('duplicate');
      queue.after(latencyMs + prng.between(0, 3_000), () => this.#answer(post, give, untilMs));
    }
  }

  /** Takes a report to the owner's sink. */
  publish({ seq, cose }: Publish, give: (input: Input) => void): void {
    const { queue, prng, deliver, count, plan } = this.#options;
    const fate = plan?.message();
    if (fate === 'dropped') return;
    if (this.isSinkDown || this.isPartitioned) {
      count('sink away');
      if (prng.chance(0.5)) queue.after(5_000, () => give({ kind: 'publish-failed', seq }));
      return;
    }
    const isLost = prng.chance(this.#faults.sinkLosses);
    const isUnheard = prng.chance(this.#faults.sinkLostAcks);
    const arrive = () => {
      if (!isLost) deliver(seq, cose);
      if (isLost || isUnheard) count(isLost ? 'report not taken' : 'acknowledgement lost');
      this.#pass(() => give({ kind: isLost || isUnheard ? 'publish-failed' : 'published', seq }));
    };
    const latencyMs = this.#latencyMs();
    queue.after(fate === 'late' ? LATE_MS : latencyMs, arrive);
    if (fate === 'doubled') queue.after(latencyMs, arrive);
  }

  /** A frame between a tool and the lock, either way: it is there at once. */
  frame(arrive: () => void): void {
    this.#pass(arrive);
  }

  /** A message that arrives now, unless the plan has something else for it. */
  #pass(arrive: () => void): void {
    const fate = this.#options.plan?.message();
    if (fate === 'dropped') return;
    if (fate === 'late') {
      this.#options.queue.after(LATE_MS, arrive);
      return;
    }
    arrive();
    if (fate === 'doubled') arrive();
  }

  #answer(post: Post, give: (input: Input) => void, untilMs: number): void {
    const { ask, plan, queue } = this.#options;
    const answer = ask(post.url, post.body);
    const fate = plan?.message();
    const hand = () => this.#hand(post, answer, give);
    if (fate === 'dropped' || fate === 'late') {
      queue.at(untilMs, () => give({ kind: 'http-failed', id: post.id, reason: 'timeout' }));
      if (fate === 'late') queue.at(untilMs + 1, hand);
      return;
    }
    hand();
    if (fate === 'doubled') hand();
  }

  #hand({ id, bodyBytesMax, timeoutMs }: Post, answer: NodeAnswer, give: (input: Input) => void): void {
    if (answer.kind === 'hang') {
      this.#options.queue.after(timeoutMs, () => give({ kind: 'http-failed', id, reason: 'timeout' }));
      return;
    }
    if (answer.kind === 'cut') give({ kind: 'http-failed', id, reason: 'connection' });
    else if (answer.body.length > bodyBytesMax) give({ kind: 'http-failed', id, reason: 'too-large' });
    else {
      const { status, body, retryAfterSeconds } = answer;
      const done = { kind: 'http-done', id, status, body } as const;
      give(retryAfterSeconds === undefined ? done : { ...done, retryAfterSeconds });
    }
  }

  /** A few exchanges take much longer than most. */
  #latencyMs(): number {
    const { prng } = this.#options;
    const spread = prng.fraction();
    return Math.round(this.#faults.latencyMs * (0.5 + spread + (spread > 0.97 ? 20 * spread : 0)));
  }
}
