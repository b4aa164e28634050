import type { ReportCause } from '../../firmware/protocol/report.js';

/** Something that was so for a while, virtual milliseconds. */
export interface Span<Value extends string = string> {
  readonly fromMs: number;
  readonly toMs: number;
  readonly value: Value;
}

/** A word that somebody signed for the lock. */
export interface WordMark {
  readonly signedMs: number;
  readonly by: 'owner' | 'guest' | 'former owner' | 'stranger';
  readonly kind: 'unlock' | 'lock' | 'mode' | 'grant' | 'handover';
  /** In plain words. */
  readonly says: string;
  /** When it was mined and still is; undefined where it never was, or a reorganisation took it back. */
  readonly minedMs: number | undefined;
  /** What the lock said to it: its own name of a refusal, or nothing. */
  readonly outcome: 'obeyed' | 'unanswered' | { readonly refused: string };
}

export interface ReportMark {
  readonly seq: number;
  /** When it was first on the wire. */
  readonly sentMs: number;
  /** When the lock heard that it was taken. */
  readonly acknowledgedMs: number | undefined;
  readonly cause: ReportCause;
  readonly says: string;
}

export interface ExchangeMark {
  readonly atMs: number;
  readonly ok: boolean;
}

export interface FaultMark {
  readonly atMs: number;
  readonly name: string;
}

/** All of one world that a picture shows. */
export interface WorldRecord {
  readonly seed: number;
  readonly hours: number;
  /** From here on nothing goes wrong. */
  readonly calmMs: number | undefined;
  readonly bolt: readonly Span[];
  readonly sensed: readonly Span[];
  readonly door: readonly Span[];
  readonly power: readonly Span[];
  /** Whether the network, the owner's sink, or both were away. */
  readonly network: readonly Span[];
  readonly exchanges: readonly ExchangeMark[];
  readonly words: readonly WordMark[];
  readonly reports: readonly ReportMark[];
  readonly faults: readonly FaultMark[];
  readonly violations: readonly {
    readonly atMs: number;
    readonly checker: string;
    readonly found: string;
  }[];
}
