import { readUint } from '../../firmware/protocol/bytes.js';
import {
  DEADLINE_SECONDS,
  type FirstDayParts,
  type FirstDayTeller,
  pairFrameOf,
  register,
} from '../swarm/first-day.js';
import type { Play } from './scenario.js';
import { Tool } from './tool.js';

const LOOK_MS = 250;

/** Pairs and registers a lock as somebody does who begins anew whatever breaks off. */
export class PatientDay implements FirstDayTeller {
  readonly #parts: FirstDayParts;
  readonly #tool: Tool;

  constructor(parts: FirstDayParts) {
    this.#parts = parts;
    this.#tool = new Tool(parts);
  }

  live(): void {
    const { queue, lock } = this.#parts;
    lock.boot();
    const play = this.#day();
    for (let step = play.next(true); step.done !== true; ) {
      const { until, withinMs } = step.value;
      const endMs = queue.nowMs + withinMs;
      while (!until() && queue.nowMs < endMs) queue.runTo(queue.nowMs + LOOK_MS);
      step = play.next(until());
    }
  }

  paired(bytes: Uint8Array): void {
    this.#tool.hear(bytes);
  }

  *#day(): Play {
    const parts = this.#parts;
    const { archive, chain, nowSeconds } = parts;
    const deadlineSeconds = nowSeconds() + DEADLINE_SECONDS;
    const signed = yield* this.#tool.session((answer, greeting) => {
      archive.lock20 = Uint8Array.from(greeting.lock20);
      if (answer === undefined && !greeting.paired) return pairFrameOf(parts);
      return answer?.kind === 'registration' ? undefined : { kind: 'register', deadlineSeconds };
    });
    if (signed?.kind !== 'registration') throw new Error(`the lock was not paired: ${signed?.kind}`);
    register(parts, deadlineSeconds, signed.signature65);
    yield { until: () => chain.lockState(readUint(archive.lock20)) !== 0n, withinMs: 30_000 };
  }
}
