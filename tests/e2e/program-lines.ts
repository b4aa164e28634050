import assert from 'node:assert/strict';
import { REFUSAL_REASONS } from '../../firmware/protocol/refusal.js';
import type { Line } from './program.js';

const ADDRESS = /^0x[0-9a-f]{40}$/;
const HASH = /^0x[0-9a-f]{64}$/;
const orNull = (pattern: RegExp) => (value: unknown) => value === null || pattern.test(String(value));
const is = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value);
const oneOf = (words: readonly string[]) => (value: unknown) => words.includes(value as string);
const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
const isMs = (value: unknown) => value === null || (typeof value === 'number' && value >= 0);

/** Every line that may be printed, with all its fields and no other. */
const LINES: Readonly<Record<string, Readonly<Record<string, (value: unknown) => boolean>>>> = {
  ready: {
    rpc: is(/^http:\/\/127\.0\.0\.1:\d+$/),
    chainId: (value) => value === 31_337,
    registry: is(ADDRESS),
    lock: is(ADDRESS),
    owner: is(ADDRESS),
    ownerKey: is(HASH),
    config: is(/\/latchkey\.json$/),
  },
  bolt: {
    position: oneOf(['locked', 'unlocked', 'moving', 'jammed', 'unknown']),
    cause: oneOf(['command', 'button', 'outside-button', 'thumb-turn', 'relock', 'boot']),
    by: orNull(ADDRESS),
    tx: orNull(HASH),
  },
  refused: { reason: oneOf(REFUSAL_REASONS), by: orNull(ADDRESS), tx: orNull(HASH) },
  report: { cose: is(/^0x(?:[0-9a-f]{2})+$/), seq: isCount },
  done: { toggles: isCount, ok: isCount, p50_ms: isMs, p95_ms: isMs, reportsVerified: isCount },
};

/** Of runs alone that keep their folder. */
const OPTIONAL: readonly string[] = ['config'];

/** @param without - fields that this run may not print */
export function checkLine(line: Line, without: readonly string[] = []): void {
  const { event, at_ms: atMs, ...fields } = line;
  const expected = LINES[String(event)] ?? assert.fail(`unknown event ${event}`);
  assert.ok(Number.isSafeInteger(atMs) && Math.abs(Number(atMs) - Date.now()) < 120_000, `at_ms ${atMs}`);
  const names = Object.keys(expected).filter(
    (name) => !without.includes(name) && (name in fields || !OPTIONAL.includes(name)),
  );
  assert.deepEqual(Object.keys(fields).sort(), names.sort(), `fields of ${event}`);
  for (const name of names) assert.ok(expected[name]?.(fields[name]), `${event}.${name}: ${fields[name]}`);
}
