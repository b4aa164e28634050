import type { DeviceOptions } from '../../firmware/lock/device-parts.js';
import type { Input, Output, RecordSource } from '../../firmware/lock/ports.js';
import type { XsEngineName } from '../../firmware/targets/xs-host/engine-choice.js';
import { decodeMessage, encodeMessage, type Message } from '../../firmware/targets/xs-host/frame.js';
import type { Heap } from '../../firmware/targets/xs-host/xs-host.js';
import type { Machine } from '../board.js';
import { XsProcess } from './xs-process.js';

const PROGRAM = 'dist/firmware/targets/xs-host/lock-program.js';
const STRIPPED_PROGRAM = 'dist/firmware/targets/xs-host/stripped-lock-program.js';

export interface XsMachineOptions {
  /** What `buildXsRunner` gave. */
  readonly runner: string;
  readonly engine: XsEngineName;
  /** Without the names and lengths of built-in functions, as Moddable strips them. */
  readonly stripped?: boolean;
  /** Most that the boot and all that follows may take beyond what the loaded modules take, bytes. */
  readonly dataBytesMax?: number;
}

/** The firmware on XS, one process a boot: what Node does for the lock here is what drivers do on a board. */
export class XsMachine implements Machine {
  readonly #process: XsProcess;
  /** With all modules loaded and nothing else. */
  readonly loaded: Heap;

  constructor(xs: XsMachineOptions, device: DeviceOptions) {
    this.#process = new XsProcess(xs.runner, xs.stripped === true ? STRIPPED_PROGRAM : PROGRAM);
    this.loaded = this.measureHeap();
    if (xs.dataBytesMax !== undefined) {
      this.#ask({ kind: 'limit-heap', dataBytes: xs.dataBytesMax });
    }
    this.#ask({ kind: 'reset-peaks' });
    const { engine: _, records, ...options } = device;
    this.#ask({ kind: 'start', engine: xs.engine, ...options }, records);
  }

  /** @throws Error of the name and message that the firmware's had */
  handle(input: Input, uptimeMs: number): readonly Output[] {
    return this.#ask({ ...input, uptimeMs }) as readonly unknown[] as readonly Output[];
  }

  /** Collects all garbage over there first. */
  measureHeap(): Heap {
    this.#send({ kind: 'measure-heap' });
    return decodeMessage(this.#process.receive()) as unknown as Heap;
  }

  /** Cuts its power. */
  close(): void {
    this.#process.close();
  }

  #send(message: Message): void {
    this.#process.send(encodeMessage(message));
  }

  /** @param records - what it may read of flash before it is done */
  #ask(message: Message, records?: RecordSource): readonly Message[] {
    this.#send(message);
    const answers: Message[] = [];
    for (;;) {
      const answer = decodeMessage(this.#process.receive());
      if (answer.kind === 'done') return answers;
      if (answer.kind === 'threw') {
        const error = new Error(String(answer['message']));
        error.name = String(answer['name']);
        throw error;
      }
      if (answer.kind === 'get') {
        const key = String(answer['key']);
        this.#send({ kind: 'record', key, bytes: records?.get(key) });
      } else answers.push(answer);
    }
  }
}

/** Slots and chunks that are live. */
export function heapBytes(heap: Heap): number {
  return heap.slotBytes + heap.chunkBytes;
}
