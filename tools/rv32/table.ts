import type { EngineUse } from '../../firmware/targets/rv32/engine-meter.js';
import { ENGINES, type EngineName } from './emulator.js';
import type { Rv32Result } from './result.js';

const LABEL_WIDTH = 56;
const CELL_WIDTH = 14;

const SPANS = Object.freeze({
  command: 'a command, from JSON to a durable verdict',
  forged: 'a forged one, refused',
  report: 'a signed report, kept',
  poll: 'an idle poll',
} as const);
type SpanName = keyof typeof SPANS;
const SPAN_NAMES = Object.keys(SPANS) as readonly SpanName[];

/** Lays a result out for people. */
export function formatResult(result: Rv32Result): string {
  return [
    `The lock on rv32imc (ESP32-C3), XS from npm, modules in RAM; ${result.compiler}; counted in QEMU`,
    '',
    ...section('Instructions', ENGINES),
    ...SPAN_NAMES.map((span) =>
      row(
        SPANS[span],
        ENGINES.map((engine) => result.engines[engine][span]),
      ),
    ),
    row(
      'boot to the end of the first poll',
      ENGINES.map((engine) => result.boot[engine]),
    ),
    ...SPAN_NAMES.map((span) =>
      row(
        `${SPANS[span]}, collecting`,
        ENGINES.map((engine) => result.collecting[engine][span]),
      ),
    ),
    row(
      'one collection of garbage',
      ENGINES.map((engine) => result.collection[engine]),
    ),
    ...SPAN_NAMES.flatMap((span) => ['', ...engineLines(result, span)]),
    '',
    ...section('Parts of the work, each for itself', ENGINES),
    ...Object.keys(result.profile.native.functions).map((name) =>
      row(
        name,
        ENGINES.map((engine) => result.profile[engine].functions[name] ?? 0),
      ),
    ),
    '',
    ...heapLines(result),
    '',
    ...flashLines(result),
    '',
  ].join('\n');
}

/** Inside one step: each engine function, and what is left for the rest. */
function engineLines({ engines, profile }: Rv32Result, span: SpanName): string[] {
  const uses = ENGINES.map((engine) => profile[engine].engineUse[span]);
  const names = [...new Set(uses.flatMap((use) => Object.keys(use)))];
  const rest = ENGINES.map((engine, i) => engines[engine][span] - sumOf(uses[i] ?? {}));
  return [
    ...section(`Of these, ${SPANS[span]}`, ENGINES),
    ...names.map((name) => {
      const calls = uses[0]?.[name]?.calls ?? 0;
      return row(
        `${name}, ${calls} ${calls === 1 ? 'call' : 'calls'}`,
        uses.map((use) => use[name]?.instructions ?? 0),
      );
    }),
    row('formats, rules and records', rest),
  ];
}

function heapLines({ heap, allocated }: Rv32Result): string[] {
  const line = (label: string, of: (engine: EngineName) => number) => row(label, ENGINES.map(of));
  return [
    ...section('Heap after boot and two toggles, bytes', ENGINES),
    line('slots', (engine) => heap[engine].slots),
    line('chunks', (engine) => heap[engine].chunks),
    line('live', (engine) => heap[engine].live),
    line('  XS itself', (engine) => heap[engine].parts.engine),
    line('  bytecode of the modules', (engine) => heap[engine].parts.code),
    line('  functions and constants of the modules', (engine) => heap[engine].parts.modules),
    line('  data: the lock itself', (engine) => heap[engine].parts.data),
    line('  what measures', (engine) => heap[engine].parts.harness),
    line("peak, in a heap like a device's", (engine) => heap[engine].peak),
    line('stack of XS, deepest', (engine) => heap[engine].stack),
    ...SPAN_NAMES.map((span) => line(`allocated by ${SPANS[span]}`, (engine) => allocated[engine][span])),
  ];
}

function flashLines({ flash, staticRam }: Rv32Result): string[] {
  return [
    ...section('The C code, bytes', ['flash', 'RAM']),
    row('XS, with its parser', [flash.xs, staticRam.xs]),
    row('native engine', [flash.nativeEngine, staticRam.nativeEngine]),
    row('C library', [flash.library, staticRam.library]),
    row('host and meter', [flash.host, staticRam.host]),
    '',
    ...section('The modules as bytecode, bytes', ENGINES),
    row(
      'flash on a device, RAM here',
      ENGINES.map((engine) => flash.modules[engine]),
    ),
  ];
}

function sumOf(use: EngineUse): number {
  return Object.values(use).reduce((sum, { instructions }) => sum + instructions, 0);
}

function section(title: string, heads: readonly string[]): string[] {
  const head = title.padEnd(LABEL_WIDTH) + heads.map((text) => text.padStart(CELL_WIDTH)).join('');
  return [head, '-'.repeat(head.length)];
}

function row(label: string, cells: readonly number[]): string {
  return label.padEnd(LABEL_WIDTH) + cells.map((value) => grouped(value).padStart(CELL_WIDTH)).join('');
}

function grouped(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
