import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { privateKeyToAccount } from 'viem/accounts';
import { parseHex } from '../../firmware/protocol/hex.js';
import type { ConsoleEvent } from '../../host-sim/console-event.js';
import { Session } from '../../host-sim/session.js';
import type { Stage, Toggle } from '../../host-sim/view/timeline.js';
import { type AnvilAccount, startAnvil } from '../../host-sim/world/anvil.js';
import { type BlockWatch, watchBlocks } from './block-watch.js';
import type { Closers } from './closers.js';
import { NaiveLock, type NaiveToggle } from './naive-lock.js';
import { askNode } from './node-rpc.js';
import type { Progress } from './progress.js';
import { lockExchange } from './wire-bytes.js';
import { startWireTap, type WireExchange, type WireTap } from './wire-tap.js';

/** One toggle of each lock, sent together. Times are Unix milliseconds. */
export interface TogglePair {
  readonly ours: { readonly hash: string; readonly reached: Readonly<Record<Stage, number>> };
  readonly naive: NaiveToggle & { readonly minedUnixMs: number };
}

export interface ToggleRun {
  readonly pollMs: number;
  readonly blockSeconds: number;
  /** Those where both locks did what they were told. */
  readonly pairs: readonly TogglePair[];
  /** What the two devices asked, and what they were told. */
  readonly lockExchanges: readonly WireExchange[];
  readonly naiveExchanges: readonly WireExchange[];
  /** Signed reports of the lock, COSE_Sign1. */
  readonly reports: readonly Uint8Array[];
  readonly domain: {
    readonly chainId: bigint;
    readonly registry20: Uint8Array;
    readonly lock20: Uint8Array;
    readonly owner20: Uint8Array;
  };
}

export interface ToggleOptions {
  readonly toggles: number;
  readonly naiveCode: Uint8Array;
}

/** No part of a block's time: polls then fall on all moments of it alike. */
const POLL_MS = 230;
const BLOCK_SECONDS = 1;
/** Past the 64 blocks that a lock reads again: no event of before is in the next poll. */
const QUIET_BLOCKS = 70;
const IDLE_POLLS = 8;
const IDLE_MS_MAX = 10_000;
/** Sends fall on all moments between two blocks alike, and on the same in each run: fractions of the golden ratio. */
const SPREAD = 0.618_034;

/** Commands the product's own lock and the naive one on one chain, both behind a wire tap. */
export async function measureToggles(
  options: ToggleOptions,
  closers: Closers,
  progress: Progress,
): Promise<ToggleRun> {
  const anvil = await startAnvil({ blockTimeSeconds: BLOCK_SECONDS, accounts: 3 });
  closers.add(() => anvil.stop());
  const [first, second] = anvil.accounts as [AnvilAccount, AnvilAccount];
  const taps = [await startWireTap(anvil.rpcUrl), await startWireTap(anvil.rpcUrl)] as const;
  for (const tap of taps) closers.add(() => tap.stop());
  const [lockTap, naiveTap] = taps;
  const blocks = await watchBlocks(anvil.rpcUrl, closers);
  const lock = new BenchedLock(anvil.rpcUrl, lockTap, closers);
  const ready = await lock.start(first.privateKey);
  const naive = new NaiveLock({
    rpcUrl: anvil.rpcUrl,
    deviceRpcUrl: naiveTap.url,
    account: privateKeyToAccount(second.privateKey),
    code: options.naiveCode,
    pollMs: POLL_MS,
  });
  closers.add(() => naive.stop());
  await naive.start();
  await quieten(anvil.rpcUrl, lockTap, IDLE_POLLS);
  const pairs: TogglePair[] = [];
  for (let i = 0; i < options.toggles; i++) {
    await quieten(anvil.rpcUrl, lockTap, 1);
    await sleep(((i * SPREAD) % 1) * BLOCK_SECONDS * 1_000);
    const pair = await toggleBoth(anvil.rpcUrl, lock, naive, blocks);
    if (pair) pairs.push(pair);
    progress.part(i + 1, options.toggles, 'toggles');
  }
  return {
    pollMs: POLL_MS,
    blockSeconds: BLOCK_SECONDS,
    pairs,
    lockExchanges: [...lockTap.exchanges],
    naiveExchanges: [...naiveTap.exchanges],
    reports: lock.reports,
    domain: {
      chainId: BigInt(ready.chainId),
      registry20: parseHex(ready.registry, 20),
      lock20: parseHex(ready.lock, 20),
      owner20: parseHex(ready.owner, 20),
    },
  };
}

/** The product's own session, with its lock behind the tap. */
class BenchedLock {
  readonly reports: Uint8Array[] = [];
  readonly #session: Session;
  readonly #keyFile: string;
  #ready: Extract<ConsoleEvent, { event: 'ready' }> | undefined;
  #newest: Toggle | undefined;

  constructor(rpcUrl: string, tap: WireTap, closers: Closers) {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
    closers.add(() => rmSync(folder, { recursive: true, force: true }));
    this.#keyFile = join(folder, 'key');
    const options = {
      ...{ toggles: 0, exit: false, json: true, keep: false, muteOwner: false },
      ...{ rpc: rpcUrl, keyFile: this.#keyFile, lockRpc: [tap.url] },
      ...{ blockTime: BLOCK_SECONDS, pollMs: POLL_MS },
    };
    this.#session = new Session(options, (event) => this.#heard(event));
    closers.add(() => this.#session.stop());
  }

  async start(ownerKey: string): Promise<Extract<ConsoleEvent, { event: 'ready' }>> {
    writeFileSync(this.#keyFile, ownerKey, { mode: 0o600 });
    await this.#session.start();
    if (!this.#ready) throw new Error('the lock was never ready');
    return this.#ready;
  }

  /** @returns the toggle with all its stages, or undefined where it failed */
  async toggle(): Promise<Toggle | undefined> {
    const ok = await this.#session.toggle(this.#session.isLockLocked ? 'unlock' : 'lock');
    return ok ? this.#newest : undefined;
  }

  #heard(event: ConsoleEvent): void {
    if (event.event === 'ready') this.#ready = event;
    if (event.event === 'report') this.reports.push(parseHex(event.cose));
    if (event.event === 'toggle') this.#newest = event.toggle;
  }
}

async function toggleBoth(
  rpcUrl: string,
  lock: BenchedLock,
  naive: NaiveLock,
  blocks: BlockWatch,
): Promise<TogglePair | undefined> {
  const [ours, theirs] = await Promise.all([lock.toggle(), naive.toggle().catch(() => undefined)]);
  if (!ours?.hash || !theirs) return undefined;
  const mined = async (hash: string) => {
    const receipt = (await askNode(rpcUrl, 'eth_getTransactionReceipt', [hash])) as { blockNumber: string };
    const announced = blocks.announcedUnixMs(Number(receipt.blockNumber));
    if (announced === undefined) throw new Error(`block ${receipt.blockNumber} was not announced`);
    return announced;
  };
  const reached = { ...ours.reached, mined: await mined(ours.hash) } as Record<Stage, number>;
  return {
    ours: { hash: ours.hash, reached },
    naive: { ...theirs, minedUnixMs: await mined(theirs.hash) },
  };
}

/** Lets blocks pass until no event is young enough to be read again, and waits for polls that bring none. */
async function quieten(rpcUrl: string, tap: WireTap, polls: number): Promise<void> {
  // No seconds between them: the chain's clock must stay with ours.
  await askNode(rpcUrl, 'anvil_mine', [`0x${QUIET_BLOCKS.toString(16)}`, '0x0']);
  const from = tap.exchanges.length;
  const untilMs = Date.now() + IDLE_MS_MAX;
  while (tap.exchanges.slice(from).filter(isIdlePoll).length < polls) {
    if (Date.now() > untilMs) throw new Error('the lock does not poll');
    await sleep(10);
  }
}

function isIdlePoll(exchange: WireExchange): boolean {
  const asked = lockExchange(exchange);
  return asked.kind === 'poll' && asked.transactions.length === 0;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
