import type { CryptoEngine } from '../../crypto/engine.js';
import { asciiBytes } from '../../protocol/bytes.js';
import { InvariantError } from '../../protocol/errors.js';
import { EngineMeter, type EngineUse } from './engine-meter.js';
import { measureFunctions } from './function-costs.js';
import { MeasuredLock } from './measured-lock.js';
import type { HeapSample, Rv32Host } from './rv32-host.js';
import type { StoryInput } from './story-input.js';

/** One step of the lock's work. */
export interface Span {
  readonly instructions: number;
  /** Bytes of slots and chunks at the most, garbage included. */
  readonly peak: number;
  /** The same, less what was live before: all that it allocates, where nothing is collected in its midst. */
  readonly allocated: number;
}

export type SpanName = 'command' | 'forged' | 'report' | 'poll';

/** All that one run on one engine tells; the computer divides it up. */
export interface Measurement {
  readonly spans: Readonly<Record<SpanName, Span>>;
  /** What of each span the engine took, function by function; the engine's guard is not in it. */
  readonly engineUse: Readonly<Record<SpanName, EngineUse>>;
  /** Parts of the work, each for itself, in instructions. */
  readonly functions: Readonly<Record<string, number>>;
  /** From power-on to the first poll's end, without loading the modules. */
  readonly bootInstructions: number;
  /** One collection of all garbage with all of this in the heap. */
  readonly collectionInstructions: number;
  /** Before the first module, with all modules, with the story read, and with a lock that booted and was toggled. */
  readonly empty: { readonly slots: number; readonly chunks: number };
  readonly loaded: HeapSample;
  readonly told: HeapSample;
  readonly running: HeapSample;
}

/**
 * Runs one story on one engine and counts what each step takes.
 * @param createEngine - guarded
 * @throws InvariantError where the lock did something else than what was to be measured
 */
export function measure(host: Rv32Host, createEngine: () => CryptoEngine): void {
  const loaded = host.measureHeap();
  const input = JSON.parse(host.read()) as StoryInput;
  const told = host.measureHeap();
  const engine = createEngine();
  const overhead = overheadOf(host);
  const bootStart = host.instructions();
  const lock = new MeasuredLock(engine, input);
  lock.boot(input);
  const bootInstructions = host.instructions() - bootStart;
  const spans = runStory(lock, input, (run) => countSpan(host, overhead, run));
  lock.forgetFlash();
  const running = host.measureHeap();
  const collectionInstructions = host.collect();
  const functions = measureFunctions(engine, input, lock.cose, (run) => {
    run();
    return countSpan(host, overhead, run).instructions;
  });
  const meter = new EngineMeter(engine, host);
  const metered = new MeasuredLock(meter.engine, input);
  metered.boot(input);
  const engineUse = runStory(metered, input, (run) => meter.use(run));
  const empty = { slots: host.engineSlots, chunks: host.engineChunks };
  const measurement: Measurement = {
    spans,
    engineUse,
    functions,
    bootInstructions,
    collectionInstructions,
    empty,
    loaded,
    told,
    running,
  };
  host.print(JSON.stringify(measurement));
}

/** An unlock to warm up, an idle poll, a lock, its report, and a stranger's unlock. */
function runStory<T>(
  lock: MeasuredLock,
  input: StoryInput,
  count: (run: () => void) => T,
): Record<SpanName, T> {
  const [idle, found, transaction] = [input.bodies.idle, input.lock.found, input.lock.transaction].map(
    asciiBytes,
  );
  const [forgedFound, forgedTransaction] = [input.forged.found, input.forged.transaction].map(asciiBytes);
  lock.tick();
  lock.answer(asciiBytes(input.unlock.found));
  lock.answer(asciiBytes(input.unlock.transaction));
  lock.settle();
  lock.arrive();
  lock.settle();
  const poll = count(() => {
    lock.tick();
    lock.answer(idle as Uint8Array);
  });
  lock.tick();
  lock.answer(found as Uint8Array);
  const command = count(() => lock.answer(transaction as Uint8Array));
  lock.settle();
  expectRefusals(lock, 0);
  const report = count(() => lock.arrive());
  lock.settle();
  lock.tick();
  lock.answer(forgedFound as Uint8Array);
  const forged = count(() => lock.answer(forgedTransaction as Uint8Array));
  lock.settle();
  expectRefusals(lock, 1);
  return { command, forged, report, poll };
}

function expectRefusals(lock: MeasuredLock, count: number): void {
  if (lock.refusals.length !== count) throw new InvariantError(`refused: ${lock.refusals.join(', ')}`);
}

function countSpan(host: Rv32Host, overhead: number, run: () => void): Span {
  const before = host.measureHeap();
  host.resetPeaks();
  const start = host.instructions();
  run();
  const instructions = host.instructions() - start - overhead;
  const { slotsPeak, chunksPeak } = host.measureHeap();
  const peak = slotsPeak + chunksPeak;
  return { instructions, peak, allocated: peak - before.slots - before.chunks };
}

/** What counting itself adds: two readings with an empty function between them. */
function overheadOf(host: Rv32Host): number {
  const run = () => {};
  const start = host.instructions();
  run();
  return host.instructions() - start;
}
