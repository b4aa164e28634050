import type { Address, Hex } from 'viem';
import { decodeCommand } from '../../firmware/protocol/command.js';
import { formatHex, parseHex } from '../../firmware/protocol/hex.js';
import { ACTION } from '../../firmware/protocol/order.js';
import { GRANT_COMMAND, HANDOVER_COMMAND } from '../../firmware/protocol/report.js';
import { shortAddress } from './address-text.js';
import { durationWords, timeOfDay } from './time-text.js';

/** Actions of orders as people say them. */
const ACTION_WORDS: Readonly<Record<number, string>> = Object.freeze({
  [ACTION.lock]: 'lock',
  [ACTION.unlock]: 'unlock',
  [ACTION.unlockThenRelock]: 'unlock, then lock again by itself',
  [ACTION.privacyOn]: 'privacy on',
  [ACTION.privacyOff]: 'privacy off',
  [ACTION.vacationOn]: 'vacation on',
  [ACTION.vacationOff]: 'vacation off',
  [ACTION.passageOn]: 'passage on',
  [ACTION.passageOff]: 'passage off',
  [GRANT_COMMAND]: 'grant or revocation',
  [HANDOVER_COMMAND]: 'handover',
});

/** @param command - an action, or GRANT_COMMAND or HANDOVER_COMMAND */
export function commandWords(command: number): string {
  return ACTION_WORDS[command] ?? `unknown command ${command}`;
}

/** Where an action brings the bolt; undefined where it moves none. */
export function boltAfter(action: number): 'locked' | 'unlocked' | undefined {
  if (action === ACTION.lock) return 'locked';
  return action === ACTION.unlock || action === ACTION.unlockThenRelock ? 'unlocked' : undefined;
}

/**
 * Says what an order's calldata asks for, read back from the bytes that are about to be signed.
 * @throws DecodeError where they are no order for this lock
 */
export function describeOrder(
  data: Hex,
  lock: { readonly name: string; readonly address: Address },
  from: Address,
  { timeZone, nowUnixMs }: { readonly timeZone: string; readonly nowUnixMs: () => number },
): readonly string[] {
  const command = decodeCommand(parseHex(data), parseHex(lock.address, 20));
  if (command.kind !== 'order') throw new RangeError(`describeOrder: a ${command.kind}`);
  const { action, epoch, notAfterSeconds, challenge4 } = command.order;
  const left = notAfterSeconds - Math.floor(nowUnixMs() / 1_000);
  const challenge = challenge4.some((byte) => byte !== 0) ? `, challenge ${formatHex(challenge4)}` : '';
  return [
    `order     ${commandWords(action)}`,
    `lock      ${lock.name}, ${formatHex(command.order.lock)}, epoch ${epoch}${challenge}`,
    `signed by ${shortAddress(from)}, good until ${timeOfDay(notAfterSeconds, timeZone)} (${durationWords(left)})`,
  ];
}
