import type { CryptoEngine } from '../firmware/crypto/engine.js';
import type { Notice } from '../firmware/lock/ports.js';
import { formatHex } from '../firmware/protocol/hex.js';
import { ReportInbox } from '../tools/latchkey/owner/report-inbox.js';
import type { ConsoleEvent } from './console-event.js';
import type { HostEvent } from './lock-host.js';
import { type Stage, Timeline } from './view/timeline.js';
import { systemClock } from './world/clock.js';

export type Emit = (event: ConsoleEvent, atUnixMs: number) => void;

/** Turns what the lock's host tells into what people and programs are shown, and lets others wait for it. */
export class Observer {
  readonly timeline = new Timeline();
  readonly #engine: CryptoEngine;
  readonly #emit: Emit;
  readonly #waiters = new Set<(event: ConsoleEvent) => void>();
  /** The transaction that each signed report is the receipt of. */
  readonly #receipts = new Map<number, string>();
  #inbox: ReportInbox | undefined;
  #lock: string | undefined;
  #position = 'unknown';
  #showsPower = false;

  constructor(engine: CryptoEngine, emit: Emit) {
    this.#engine = engine;
    this.#emit = emit;
  }

  /** The owner's side of the reports, once the lock has said who it is. */
  get inbox(): ReportInbox | undefined {
    return this.#inbox;
  }

  /** What the lock last said of its bolt. */
  get position(): string {
    return this.#position;
  }

  /** The first boot and the end are no news, power cuts between them are. */
  showPower(isShown: boolean): void {
    this.#showsPower = isShown;
  }

  /** Takes everything that a host tells. */
  heard(event: HostEvent, atUnixMs: number): void {
    switch (event.kind) {
      case 'notice':
        this.#noticed(event.notice, atUnixMs);
        break;
      case 'delivered':
        this.#delivered(event.seq, event.cose, atUnixMs);
        break;
      case 'power':
        if (this.#showsPower) this.show({ event: 'power', on: event.on }, atUnixMs);
        break;
      case 'crashed':
        this.show({
          event: 'message',
          text: `the lock crashed (${event.message})${event.restartMs === undefined ? ' too often: it stays off' : ''}`,
        });
        break;
    }
  }

  #noticed(notice: Notice, atUnixMs: number): void {
    switch (notice.event) {
      case 'booted':
        // After a factory reset it is another lock.
        if (this.#lock !== formatHex(notice.lock)) {
          this.#lock = formatHex(notice.lock);
          this.#inbox = new ReportInbox({ engine: this.#engine, lock20: notice.lock });
        }
        break;
      case 'polled':
        this.show({ event: 'polled', head: notice.head }, atUnixMs);
        break;
      case 'seen':
      case 'verified':
        this.reach(formatHex(notice.tx), notice.event, atUnixMs);
        break;
      case 'refused':
        this.show(
          { event: 'refused', reason: notice.reason, by: hexOrNull(notice.by), tx: hexOrNull(notice.tx) },
          atUnixMs,
        );
        break;
      case 'bolt': {
        const { position, cause } = notice;
        this.#position = position;
        const tx = hexOrNull(notice.tx);
        this.show({ event: 'bolt', position, cause, by: hexOrNull(notice.by), tx }, atUnixMs);
        if (tx !== null && (position === 'locked' || position === 'unlocked'))
          this.reach(tx, 'moved', atUnixMs);
        break;
      }
      case 'signed':
        if (notice.tx) {
          this.#receipts.set(notice.seq, formatHex(notice.tx));
          this.reach(formatHex(notice.tx), 'signed', atUnixMs);
        }
        break;
      case 'alarm':
        this.show({ event: 'alarm', alarm: notice.alarm, on: notice.on }, atUnixMs);
        break;
      case 'adoption':
        this.say(`adoption by ${formatHex(notice.owner)}, epoch ${notice.epoch}: ${notice.stage}`);
        break;
      case 'reset':
        this.say('factory reset: at the next boot this is another lock');
        break;
      case 'paired':
        break;
    }
  }

  #delivered(seq: number, cose: Uint8Array, atUnixMs: number): void {
    this.show({ event: 'report', cose: formatHex(cose), seq }, atUnixMs);
    const receipt = this.#inbox?.receive(cose);
    if (!receipt || receipt.verdict === 'duplicate') return;
    const checkedUnixMs = systemClock.unixMs();
    if (receipt.verdict === 'verified') {
      this.show({ event: 'checked', report: receipt.report });
      const tx = this.#receipts.get(seq);
      this.#receipts.delete(seq);
      if (tx !== undefined) this.reach(tx, 'checked', checkedUnixMs);
    } else {
      const problem = receipt.verdict === 'bad' ? receipt.problem : `no report before ${seq}`;
      this.show({ event: 'checked', problem });
    }
  }

  /** Notes that a transaction reached a stage, and shows its toggle. */
  reach(hash: string, stage: Stage, atUnixMs: number): void {
    const toggle = this.timeline.reach(hash, stage, atUnixMs);
    if (toggle) this.show({ event: 'toggle', toggle }, atUnixMs);
  }

  say(text: string): void {
    this.show({ event: 'message', text });
  }

  show(event: ConsoleEvent, atUnixMs = systemClock.unixMs()): void {
    this.#emit(event, atUnixMs);
    for (const waiter of [...this.#waiters]) waiter(event);
  }

  /** Waits for an event. @throws Error after `timeoutMs` */
  until(wanted: (event: ConsoleEvent) => boolean, timeoutMs: number): Promise<ConsoleEvent> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      const waiter = (event: ConsoleEvent) => {
        if (!wanted(event)) return;
        end();
        resolve(event);
      };
      const timer = setTimeout(
        () => {
          end();
          reject(new Error('nothing of it in time'));
        },
        Math.max(0, timeoutMs),
      );
      this.#waiters.add(waiter);
    });
  }
}

function hexOrNull(bytes: Uint8Array | undefined): string | null {
  return bytes ? formatHex(bytes) : null;
}
