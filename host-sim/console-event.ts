import type { AlarmName } from '../firmware/lock/alarm-table.js';
import type { BoltCause } from '../firmware/lock/ports.js';
import type { RefusalReason } from '../firmware/protocol/refusal.js';
import type { Bolt, Report } from '../firmware/protocol/report.js';
import type { Toggle } from './view/timeline.js';

/** Events that `--json` prints, one object a line, each with `at_ms`. Hex is lowercase with 0x. */
export type JsonEvent =
  | {
      readonly event: 'ready';
      readonly rpc: string;
      readonly chainId: number;
      readonly registry: string;
      readonly lock: string;
      readonly owner: string;
      /** Of a throw-away chain alone. */
      readonly ownerKey?: string;
      /** The latchkey.json of this run, where one was written. */
      readonly config?: string;
    }
  | {
      readonly event: 'bolt';
      readonly position: Bolt;
      readonly cause: BoltCause;
      readonly by: string | null;
      readonly tx: string | null;
    }
  | {
      readonly event: 'refused';
      readonly reason: RefusalReason;
      readonly by: string | null;
      readonly tx: string | null;
    }
  /** An alarm that people at the lock may know of rose or ended. */
  | { readonly event: 'alarm'; readonly alarm: AlarmName; readonly on: boolean }
  | { readonly event: 'report'; readonly cose: string; readonly seq: number }
  | {
      readonly event: 'done';
      readonly toggles: number;
      /** Toggles that succeeded. */
      readonly ok: number;
      /** From sending to the bolt's end position; null without a toggle that succeeded. */
      readonly p50_ms: number | null;
      readonly p95_ms: number | null;
      readonly reportsVerified: number;
    };

/** Everything that a view may show. */
export type ConsoleEvent =
  | JsonEvent
  /** A step of the start-up has begun. */
  | { readonly event: 'step'; readonly text: string }
  /** A toggle has reached another stage. */
  | { readonly event: 'toggle'; readonly toggle: Toggle }
  /** The owner has checked a report; without `problem` it verified. */
  | { readonly event: 'checked'; readonly report?: Report; readonly problem?: string }
  | { readonly event: 'polled'; readonly head: number }
  | { readonly event: 'power'; readonly on: boolean }
  /** The node begins a lie, or is honest again. */
  | { readonly event: 'lie'; readonly title: string | null }
  | { readonly event: 'message'; readonly text: string };

export interface View {
  show(event: ConsoleEvent, atUnixMs: number): void;
  close(): void;
}
