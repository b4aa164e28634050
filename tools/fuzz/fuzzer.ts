import { mutateBytes } from './byte-mutator.js';
import { mutateCbor } from './cbor-mutator.js';
import { mutateJson } from './json-mutator.js';
import { Random } from './random.js';
import { mutateRecords } from './record-mutator.js';
import { mutateRlp } from './rlp-mutator.js';
import { PlaceMemory, type StepCounter } from './step-counter.js';
import { Finding, type Target } from './target.js';
import { mutateText } from './text-mutator.js';

/** Inputs of one target that are kept to be mutated. */
const KEPT_MAX = 2_048;
/** Executions between two calls of `onProgress`. */
const PROGRESS_EVERY = 1_000;
/** Different finds of one target, after which it is left alone. */
const FINDS_MAX = 5;
/** Changes to one input before it is run. */
const CHANGES_MAX = 4;

export interface FuzzOptions {
  readonly targets: readonly Target[];
  readonly seed: number;
  readonly executions: number;
  readonly counter: StepCounter;
  /** Inputs to begin with besides the targets' own. */
  readonly corpus?: ReadonlyMap<string, readonly Uint8Array[]>;
  readonly onProgress?: (executions: number) => void;
}

export interface Find {
  readonly target: string;
  readonly what: string;
  /** The shortest input that was found to do it. */
  readonly input: Uint8Array;
}

export interface TargetResult {
  readonly name: string;
  readonly executions: number;
  /** Inputs that were kept because they came somewhere new. */
  readonly kept: number;
  /** The most steps of one execution. */
  readonly stepsMax: number;
  /** The most steps, in parts of the bound. */
  readonly boundUsed: number;
}

export interface FuzzResult {
  readonly executions: number;
  readonly placesReached: number;
  readonly targets: readonly TargetResult[];
  readonly finds: readonly Find[];
}

/** Runs targets in turn on inputs made from their seeds; the same seed, the same run. */
export function fuzz(options: FuzzOptions): FuzzResult {
  const { targets, seed, counter, corpus } = options;
  const runs = targets.map(
    (target, i) => new TargetRun(target, new Random(seed * 31 + i), counter, corpus?.get(target.name) ?? []),
  );
  let executions = 0;
  const step = (run: TargetRun) => {
    run.next();
    executions++;
    if (executions % PROGRESS_EVERY === 0) options.onProgress?.(executions);
  };
  const left = () => executions < options.executions && runs.some((run) => !run.isOver);
  while (left()) {
    for (const run of runs) {
      for (let i = 0; i < run.target.share && left() && !run.isOver; i++) step(run);
    }
  }
  return {
    executions,
    placesReached: new Set(runs.flatMap((run) => run.placesReached)).size,
    targets: runs.map((run) => run.result()),
    finds: runs.flatMap((run) => run.finds),
  };
}

/** Runs one input. @returns what is wrong with it, or undefined */
export function judgeInput(target: Target, input: Uint8Array, counter: StepCounter): string | undefined {
  counter.reset();
  try {
    target.run(input);
  } catch (error) {
    counter.reset();
    return describe(error);
  }
  const { count } = counter.take(new PlaceMemory());
  return excess(target, input, count);
}

class TargetRun {
  readonly target: Target;
  readonly finds: Find[] = [];
  readonly #random: Random;
  readonly #counter: StepCounter;
  readonly #waiting: Uint8Array[];
  readonly #kept: Uint8Array[] = [];
  readonly #known = new Set<string>();
  readonly #memory = new PlaceMemory();
  #executions = 0;
  #stepsMax = 0;
  #boundUsed = 0;

  constructor(target: Target, random: Random, counter: StepCounter, corpus: readonly Uint8Array[]) {
    this.target = target;
    this.#random = random;
    this.#counter = counter;
    this.#waiting = [...target.seeds(), ...corpus];
  }

  get isOver(): boolean {
    return this.finds.length >= FINDS_MAX;
  }

  get placesReached(): readonly number[] {
    return this.#memory.reached;
  }

  next(): void {
    const waiting = this.#waiting.shift();
    const input = waiting ?? this.#mutated();
    this.#counter.reset();
    let what: string | undefined;
    try {
      this.target.run(input);
    } catch (error) {
      what = describe(error);
    }
    const { count, isNew } = this.#counter.take(this.#memory);
    this.#executions++;
    what ??= excess(this.target, input, count);
    if (what !== undefined) this.#found(what, input);
    this.#stepsMax = Math.max(this.#stepsMax, count);
    this.#boundUsed = Math.max(this.#boundUsed, count / this.target.stepsMax(input.length));
    if ((isNew || waiting !== undefined) && what === undefined) this.#keep(input);
  }

  result(): TargetResult {
    return {
      name: this.target.name,
      executions: this.#executions,
      kept: this.#kept.length,
      stepsMax: this.#stepsMax,
      boundUsed: this.#boundUsed,
    };
  }

  #keep(input: Uint8Array): void {
    if (this.#kept.length < KEPT_MAX) this.#kept.push(input);
    else this.#kept[this.#random.below(KEPT_MAX)] = input;
  }

  #mutated(): Uint8Array {
    const { target } = this;
    const random = this.#random;
    if (this.#kept.length === 0) return random.bytes(random.size(64));
    // What was kept last came somewhere new: half of the inputs are made of the newest.
    const newest = random.oneIn(2) ? Math.max(0, this.#kept.length - 16) : 0;
    let input = this.#kept[newest + random.below(this.#kept.length - newest)] as Uint8Array;
    for (let changes = 1 + random.size(CHANGES_MAX); changes > 0; changes--) {
      input = mutate(target, input, random.pick(this.#kept), random);
    }
    return input.length > target.bytesMax ? input.slice(0, target.bytesMax) : input;
  }

  #found(what: string, input: Uint8Array): void {
    const key = keyOf(what);
    if (this.#known.has(key)) return;
    this.#known.add(key);
    const shortest = shorten(input, (candidate) => {
      const again = judgeInput(this.target, candidate, this.#counter);
      return again !== undefined && keyOf(again) === key;
    });
    this.finds.push({ target: this.target.name, what, input: shortest });
  }
}

function mutate(target: Target, input: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const { shape } = target;
  switch (shape.kind) {
    case 'bytes':
      return mutateBytes(input, other, random);
    case 'cbor':
      return mutateCbor(input, other, random);
    case 'rlp':
      return mutateRlp(input, other, random);
    case 'json':
      return mutateJson(input, other, random);
    case 'text':
      return mutateText(input, other, shape.words, random);
    case 'records':
      return mutateRecords(input, other, shape.width, random);
  }
}

/** Leaves out parts, half of it first, as long as the same is still wrong. */
function shorten(input: Uint8Array, isWrong: (candidate: Uint8Array) => boolean): Uint8Array {
  let best = input;
  for (let size = best.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at + size <= best.length; ) {
      const candidate = new Uint8Array(best.length - size);
      candidate.set(best.subarray(0, at));
      candidate.set(best.subarray(at + size), at);
      if (isWrong(candidate)) best = candidate;
      else at += size;
    }
  }
  return best;
}

function excess(target: Target, input: Uint8Array, steps: number): string | undefined {
  const most = target.stepsMax(input.length);
  return steps > most ? `${steps} steps for ${input.length} bytes, at most ${most} are allowed` : undefined;
}

function describe(error: unknown): string {
  if (error instanceof Finding) return error.message;
  if (!(error instanceof Error)) return `threw ${String(error)}`;
  const [place = ''] = /\b[\w-]+\.(?:js|ts):\d+/.exec(error.stack?.replace(error.message, '') ?? '') ?? [];
  return `${error.name}: ${error.message} (${place})`;
}

/** Finds that differ in numbers alone are one. */
function keyOf(what: string): string {
  return what.replace(/\d+/g, '#');
}
