import type { Address } from 'viem';
import { readUint } from '../../firmware/protocol/bytes.js';
import { ACTION, type Action } from '../../firmware/protocol/order.js';
import type { Report } from '../../firmware/protocol/report.js';
import { awaitReceipt, type LockReceipt } from './await-receipt.js';
import { openChain } from './chain-link.js';
import { type ChosenLock, chosenLock } from './chosen-lock.js';
import { openKey } from './key-ring.js';
import { LockReports } from './lock-reports.js';
import { boltAfter, commandWords, describeOrder } from './order-words.js';
import { EXIT_CODES, Failure } from './owner/failure.js';
import { commandCall } from './owner/registry-calls.js';
import { type LockState, ORDER_SECONDS } from './owner/wallet.js';
import { refusalWords } from './refusal-words.js';
import { expectLockState, readGuestTerms } from './registry-state.js';
import { sendCall } from './send-call.js';
import type { Tool } from './tool.js';
import { parseWait } from './wait-option.js';

export interface OrderFlags {
  /** Names the lock's present challenge, so that a lock without a clock obeys. */
  readonly challenge?: boolean;
  /** Seconds, as text. */
  readonly wait?: string;
}

/** Signs one order, sends it and waits for the receipt that the lock signs. @throws Failure */
export async function giveOrder(tool: Tool, action: Action, flags: OrderFlags): Promise<void> {
  const { io, output } = tool;
  const waitSeconds = parseWait(flags.wait);
  const lock = chosenLock(tool);
  const reports = LockReports.of(lock);
  const chain = await openChain(tool, lock);
  const state = await expectLockState(chain, lock);
  await reports?.refresh();
  const challenge = flags.challenge ? challengeOf(reports?.last) : 0;
  const account = await openKey(tool);
  const from = account.address.toLowerCase() as Address;
  if (from !== state.owner)
    await expectGuest(action, lock, () => readGuestTerms(chain, lock, account.address), from);
  warnOfEpoch(tool, state, reports?.last);
  const sent = await sendCall(tool, chain, account, {
    kind: 'order',
    lock,
    encode: (notAfterMin) => {
      const notAfterSeconds = Math.max(Math.floor(io.nowUnixMs() / 1_000) + ORDER_SECONDS, notAfterMin);
      const data = commandCall({
        lock: lock.address,
        epoch: state.epoch,
        notAfterSeconds,
        action,
        challenge,
      });
      return { data, notAfterSeconds };
    },
    describe: (data) => describeOrder(data, lock, from, io),
  });
  if (!output.isJson) output.note(`sent      ${sent.hash}`);
  output.result({
    event: 'sent',
    tx: sent.hash,
    nonce: sent.nonce,
    notAfter: sent.notAfterSeconds,
    replaced: sent.replaced,
  });
  const receipt = await awaitReceipt(tool, chain, sent, reports, { command: action, waitSeconds });
  tellReceipt(tool, lock, action, receipt, sent.hash);
}

/** Says what the lock signed. @throws Failure where it refused, or its bolt did not get there */
function tellReceipt(tool: Tool, lock: ChosenLock, action: Action, receipt: LockReceipt, tx: string): void {
  const { report, isLinked, tookMs, blockNumber } = receipt;
  const reason = report.lastCommand?.reason ?? 'none';
  const object = {
    event: reason === 'none' ? 'obeyed' : 'refused',
    lock: lock.address,
    action: commandWords(action),
    tx,
    block: blockNumber,
    seq: report.seq,
    bolt: report.bolt,
    door: report.door,
    modes: report.modes ?? 0,
    reason,
    linked: isLinked,
    tookMs,
  };
  if (reason !== 'none') {
    if (tool.output.isJson) tool.output.result(object);
    throw new Failure(
      EXIT_CODES.failed,
      `the lock refused it: ${refusalWords(reason)} (report #${report.seq})`,
    );
  }
  if (!isLinked) tool.output.note('a report before this one is not here: latchkey log shows the gap');
  const seconds = (tookMs / 1_000).toFixed(1);
  tool.output.result(object, [
    `${lock.name} is ${report.bolt}, door ${report.door}: report #${report.seq}, signed by the lock, after ${seconds} s`,
  ]);
  const wanted = boltAfter(action);
  if (wanted !== undefined && report.bolt !== wanted)
    throw new Failure(EXIT_CODES.failed, `the lock obeyed, but its bolt is ${report.bolt}: look at the door`);
}

/** The contract and the lock both refuse it; this only says so before anything is signed. */
async function expectGuest(
  action: Action,
  { name }: ChosenLock,
  readTerms: () => Promise<bigint>,
  from: string,
): Promise<void> {
  const isMode = action >= ACTION.privacyOn;
  if (isMode || (await readTerms()) === 0n) {
    throw new Failure(
      EXIT_CODES.failed,
      `${from} is not the owner of ${name}${isMode ? '' : ', nor a guest of it'}: say the owner's key with --key`,
    );
  }
}

/** @throws Failure where no report names a challenge */
function challengeOf(last: Report | undefined): number {
  if (last === undefined || last.nonce.length < 4) {
    throw new Failure(
      EXIT_CODES.noReceipt,
      "no report of the lock is here that names its challenge: say --reports, or wait for the lock's next report",
    );
  }
  return Number(readUint(last.nonce.subarray(0, 4)));
}

/** What is signed for another epoch than the lock's is refused, or kept until the lock comes there. */
export function warnOfEpoch({ output }: Tool, { epoch }: LockState, last: Report | undefined): void {
  if (last !== undefined && last.epoch !== epoch)
    output.note(
      `not yet applied: the lock is in epoch ${last.epoch}, the registry in ${epoch}; it may refuse`,
    );
}
