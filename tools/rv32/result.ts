import type { Measurement, SpanName } from '../../firmware/targets/rv32/measurement.js';
import type { EngineName } from './emulator.js';
import type { ImageSize } from './image.js';

/** Bytes of XS's heap on one engine. */
export interface HeapResult {
  /** Live after boot and two toggles, garbage collected. */
  readonly slots: number;
  readonly chunks: number;
  /** Deepest use of XS's stack in the last step. */
  readonly stack: number;
  /** Slots and chunks together. */
  readonly live: number;
  /** Live, and all that the hungriest step takes where nothing is collected in its midst. */
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
  /** Bytes that each step leaves to the collector or keeps. */
  readonly allocated: Readonly<Record<EngineName, Readonly<Record<SpanName, number>>>>;
  readonly boot: Readonly<Record<EngineName, number>>;
  readonly collection: Readonly<Record<EngineName, number>>;
  /** Where the instructions go: engine functions inside each step, and parts of the work for themselves. */
  readonly profile: Readonly<Record<EngineName, Pick<Measurement, 'engineUse' | 'functions'>>>;
}

/** Puts what was measured on each engine into one object. */
export function summarise(
  runs: Readonly<Record<EngineName, Measurement>>,
  { flash, ram }: ImageSize,
): Rv32Result {
  const { native, typescript } = runs;
  const both = <T>(of: (run: Measurement) => T) => ({ native: of(native), typescript: of(typescript) });
  return {
    engines: both(({ spans }) => mapSpans(spans, ({ instructions }) => instructions)),
    heap: both(heapOf),
    flash: { ...flash, modules: both(({ loaded }) => loaded.code) },
    staticRam: ram,
    allocated: both(({ spans }) => mapSpans(spans, ({ allocated }) => allocated)),
    boot: both(({ bootInstructions }) => bootInstructions),
    collection: both(({ collectionInstructions }) => collectionInstructions),
    profile: both(({ engineUse, functions }) => ({ engineUse, functions })),
  };
}

function heapOf({ empty, loaded, told, running, spans }: Measurement): HeapResult {
  const live = sizeOf(running);
  const engine = sizeOf(empty);
  const story = sizeOf(told) - sizeOf(loaded);
  const { code, harnessCode } = loaded;
  return {
    slots: running.slots,
    chunks: running.chunks,
    stack: running.stack,
    live,
    peak: live + Math.max(...Object.values(spans).map(({ allocated }) => allocated)),
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
