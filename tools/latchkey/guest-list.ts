import type { Address } from 'viem';
import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import type { AccessEntry } from '../../firmware/lock/access-list.js';
import type { Authority } from '../../firmware/lock/authority.js';
import { formatHex, parseHex } from '../../firmware/protocol/hex.js';
import type { Report } from '../../firmware/protocol/report.js';
import { type HistoryStep, type Progress, progressOf, replayHistory, startOf } from './access-history.js';
import type { ChainLink } from './chain-link.js';
import type { ChosenLock } from './chosen-lock.js';
import { atJudgedTimes } from './judged-times.js';
import type { LockState } from './owner/wallet.js';
import { type RegistryHistory, readHistory } from './registry-history.js';
import { openReportSource } from './report-source.js';
import type { Tool } from './tool.js';

/** One guest as the chain's signed grants say. */
export interface Guest {
  readonly address: Address;
  readonly entry: AccessEntry;
  /** The lock's last report proves that it holds this grant or revocation. */
  readonly isProven: boolean;
}

/** Who may open, by the chain, and how far the lock has come. */
export interface GuestList {
  readonly guests: readonly Guest[];
  /** What the lock holds once it has seen all. */
  readonly expected: Authority;
  /** Undefined where no report is here. */
  readonly progress: Progress | undefined;
  /** Grants and revocations that a lock would take, and that the report does not prove yet. */
  readonly notAppliedCount: number;
  readonly unreadable: RegistryHistory['unreadable'];
}

/**
 * Replays the chain's signed grants upon the owner and epoch that the lock is in, and compares its last report.
 * @param report - the lock's newest, verified; undefined where there is none
 * @throws Failure `network`
 */
export async function readGuests(
  tool: Tool,
  engine: CryptoEngine,
  chain: ChainLink,
  lock: ChosenLock,
  state: LockState,
  report: Report | undefined,
): Promise<GuestList> {
  const { events, unreadable } = await readHistory(tool, engine, chain, lock, 'access');
  const start = startOf(report?.owner ?? parseHex(state.owner, 20), report?.epoch ?? state.epoch);
  const timed = atJudgedTimes(events, parseHex(lock.address, 20), await allReports(lock));
  const steps = replayHistory(engine, start, timed);
  const progress = report === undefined ? undefined : progressOf(engine, start, steps, report);
  const expected = steps[steps.length - 1]?.authority ?? start;
  const guests = expected.access.entries.map((entry) => {
    const address = formatHex(entry.guest) as Address;
    return { address, entry, isProven: isProven(steps, address, progress) };
  });
  const applied = progress?.kind === 'behind' ? progress.count : steps.length;
  const isGrant = ({ event, verdict }: HistoryStep) => verdict.ok && event.signed.command.kind === 'grant';
  const notAppliedCount = steps.slice(applied).filter(isGrant).length;
  return { guests, expected, progress, notAppliedCount, unreadable };
}

/** How far the lock is, for people. */
export function progressWords(progress: Progress | undefined, report: Report | undefined): string {
  if (progress === undefined || report === undefined)
    return 'no report of the lock is here, so nothing of it is proven: say --reports FILE or URL';
  switch (progress.kind) {
    case 'applied':
      return `applied: the lock's report #${report.seq} proves this list`;
    case 'behind':
      return `not yet applied: the lock's report #${report.seq} proves an older list`;
    case 'differs':
      return `not yet applied: ${DIFFERENCES[progress.what]} (report #${report.seq}, epoch ${report.epoch})`;
  }
}

const DIFFERENCES = Object.freeze({
  owner: "the lock's owner is another than the chain's; after a sale it must be paired again",
  epoch: "the lock's epoch is another than the chain's",
  guests: "the lock's list is none that the chain's signed grants give",
});

async function allReports({ reports }: ChosenLock): Promise<readonly Uint8Array[]> {
  const coses: Uint8Array[] = [];
  if (reports !== undefined) for await (const cose of openReportSource(reports).read()) coses.push(cose);
  return coses;
}

/** The last step that named the guest lies among those that the report proves. */
function isProven(steps: readonly HistoryStep[], address: Address, progress: Progress | undefined): boolean {
  if (progress?.kind === 'applied') return true;
  if (progress?.kind !== 'behind') return false;
  const last = steps.findLastIndex(({ event: { signed }, verdict }) => {
    const { command } = signed;
    return verdict.ok && command.kind === 'grant' && formatHex(command.guest) === address;
  });
  return last >= 0 && last < progress.count;
}
