import type { ConsoleEvent } from '../../host-sim/console-event.js';
import { TwinLock } from '../../host-sim/engines/xs-lock.js';
import { heapBytes, type XsMachine, type XsMachineOptions } from '../../host-sim/engines/xs-machine.js';
import { parseOptions } from '../../host-sim/options.js';
import { Session } from '../../host-sim/session.js';

/** What Moddable gives to XS on an ESP32-C3 at creation (`static`), and the part of it that is the stack. */
const DEVICE_STATIC_BYTES = 94_208;
const DEVICE_STACK_BYTES = 1_024 * 16;
/**
 * What is left there for data, where modules are preloaded and lie in flash. XS from npm cannot preload: here modules
 * come on top, and so do the words of a 64-bit machine, which are twice as wide in arrays and heads of chunks.
 */
export const DEVICE_DATA_BYTES = DEVICE_STATIC_BYTES - DEVICE_STACK_BYTES;

/** One lock on XS from pairing to the last report, with the same lock on Node beside it. */
export interface LockRun {
  readonly toggles: number;
  readonly toggled: number;
  /** Lies that its node told, and those that the lock refused. */
  readonly lies: number;
  readonly refused: number;
  readonly boots: number;
  readonly reportsVerified: number;
  /** Outputs of the lock, and whether each was the same, byte for byte, on XS and on Node. */
  readonly outputs: number;
  readonly identical: boolean;
  /** All that was live at the end: the engine, modules and data; slots as on a 32-bit chip. */
  readonly heapLiveBytes: number;
  /** Of that, what was not there when the modules were loaded. */
  readonly dataLiveBytes: number;
  /** The most there was at once since the last boot, garbage included. */
  readonly dataPeakBytes: number;
  readonly stackPeakBytes: number;
  /** The first thing that went wrong. */
  readonly problem?: string;
}

const SIMULATOR = ['--block-time', '0', '--poll-ms', '50', '--json'];
const BOOT_MS_MAX = 20_000;

/** Pairs, toggles, tells every lie of the series, cuts the power, and toggles again. @throws Failure */
export async function runLock(xs: XsMachineOptions): Promise<LockRun> {
  const twin = new TwinLock(xs);
  const options = parseOptions(SIMULATOR);
  if (options === undefined) throw new Error('no options');
  const seen = { boots: 0, problem: undefined as string | undefined, told: 0, refused: 0 };
  const listen = (event: ConsoleEvent) => {
    if (event.event === 'bolt' && event.cause === 'boot') seen.boots++;
    if (event.event === 'message') {
      const counts = /^(\d+) of (\d+) lies refused; the motor ran not once$/.exec(event.text);
      if (counts) [seen.refused, seen.told] = [Number(counts[1]), Number(counts[2])];
      else seen.problem ??= event.text;
    }
  };
  const session = new Session(options, listen, twin);
  try {
    await session.start();
    await session.toggle('unlock');
    await session.toggle('lock');
    await session.lieInSeries();
    const boots = seen.boots;
    await session.cutPower();
    await until(() => seen.boots > boots);
    await session.toggle('unlock');
    await session.toggle('lock');
    const machine = twin.xs.machine;
    if (machine === undefined) throw new Error('the lock on XS has ended');
    const { toggles, ok, reportsVerified } = session.summary();
    const problem = seen.problem ?? twin.differences[0];
    return {
      toggles,
      toggled: ok,
      lies: seen.told,
      refused: seen.refused,
      boots: seen.boots,
      reportsVerified,
      outputs: twin.equalCount + twin.differences.length,
      identical: twin.differences.length === 0 && twin.equalCount > 0,
      ...measure(machine),
      ...(problem !== undefined && { problem }),
    };
  } finally {
    await session.stop();
  }
}

function measure(machine: XsMachine) {
  const live = machine.measureHeap();
  const { loaded } = machine;
  const heapLiveBytes = heapBytes(live);
  return {
    heapLiveBytes,
    dataLiveBytes: heapLiveBytes - heapBytes(loaded),
    stackPeakBytes: 16 * live.stackSlotsPeak,
    dataPeakBytes: 16 * (live.slotCountPeak - loaded.slotCount) + (live.chunkBytesPeak - loaded.chunkBytes),
  };
}

async function until(isSo: () => boolean): Promise<void> {
  const endMs = Date.now() + BOOT_MS_MAX;
  while (!isSo()) {
    if (Date.now() > endMs) throw new Error('the lock does not boot');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
