import type { Address, Hex } from 'viem';
import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../firmware/crypto/noble-engine.js';
import { decodeCommand } from '../../firmware/protocol/command.js';
import { formatHex, parseHex } from '../../firmware/protocol/hex.js';
import { GRANT_COMMAND } from '../../firmware/protocol/report.js';
import { decodeTerms, type Terms } from '../../firmware/protocol/terms.js';
import { personWords } from './address-book.js';
import { shortAddress } from './address-text.js';
import { awaitReceipt, WAIT_SECONDS_DEFAULT } from './await-receipt.js';
import { openChain } from './chain-link.js';
import { type ChosenLock, chosenLock } from './chosen-lock.js';
import { warnOfEpoch } from './give-order.js';
import { describeTerms } from './grant-terms.js';
import { progressWords, readGuests } from './guest-list.js';
import { openKey } from './key-ring.js';
import { LockReports } from './lock-reports.js';
import { lockZone } from './lock-zone.js';
import { EXIT_CODES, Failure } from './owner/failure.js';
import { grantCall } from './owner/registry-calls.js';
import { refusalWords } from './refusal-words.js';
import { expectLockState, readGuestTerms } from './registry-state.js';
import { sendCall } from './send-call.js';
import { nextSerial, noteSerial } from './serial-book.js';
import type { Tool } from './tool.js';

/** A guest's terms as a person decided them; epoch and serial are found here. */
export type WantedTerms = Omit<Terms, 'epoch' | 'serial'>;

/** Terms that leave nothing. */
export const REVOKED: WantedTerms = Object.freeze({
  notBeforeSeconds: 0,
  notAfterSeconds: 0,
  rights: 0,
  weekdays: 0,
  dayStartMinutes: 0,
  dayEndMinutes: 0,
  uses: 0,
});

/**
 * Signs a grant or a revocation, waits for the lock's receipt, and says whether its list of guests is the chain's.
 * @throws Failure in one line that says what to do next
 */
export async function giveGrant(
  tool: Tool,
  guest: Address,
  wanted: WantedTerms,
  waitSeconds = WAIT_SECONDS_DEFAULT,
): Promise<void> {
  const { io, output, home } = tool;
  const lock = chosenLock(tool);
  const reports = LockReports.of(lock);
  const chain = await openChain(tool, lock);
  const state = await expectLockState(chain, lock);
  await reports?.refresh();
  const account = await openKey(tool);
  if (account.address.toLowerCase() !== state.owner)
    throw new Failure(
      EXIT_CODES.failed,
      `${account.address} is not the owner of ${lock.name}: say the owner's key with --key`,
    );
  warnOfEpoch(tool, state, reports?.last);
  const serialKey = { chainId: chain.chainId, lock: lock.address, guest };
  const word = await readGuestTerms(chain, lock, guest);
  const onChain = word === 0n ? 0 : decodeTerms(word).serial;
  const serial = nextSerial(home, serialKey, onChain, Math.floor(io.nowUnixMs() / 1_000));
  const terms: Terms = { ...wanted, epoch: state.epoch, serial };
  const sent = await sendCall(tool, chain, account, {
    kind: 'grant',
    lock,
    encode: () => {
      noteSerial(home, serialKey, serial);
      return { data: grantCall(lock.address, guest, terms), notAfterSeconds: terms.notAfterSeconds };
    },
    describe: (data) => describeGrant(tool, lock, data),
  });
  const subject = { lock: lock.address, guest, rights: terms.rights, serial, tx: sent.hash };
  output.result({ event: 'sent', ...subject });
  const receipt = await awaitReceipt(tool, chain, sent, reports, { command: GRANT_COMMAND, waitSeconds });
  const { report } = receipt;
  const reason = report.lastCommand?.reason ?? 'none';
  if (reason !== 'none') {
    if (output.isJson) output.result({ event: 'refused', ...subject, reason, seq: report.seq });
    throw new Failure(
      EXIT_CODES.failed,
      `the lock refused it: ${refusalWords(reason)} (report #${report.seq})`,
    );
  }
  const engine = guardEngine(createNobleEngine());
  const { progress } = await readGuests(tool, engine, chain, lock, state, report);
  const who = personWords(tool, guest);
  const done = terms.rights === 0 ? `${who} is revoked` : `${who} is a guest of ${lock.name}`;
  output.result(
    {
      event: terms.rights === 0 ? 'revoked' : 'granted',
      ...subject,
      seq: report.seq,
      applied: progress?.kind === 'applied',
      tookMs: receipt.tookMs,
    },
    [`${done}: report #${report.seq}, signed by the lock`, progressWords(progress, report)],
  );
}

/** Says what a grant's calldata means, read back from the bytes that are about to be signed. */
export function describeGrant(tool: Tool, lock: ChosenLock, data: Hex): readonly string[] {
  const command = decodeCommand(parseHex(data), parseHex(lock.address, 20));
  if (command.kind !== 'grant') throw new RangeError(`describeGrant: a ${command.kind}`);
  const { terms } = command;
  const guest = formatHex(command.guest);
  const zone = lockZone(tool, lock);
  return [
    `guest     ${guest}, ${personWords(tool, guest)}`,
    ...describeTerms(terms, zone, Math.floor(tool.io.nowUnixMs() / 1_000)),
    `lock      ${lock.name}, ${shortAddress(lock.address)}, epoch ${terms.epoch}, serial ${terms.serial}`,
  ];
}
