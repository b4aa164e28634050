import type { Measurement, SpanName } from '../../firmware/targets/rv32/measurement.js';
import type { EngineName } from './emulator.js';
import type { ImageSize } from './image.js';

export const SLOT_BYTES = 16;
/** Of a device's 94,208 bytes for XS: what its stack, XS's own objects in RAM and the lock's data leave, about. */
export const FREE_BYTES = 40_960;

/** One engine in a heap where nothing has to be collected, and in one like a device's. */
export interface EngineRuns {
  readonly roomy: Measurement;
  readonly tight: Measurement;
}

/** Bytes of XS's heap on one engine. */
export interface HeapResult {
  /** Live after boot and two toggles, garbage collected. */
  readonly slots: number;
  readonly chunks: number;
  /** Deepest use of XS's stack since power-on. */
  readonly stack: number;
  /** Slots and chunks together. */
  readonly live: number;
  /** Most that was taken in any step, in the heap like a device's: live, and garbage up to FREE_BYTES. */
  readonly peak: number;
  /** What the live bytes are. */
  readonly parts: {
    /** XS's own objects: in flash where Moddable's linker puts them there. */
    readonly engine: number;
    /** The modules' bytecode: in RAM here, in flash on a device. */
    readonly code: number;
    /** Functions, classes and constants of the modules: in flash on a device where they are preloaded. */
    readonly modules: number;
    /** The lock itself: what a device has in RAM whatever it preloads. */
    readonly data: number;
    /** The measuring modules and the story: not on a device. */
    readonly harness: number;
  };
}

/** The device's own numbers: instructions on rv32imc, and bytes. */
export interface Rv32Result {
  /** On which every count depends. */
  readonly compiler: string;
  readonly engines: Readonly<Record<EngineName, Readonly<Record<SpanName, number>>>>;
  readonly heap: Readonly<Record<EngineName, HeapResult>>;
  readonly flash: {
    readonly xs: number;
    readonly nativeEngine: number;
    readonly host: number;
    readonly library: number;
    /** The lock's modules as XS bytecode, by engine. */
    readonly modules: Readonly<Record<EngineName, number>>;
  };
  /** What the C code keeps in RAM besides XS's heap and the stacks. */
  readonly staticRam: ImageSize['ram'];
  /**
   * The steps again with FREE_BYTES between collections. An upper bound for a device: here a collection walks over
   * the modules too, which there lie in flash.
   */
  readonly collecting: Readonly<Record<EngineName, Readonly<Record<SpanName, number>>>>;
  /** Bytes that each step leaves to the collector or keeps. */
  readonly allocated: Readonly<Record<EngineName, Readonly<Record<SpanName, number>>>>;
  readonly boot: Readonly<Record<EngineName, number>>;
  readonly collection: Readonly<Record<EngineName, number>>;
  /** Where the instructions go: engine functions inside each step, and parts of the work for themselves. */
  readonly profile: Readonly<Record<EngineName, Pick<Measurement, 'engineUse' | 'functions'>>>;
}

/** Puts what was measured on each engine into one object. */
export function summarise(
  runs: Readonly<Record<EngineName, EngineRuns>>,
  { flash, ram }: ImageSize,
  compiler: string,
): Rv32Result {
  const { native, typescript } = runs;
  const both = <T>(of: (run: Measurement, tight: Measurement) => T) => ({
    native: of(native.roomy, native.tight),
    typescript: of(typescript.roomy, typescript.tight),
  });
  return {
    compiler,
    engines: both(({ spans }) => mapSpans(spans, ({ instructions }) => instructions)),
    heap: both(heapOf),
    flash: { ...flash, modules: both(({ loaded }) => loaded.code) },
    staticRam: ram,
    collecting: both((_, { spans }) => mapSpans(spans, ({ instructions }) => instructions)),
    allocated: both(({ spans }) => mapSpans(spans, ({ allocated }) => allocated)),
    boot: both(({ bootInstructions }) => bootInstructions),
    collection: both(({ collectionInstructions }) => collectionInstructions),
    profile: both(({ engineUse, functions }) => ({ engineUse, functions })),
  };
}

function heapOf({ empty, loaded, told, running }: Measurement, tight: Measurement): HeapResult {
  const live = sizeOf(running);
  const engine = sizeOf(empty);
  const story = sizeOf(told) - sizeOf(loaded);
  const { code, harnessCode } = loaded;
  return {
    slots: running.slots,
    chunks: running.chunks,
    stack: running.stack,
    live,
    peak: Math.max(...Object.values(tight.spans).map(({ peak }) => peak)),
    parts: {
      engine,
      code,
      modules: sizeOf(loaded) - engine - code - harnessCode,
      data: live - sizeOf(told),
      harness: harnessCode + story,
    },
  };
}

function sizeOf({ slots, chunks }: { readonly slots: number; readonly chunks: number }): number {
  return slots + chunks;
}

function mapSpans<T, U>(spans: Readonly<Record<SpanName, T>>, of: (span: T) => U): Record<SpanName, U> {
  const { command, forged, report, poll } = spans;
  return { command: of(command), forged: of(forged), report: of(report), poll: of(poll) };
}
