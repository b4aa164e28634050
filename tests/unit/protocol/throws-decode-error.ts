import assert from 'node:assert/strict';
import { DecodeError, type DecodeErrorCode } from '../../../firmware/protocol/errors.js';

/** Asserts that `run` throws a DecodeError with this code. */
export function throwsDecodeError(run: () => unknown, code: DecodeErrorCode, what?: string): void {
  let thrown: unknown;
  try {
    run();
  } catch (error) {
    thrown = error;
  }
  const label = what === undefined ? '' : `${what}: `;
  assert.ok(thrown instanceof DecodeError, `${label}expected DecodeError ${code}, got ${String(thrown)}`);
  assert.equal(thrown.code, code, `${label}${thrown.message}`);
}
