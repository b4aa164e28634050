import type { RefusalReason } from '../protocol/refusal.js';
import type { Door, SensedBolt } from '../protocol/report.js';
import type { AlarmName } from './alarm-table.js';

/** Who vouches for a time: the simulator's host, two pinned HTTPS hosts that agree, or nobody. */
export type ClockSource = 'host' | 'https' | 'none';

export type HttpFailure = 'timeout' | 'too-large' | 'connection';

/** Where a boot reads its records from: flash, one key at a time. A `Map` will do. */
export interface RecordSource {
  /** @returns undefined where flash holds nothing under this key, or cannot read it */
  get(key: string): Uint8Array | undefined;
}

/**
 * All that can happen to a lock. Every input is handed in together with the uptime in milliseconds;
 * there is no other way for time, bytes or chance to reach the machines.
 */
export type Input =
  /** First of all, once. */
  | { readonly kind: 'boot' }
  | { readonly kind: 'tick' }
  | { readonly kind: 'clock'; readonly unixSeconds: number; readonly source: ClockSource }
  | {
      readonly kind: 'http-done';
      readonly id: number;
      readonly status: number;
      readonly body: Uint8Array;
      /** How long the peer asks to be left alone, where it says so. */
      readonly retryAfterSeconds?: number;
    }
  | { readonly kind: 'http-failed'; readonly id: number; readonly reason: HttpFailure }
  | { readonly kind: 'stored'; readonly key: string }
  | { readonly kind: 'store-failed'; readonly key: string }
  /** Without `bytes` where flash holds nothing under this key, or cannot read it. */
  | { readonly kind: 'loaded'; readonly key: string; readonly bytes?: Uint8Array | undefined }
  | { readonly kind: 'bolt-sensed'; readonly bolt: SensedBolt }
  /** A strike's time is over: it is not held open any more, and falls back by itself. */
  | { readonly kind: 'bolt-released' }
  | { readonly kind: 'door-sensed'; readonly door: Door }
  | { readonly kind: 'battery-sensed'; readonly milliVolts: number }
  /** Whether the case of the lock is open. */
  | { readonly kind: 'tamper-sensed'; readonly open: boolean }
  | { readonly kind: 'button-pressed' }
  /** The inside button is being held for as long as a factory reset needs; `button-pressed` came before. */
  | { readonly kind: 'button-held' }
  /** The one-touch button outside: it can only lock. */
  | { readonly kind: 'outside-pressed' }
  | { readonly kind: 'pairing-opened' }
  | { readonly kind: 'pairing-received'; readonly bytes: Uint8Array }
  | { readonly kind: 'pairing-closed' }
  | { readonly kind: 'published'; readonly seq: number }
  | { readonly kind: 'publish-failed'; readonly seq: number };

/** How an exchange has ended. */
export type HttpAnswer = Extract<Input, { readonly kind: 'http-done' | 'http-failed' }>;

/** All that a lock can ask of the world. */
export type Output =
  /** POST `body` to `url`; answered by `http-done` or `http-failed` with the same id, within `timeoutMs`. */
  | {
      readonly kind: 'http-post';
      readonly id: number;
      readonly url: string;
      readonly body: Uint8Array;
      readonly contentType: string;
      readonly timeoutMs: number;
      readonly bodyBytesMax: number;
    }
  /** Answered by `bolt-sensed` once the bolt is there, at once where it is there already. */
  | { readonly kind: 'drive-bolt'; readonly target: 'locked' | 'unlocked' }
  | { readonly kind: 'stop-bolt' }
  /** Write durably; answered by `stored` or `store-failed` with the same key, in the order asked. */
  | { readonly kind: 'persist'; readonly key: string; readonly bytes: Uint8Array }
  | { readonly kind: 'erase'; readonly key: string }
  /** Read a record of this boot or one before; answered by `loaded` with the same key. */
  | { readonly kind: 'load'; readonly key: string }
  /** Call again with a `tick` at this uptime or soon after; only the last one asked counts. */
  | { readonly kind: 'wake-at'; readonly uptimeMs: number }
  /** Deliver a report; answered by `published` or `publish-failed`. A retry carries identical bytes. */
  | { readonly kind: 'publish'; readonly seq: number; readonly cose: Uint8Array }
  | { readonly kind: 'pairing-send'; readonly bytes: Uint8Array }
  | { readonly kind: 'pairing-close' }
  /** The last output of this boot: boot again, from flash as it is now. */
  | { readonly kind: 'restart' }
  /** For people who watch; nothing in the lock depends on it. */
  | { readonly kind: 'notice'; readonly notice: Notice };

export type BoltCause = 'command' | 'button' | 'outside-button' | 'thumb-turn' | 'relock' | 'boot';

/** What a person at the console sees. `by` is a 20-byte address, `tx` a 32-byte transaction hash. */
export type Notice =
  | {
      readonly event: 'booted';
      readonly bootCount: number;
      readonly lock: Uint8Array;
      readonly paired: boolean;
    }
  | { readonly event: 'paired'; readonly owner: Uint8Array; readonly epoch: number }
  /** A new owner without the old one's word: asked, and what became of it. */
  | {
      readonly event: 'adoption';
      readonly stage: 'waiting' | 'done' | 'stopped';
      readonly owner: Uint8Array;
      readonly epoch: number;
    }
  /** The button was held: at the next boot this is another lock. */
  | { readonly event: 'reset' }
  | { readonly event: 'polled'; readonly url: string; readonly head: number }
  | { readonly event: 'seen'; readonly tx: Uint8Array; readonly url: string }
  | { readonly event: 'verified'; readonly tx: Uint8Array; readonly by: Uint8Array; readonly command: string }
  | {
      readonly event: 'refused';
      readonly reason: RefusalReason;
      readonly by?: Uint8Array;
      readonly tx?: Uint8Array;
      readonly url?: string;
      readonly detail?: string;
    }
  | {
      readonly event: 'bolt';
      readonly position: 'locked' | 'unlocked' | 'moving' | 'jammed' | 'unknown';
      readonly cause: BoltCause;
      readonly by?: Uint8Array;
      readonly tx?: Uint8Array;
    }
  | { readonly event: 'alarm'; readonly alarm: AlarmName; readonly on: boolean }
  | { readonly event: 'signed'; readonly seq: number; readonly cose: Uint8Array; readonly tx?: Uint8Array };
