import { RECORD_EXTRA_BYTES } from '../../firmware/lock/journal.js';
import { decodeLockState, type LockState } from '../../firmware/lock/lock-state.js';
import type { Output } from '../../firmware/lock/ports.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import {
  GUESTS_MAX,
  HTTP_BODY_BYTES_MAX,
  HTTP_TIMEOUT_MS,
  OUTBOX_REPORTS_MAX,
  OWED_RECEIPTS_MAX,
  RECORD_BYTES_MAX,
  REPORT_BYTES_MAX,
  SEEN_DURABLE_MAX,
  TOMBSTONES_MAX,
} from '../../firmware/protocol/limits.js';
import type { Checker, Scene } from './checker.js';

/** Number and hash before a report, and what the journal puts around it. */
const REPORT_RECORD_BYTES_MAX = REPORT_BYTES_MAX + 20 + RECORD_EXTRA_BYTES;
/** The journal's tag, behind the payload; its head is the rest of what it adds. */
const TAG_BYTES = 16;
/** One poll, and one search for a veto. */
const EXCHANGES_MAX = 2;
const BODY_BYTES_MAX = 1_024;

/**
 * What the lock keeps is bounded: records by kind, number and length, what the state holds, and what it waits for at
 * one time. The heap itself is not seen from here; `tests/budget` measures it.
 */
export function memory(scene: Scene, fail: (found: string) => void): Checker {
  const keys = new Set<string>();
  const waiting = { exchanges: new Set<number>(), writes: 0, loads: 0 };
  const check = (what: string, count: number, max: number) => {
    if (count > max) fail(`${count} ${what}, over ${max}`);
  };
  const persisted = ({ key, bytes }: Extract<Output, { kind: 'persist' }>) => {
    keys.add(key);
    check('writes at a time', ++waiting.writes, 1);
    const kind = kindOf(key);
    if (kind === undefined) fail(`a record ${key} that no lock has`);
    else
      check(`bytes in ${key}`, bytes.length, kind === 'report' ? REPORT_RECORD_BYTES_MAX : RECORD_BYTES_MAX);
    const state = kind === 'state' ? readState(bytes) : undefined;
    if (kind === 'state' && state === undefined) fail(`a record ${key} that no boot could read`);
    if (state !== undefined) checkState(state, check);
  };
  return {
    says: 'What the lock keeps and waits for is bounded.',
    boot() {
      waiting.exchanges.clear();
      waiting.writes = 0;
      waiting.loads = 0;
    },
    rolledBack(image) {
      keys.clear();
      for (const key of image.keys()) keys.add(key);
    },
    input(input) {
      if (input.kind === 'http-done' || input.kind === 'http-failed') waiting.exchanges.delete(input.id);
      if (input.kind === 'stored' || input.kind === 'store-failed') waiting.writes--;
      if (input.kind === 'loaded') waiting.loads--;
    },
    output(output) {
      switch (output.kind) {
        case 'http-post':
          waiting.exchanges.add(output.id);
          // A new poll, which knows nothing of the one before.
          if (scene.witness.ownership.isConfigured) waiting.exchanges.clear();
          check('exchanges at a time', waiting.exchanges.size, EXCHANGES_MAX);
          check('bytes of an answer asked for', output.bodyBytesMax, HTTP_BODY_BYTES_MAX);
          check('milliseconds to wait for an answer', output.timeoutMs, HTTP_TIMEOUT_MS);
          check('bytes in a question', output.body.length, BODY_BYTES_MAX);
          break;
        case 'persist':
          persisted(output);
          break;
        case 'erase':
          keys.delete(output.key);
          break;
        case 'load':
          check('reads at a time', ++waiting.loads, 1);
          break;
        case 'publish':
          check('bytes in a report', output.cose.length, REPORT_BYTES_MAX);
          break;
        default:
          break;
      }
    },
    end() {
      const reports = [...keys].filter((key) => kindOf(key) === 'report').length;
      check('reports in flash', reports, OUTBOX_REPORTS_MAX);
      check('other records in flash', keys.size - reports, 5);
    },
  };
}

function kindOf(key: string): 'identity' | 'state' | 'report' | 'reset' | undefined {
  if (key === 'reset') return 'reset';
  const [, kind, place] = /^(identity|state|report)-([ab]|[0-9]{1,3})$/.exec(key) ?? [];
  if (kind === 'report') return Number(place) < OUTBOX_REPORTS_MAX ? kind : undefined;
  return (kind === 'identity' || kind === 'state') && /[ab]/.test(place ?? '') ? kind : undefined;
}

function readState(record: Uint8Array): LockState | undefined {
  try {
    return decodeLockState(record.subarray(RECORD_EXTRA_BYTES - TAG_BYTES, record.length - TAG_BYTES));
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function checkState(state: LockState, check: (what: string, count: number, max: number) => void): void {
  const entries = state.authority?.access.entries ?? [];
  const guests = entries.filter(({ terms }) => terms.rights !== 0).length;
  check('guests', guests, GUESTS_MAX);
  check('tombstones', entries.length - guests, TOMBSTONES_MAX);
  check('owed receipts', state.owed.length, OWED_RECEIPTS_MAX);
  check('hashes of what was judged', state.judged.length, SEEN_DURABLE_MAX);
  check('reports that wait', state.keptCount - state.takenCount, OUTBOX_REPORTS_MAX);
}
