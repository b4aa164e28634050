import { equalBytes } from '../../firmware/protocol/bytes.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { type Report, readReport } from '../../firmware/protocol/report.js';
import type { SignedEvent } from './access-history.js';

/**
 * Dates commands by when the lock says that it judged them, which after days offline is not when they were mined.
 * The reports need no check here: a wrong date can make a true list look untrue, and never the other way round.
 * @param coses - untrusted
 * @returns the same commands; those of which no report tells keep the time of their block
 */
export function atJudgedTimes(
  events: readonly SignedEvent[],
  lock20: Uint8Array,
  coses: Iterable<Uint8Array>,
): readonly SignedEvent[] {
  const times = new Map<string, number>();
  for (const cose of coses) {
    const report = reportIn(cose, lock20);
    const { lastCommand, issuedAtSeconds } = report ?? {};
    if (lastCommand === undefined || issuedAtSeconds === undefined) continue;
    const key = keyOf(lastCommand.by, lastCommand.nonce);
    // Later reports repeat the last command.
    if (!times.has(key)) times.set(key, issuedAtSeconds);
  }
  return events.map((event) => {
    const { by, nonce } = event.signed;
    return { ...event, atSeconds: times.get(keyOf(by, nonce)) ?? event.atSeconds };
  });
}

function reportIn(cose: Uint8Array, lock20: Uint8Array): Report | undefined {
  try {
    const read = readReport(cose);
    return equalBytes(read.lock20, lock20) ? read.report : undefined;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** One transaction of one sender; what replaced it has the same. */
export function keyOf(by: Uint8Array, nonce: bigint): string {
  return `${formatHex(by)}:${nonce}`;
}
