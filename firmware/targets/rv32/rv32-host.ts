import type { NativeModule } from '../../crypto/native-engine.js';

/** Bytes of XS's memory; a slot is 16. */
export interface HeapSample {
  /** Live after a collection. */
  readonly slots: number;
  readonly chunks: number;
  /** Most that was taken since the peaks were reset, garbage included. */
  readonly slotsPeak: number;
  readonly chunksPeak: number;
  /** Deepest use of XS's stack since power-on. */
  readonly stack: number;
  /** Bytecode of the lock's modules loaded so far, and of those that only measure; both are part of the chunks. */
  readonly code: number;
  readonly harnessCode: number;
}

/** What main.c gives to the default export of the module that it starts. */
export interface Rv32Host {
  /** The input file. */
  read(): string;
  /** A line for the computer. */
  print(text: string): void;
  /** Instructions that the core has executed since reset. */
  instructions(): number;
  /** Collects all garbage. @returns the instructions that this took */
  collect(): number;
  /** Collects, then measures. */
  measureHeap(): HeapSample;
  /** Of slots and chunks. */
  resetPeaks(): void;
  /** Live bytes of a machine without any module. */
  readonly engineSlots: number;
  readonly engineChunks: number;
  readonly native: NativeModule;
}
