import type { VerifiedReport } from '../../firmware/crypto/report.js';
import type { Output } from '../../firmware/lock/ports.js';
import { readReport } from '../../firmware/protocol/report.js';
import type { Neighbour, Neighbourhood } from '../swarm/neighbour.js';
import { People } from './people.js';
import type { Play, Scenario, Wait } from './scenario.js';

/** How often people look whether what they wait for has come; less often where they wait for long. */
const LOOK_MS = 250;
const LOOKS_MAX = 10_000;
/** A life goes on so long after its last word and its last boot. */
const SETTLE_MS = 8_000;

/** Plays a scenario beside its lock, and says in the end what was not as it should be. */
export class Script implements Neighbour {
  readonly #parts: Neighbourhood;
  readonly #people: People;
  readonly #scenario: Scenario;
  readonly #arm: () => void;
  #play: Play | undefined;
  #isDone = false;
  #quietSinceMs = 0;
  #boots = 0;
  /** Numbers of the reports on the wire, by the lock that made them. */
  readonly #published = new Map<string, Set<number>>();

  /** @param arm - called between prelude and play, where there is a prelude */
  constructor(parts: Neighbourhood, scenario: Scenario, arm: () => void) {
    this.#parts = parts;
    this.#arm = arm;
    this.#scenario = scenario;
    this.#people = new People(parts);
  }

  start(): void {
    this.#play = this.#life();
    this.#go(true);
  }

  calm(): void {}

  output(output: Output): void {
    if (output.kind === 'notice' && output.notice.event === 'signed') this.#people.madeCount++;
    if (output.kind !== 'publish') return;
    const lock = readReport(output.cose).lock20.join();
    const numbers = this.#published.get(lock) ?? new Set();
    this.#published.set(lock, numbers.add(output.seq));
  }

  paired(bytes: Uint8Array): void {
    this.#people.tool.hear(bytes);
  }

  delivered(verified: VerifiedReport): void {
    this.#people.read(verified);
  }

  *#life(): Play {
    const { prelude, play } = this.#scenario;
    if (prelude !== undefined) {
      yield* prelude(this.#people);
      this.#arm();
    }
    yield* play(this.#people);
  }

  /** The play is at its end, the lock at rest, and all that it said has arrived. */
  isOver(): boolean {
    const { queue, lock } = this.#parts;
    if (!this.#isDone || !lock.isOn) return false;
    if (lock.boots !== this.#boots) {
      this.#boots = lock.boots;
      this.#quietSinceMs = queue.nowMs;
    }
    return queue.nowMs >= this.#quietSinceMs + SETTLE_MS && this.#missing().length === 0;
  }

  /** What was not as it should be; empty where all was. */
  problems(): readonly string[] {
    const missing = this.#missing();
    return [
      ...this.#people.problems,
      ...(this.#isDone ? [] : [`the play came to no end: ${this.#people.doing}`]),
      ...(missing.length === 0 ? [] : [`reports ${missing.join(', ')} were made, and never arrived`]),
    ];
  }

  /** Of the lock that it is now: what a lock that was reset had in its flash is gone. */
  #missing(): readonly number[] {
    const published = this.#published.get(this.#parts.archive.lock20.join()) ?? [];
    return [...published].filter((seq) => !this.#people.hasRead(seq) && !this.#people.isForgotten(seq));
  }

  #go(hasCome: boolean): void {
    const step = this.#play?.next(hasCome);
    if (step === undefined) return;
    const { queue } = this.#parts;
    if (step.done === true) {
      this.#isDone = true;
      this.#quietSinceMs = queue.nowMs;
      this.#parts.tell('the play is over');
      return;
    }
    this.#wait(step.value, queue.nowMs + step.value.withinMs);
  }

  #wait(wait: Wait, untilMs: number): void {
    const { queue } = this.#parts;
    const lookMs = Math.max(LOOK_MS, Math.ceil(wait.withinMs / LOOKS_MAX));
    const look = () => {
      if (wait.until()) this.#go(true);
      else if (queue.nowMs >= untilMs) this.#go(false);
      else queue.after(lookMs, look);
    };
    queue.after(wait.isPause === true ? wait.withinMs : 0, look);
  }
}
