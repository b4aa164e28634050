import type { NativeModule } from '../../crypto/native-engine.js';

/** What a collection left over, and the most there was before it; slots at a 32-bit chip's 16 bytes. */
export interface Heap {
  readonly slotCount: number;
  readonly slotBytes: number;
  readonly chunkBytes: number;
  readonly slotCountPeak: number;
  readonly chunkBytesPeak: number;
}

/** What host.c gives to the default export of the module that it starts. */
export interface XsHost {
  /** A line on stderr. */
  log(text: string): void;
  /** Waits for the next frame; undefined at the end of stdin. */
  receive(): ArrayBuffer | undefined;
  send(frame: Uint8Array): void;
  /** Collects all garbage first. */
  measureHeap(): Heap;
  resetPeaks(): void;
  /** From now on XS aborts where slots and chunks together would take this much more than what is live now. */
  limitHeap(dataBytes: number): void;
  readonly native: NativeModule;
}
