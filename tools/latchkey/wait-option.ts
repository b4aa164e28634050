import { WAIT_SECONDS_DEFAULT } from './await-receipt.js';
import { EXIT_CODES, Failure } from './owner/failure.js';

/** Reads --wait. @throws Failure `usage` */
export function parseWait(text: string | undefined): number {
  if (text === undefined) return WAIT_SECONDS_DEFAULT;
  if (/^[0-9]{1,4}$/.test(text)) return Number(text);
  throw new Failure(EXIT_CODES.usage, `--wait takes whole seconds, such as 60; found "${text}"`);
}
