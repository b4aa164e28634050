import type { Input } from '../../firmware/lock/ports.js';
import { CATCH_UP_POLLS_MAX, CURSOR_POLLS_UNWRITTEN } from '../../firmware/protocol/limits.js';
import { NVS_PAGE_BYTES, NvsFlash } from '../world/nvs-flash.js';
import type { Checker, Scene } from './checker.js';

/** The boards' partition for records, bytes. */
export const PARTITION_BYTES = 0x6b000;
const PAGE_ENTRIES = 126;
/** A tenth of what a page is good for, in ten years. */
const ERASES_PER_YEAR = 100_000 / 10 / 10;
const YEAR_HOURS = 8_766;
/** A page is erased once for as many entries as it holds: this many an hour wear all pages by a tenth in ten years. */
export const ENTRIES_PER_HOUR_MAX =
  (ERASES_PER_YEAR / YEAR_HOURS) * (PARTITION_BYTES / NVS_PAGE_BYTES) * PAGE_ENTRIES;
/** What the report of a refusal takes at least. A guest who is refused at every chance would wear two fifths in ten years. */
const REFUSAL_ENTRIES = 12;
const WITH_REFUSALS_MAX = 4 * ENTRIES_PER_HOUR_MAX;
/** So many hours more: a world of a few hours has no rest, and is written as are the worst hours of a day. */
const HOURS_MORE = 3;
/** Leases for heartbeats, alarms that time alone raises or ends, cursors. */
const UNPROMPTED_PER_HOUR_MAX = 16;
/** Cursors of a backlog, at each endpoint and in each boot: nodes may tell of any height. */
const BACKLOG_WRITES_MAX = CATCH_UP_POLLS_MAX / CURSOR_POLLS_UNWRITTEN;
const HOUR_MS = 3_600_000;
/** What somebody does is written, and what becomes of it, within this time. */
const PROMPTED_MS = 60_000;

/** What people, the power and flash itself do; each of them may be followed by writes. */
const PROMPTS: readonly Input['kind'][] = Object.freeze([
  'bolt-sensed',
  'door-sensed',
  'button-pressed',
  'button-held',
  'outside-pressed',
  'tamper-sensed',
  'store-failed',
  'pairing-received',
]);

/**
 * By a model of the boards' store, what the lock writes would wear its pages by less than a tenth in ten years. Where
 * nobody whom the lock knows has signed anything, and nothing happened at the door, it hardly writes at all: nodes and
 * strangers wear no flash.
 */
export function wear(scene: Scene, fail: (found: string) => void): Checker {
  const flash = new NvsFlash(PARTITION_BYTES);
  let promptedMs = 0;
  let hour = 0;
  let unprompted = 0;
  let backlog = 0;
  let refusals = 0;
  const prompt = () => {
    promptedMs = scene.nowMs;
  };
  const turn = () => {
    const now = Math.floor(scene.nowMs / HOUR_MS);
    if (now === hour) return;
    hour = now;
    backlog -= Math.max(0, unprompted - UNPROMPTED_PER_HOUR_MAX);
    if (backlog < 0) fail(`${unprompted} writes to flash in an hour that nobody has caused`);
    unprompted = 0;
  };
  return {
    says: 'Flash wears by a tenth in ten years at most, and strangers wear none.',
    boot() {
      prompt();
      backlog = BACKLOG_WRITES_MAX * scene.weather.nodes.count;
    },
    shown: prompt,
    input(input) {
      turn();
      if (PROMPTS.includes(input.kind)) prompt();
    },
    report({ report }) {
      if (report.cause === 'refusal') refusals++;
    },
    output(output) {
      if (output.kind === 'erase') flash.erase(output.key);
      if (output.kind !== 'persist') return;
      flash.write(output.key, output.bytes.length);
      if (scene.nowMs - promptedMs > PROMPTED_MS) unprompted++;
    },
    end() {
      const hours = scene.nowMs / HOUR_MS + HOURS_MORE;
      const check = (entries: number, max: number) => {
        if (entries / hours > max)
          fail(`${Math.round(entries / hours)} entries of flash written an hour, over ${Math.round(max)}`);
      };
      check(flash.entriesWritten - REFUSAL_ENTRIES * refusals, ENTRIES_PER_HOUR_MAX);
      check(flash.entriesWritten, WITH_REFUSALS_MAX);
    },
  };
}
