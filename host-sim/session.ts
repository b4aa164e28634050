import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Address } from 'viem';
import { guardEngine } from '../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../firmware/crypto/noble-engine.js';
import type { Notice } from '../firmware/lock/ports.js';
import { formatHex, parseHex } from '../firmware/protocol/hex.js';
import { type Chain, openChain } from './chain.js';
import type { ConsoleEvent } from './console-event.js';
import { EXIT_CODES, Failure, messageOf } from './failure.js';
import { type HostEvent, LockHost } from './lock-host.js';
import type { SimulatorOptions } from './options.js';
import { pairLock } from './owner/pairing-client.js';
import { ReportInbox } from './owner/report-inbox.js';
import { createWallet, type Wallet } from './owner/wallet.js';
import { percentile, type Stage, Timeline } from './view/timeline.js';
import { systemClock } from './world/clock.js';
import { DoorWorld } from './world/door-world.js';
import { LIES, type LieName } from './world/lies.js';
import { type LyingNode, startLyingNode } from './world/lying-node.js';

export type Emit = (event: ConsoleEvent, atUnixMs: number) => void;

const TOGGLE_MS_MAX = 30_000;
const FIRST_POLL_MS_MAX = 30_000;
const POWER_OFF_MS = 1_000;
const REGISTRATION_SECONDS = 1_800;
/** How long one lie of the series may go without being refused. */
const LIE_MS_MAX = 8_000;
/** Time of the finger and the debouncing before pairing begins. */
const PRESS_MS = 200;
const UNLOCK = 2;
const LOCK = 1;

/** The lies of the `x` key: openings first, then a node that is merely broken. */
const SERIES: readonly LieName[] = Object.freeze([
  'forged-sender',
  'stranger-order',
  'stranger-handover',
  'junk-signature',
  'r-out-of-range',
  'high-s',
  'other-chain',
  'other-registry',
  'other-lock',
  'with-value',
  'unprotected',
  'disagreeing-fields',
  'expired',
  'other-epoch',
  'wrong-ids',
  'truncated-body',
  'big-body',
]);

/** One run: a chain, a registry, a lock in its world and its owner. */
export class Session {
  readonly world = new DoorWorld({ clock: systemClock });
  readonly #options: SimulatorOptions;
  readonly #emit: Emit;
  readonly #timeline = new Timeline();
  readonly #engine = guardEngine(createNobleEngine());
  readonly #waiters = new Set<(event: ConsoleEvent) => void>();
  #chain: Chain | undefined;
  #node: LyingNode | undefined;
  #host: LockHost | undefined;
  #wallet: Wallet | undefined;
  #inbox: ReportInbox | undefined;
  #temporary: string | undefined;
  /** The transaction that each signed report is the receipt of. */
  readonly #receipts = new Map<number, string>();
  #position = 'unknown';
  #isLying = false;
  #isStopping = false;

  constructor(options: SimulatorOptions, emit: Emit) {
    this.#options = options;
    this.#emit = emit;
  }

  get isLockLocked(): boolean {
    return this.#position === 'locked';
  }

  /** What an onlooker sees, whatever the lock says. */
  get look() {
    const { bolt, door } = this.world;
    return { bolt, door, powered: this.#host?.powered ?? false };
  }

  /** Brings everything up, to the lock's first poll as a registered lock. @throws Failure */
  async start(): Promise<void> {
    const step = (text: string) => this.#show({ event: 'step', text });
    const chain = await openChain(this.#options, step);
    this.#chain = chain;
    const endpoints = this.#options.lockRpc ?? [await this.#standBetween(chain)];
    step('booting the lock');
    const host = this.#createHost();
    this.#host = host;
    host.on((event, atUnixMs) => this.#heard(event, atUnixMs));
    const port = await host.listen();
    host.boot();
    step('pairing: button pressed, secret proved');
    this.world.pressButton();
    await sleep(PRESS_MS);
    const paired = await this.#pair(chain, host, port, endpoints);
    const lock = formatHex(paired.lock20) as Address;
    this.#inbox ??= new ReportInbox({ engine: this.#engine, lock20: paired.lock20 });
    const wallet = createWallet({ ...chain, account: chain.owner, lock, pollIntervalMs: 50 });
    this.#wallet = wallet;
    step('registering the lock on chain');
    await this.#register(wallet, paired.registrationSignature65, paired.deadlineSeconds);
    this.#aim(chain, lock, paired.epoch);
    step('waiting for the first poll');
    await this.#until((event) => event.event === 'polled', FIRST_POLL_MS_MAX).catch(() => {
      throw new Failure(
        EXIT_CODES.network,
        `the lock gets no answer from ${endpoints.join(', ')}: check --lock-rpc`,
      );
    });
    this.#show({
      event: 'ready',
      rpc: chain.rpcUrl,
      chainId: chain.chainId,
      registry: chain.registry,
      lock,
      owner: chain.owner.address.toLowerCase(),
      ...(chain.ownerKey !== undefined && { ownerKey: chain.ownerKey }),
    });
  }

  /** One order of the owner, from sending to the verified report. @returns whether all of it went well */
  async toggle(action: 'lock' | 'unlock'): Promise<boolean> {
    if (this.#options.muteOwner || !this.#wallet) {
      this.#say('the owner is mute: send the call from a wallet of your own');
      return false;
    }
    const number = this.#timeline.start(action);
    let problem: string | undefined;
    try {
      const sent = await this.#wallet.command(action === 'unlock' ? UNLOCK : LOCK);
      this.#show({ event: 'toggle', toggle: this.#timeline.sent(number, sent.hash, sent.sentUnixMs) });
      sent.mined.then(
        ({ minedUnixMs }) => this.#reach(sent.hash, 'mined', minedUnixMs),
        (error: unknown) => this.#show({ event: 'message', text: messageOf(error) }),
      );
      problem = await this.#outcome(sent.hash, action);
      // A block may reach the lock before its receipt reaches the wallet: the row waits for both.
      if (problem === undefined) await sent.mined;
    } catch (error) {
      problem = messageOf(error);
    }
    this.#show({ event: 'toggle', toggle: this.#timeline.finish(number, problem) });
    return problem === undefined;
  }

  /** Plays the series of lies, then is honest again. */
  async lieInSeries(): Promise<void> {
    const node = this.#node;
    if (!node) {
      this.#say('there is no lying node: --lock-rpc leads the lock elsewhere');
      return;
    }
    if (this.#isLying) return;
    this.#isLying = true;
    const movesBefore = this.world.moves;
    let told = 0;
    let refused = 0;
    for (const name of SERIES) {
      if (this.#isStopping) break;
      const { title, reasons, needsOwnerKey } = LIES[name];
      if (needsOwnerKey && !this.#chain?.ownerKey) continue;
      try {
        const heard = this.#until(
          (event) => event.event === 'refused' && (reasons as readonly string[]).includes(event.reason),
          LIE_MS_MAX,
        );
        heard.catch(() => {});
        await node.lie(name);
        this.#show({ event: 'lie', title });
        told++;
        await heard;
        refused++;
      } catch (error) {
        this.#say(`${name}: ${messageOf(error)}`);
      }
    }
    await node.lie(null);
    this.#isLying = false;
    this.#show({ event: 'lie', title: null });
    const moved = this.world.moves - movesBefore;
    this.#say(
      `${refused} of ${told} lies refused; the motor ran ${moved === 0 ? 'not once' : `${moved} times`}`,
    );
  }

  /** Pulls the plug, and boots again a second later. */
  async cutPower(): Promise<void> {
    this.#host?.cutPower();
    await sleep(POWER_OFF_MS);
    if (!this.#isStopping) this.#host?.boot();
  }

  /** What the `done` line says. */
  summary(): Extract<ConsoleEvent, { event: 'done' }> {
    const durations = this.#timeline.durationsMs();
    return {
      event: 'done',
      toggles: this.#timeline.toggles.length,
      ok: this.#timeline.toggles.filter(({ state }) => state === 'ok').length,
      p50_ms: percentile(durations, 50),
      p95_ms: percentile(durations, 95),
      reportsVerified: this.#inbox?.verifiedCount ?? 0,
    };
  }

  async stop(): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#host?.stop();
    await this.#node?.stop();
    await this.#chain?.stop();
    if (this.#temporary) rmSync(this.#temporary, { recursive: true, force: true });
  }

  async #standBetween(chain: Chain): Promise<string> {
    this.#node = await startLyingNode({ upstream: chain.rpcUrl });
    return this.#node.url;
  }

  #createHost(): LockHost {
    const { data, pollMs, reportUrl } = this.#options;
    if (data === undefined) this.#temporary = mkdtempSync(join(tmpdir(), 'latchkey-'));
    return new LockHost({
      engine: this.#engine,
      world: this.world,
      dataDirectory: data ?? (this.#temporary as string),
      pollIntervalMs: pollMs,
      buildUnixSeconds: Math.floor(statSync(fileURLToPath(import.meta.url)).mtimeMs / 1_000),
      ...(reportUrl !== undefined && { reportUrl }),
    });
  }

  async #pair(chain: Chain, host: LockHost, port: number, endpoints: readonly string[]) {
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const deadlineSeconds = nowSeconds + REGISTRATION_SECONDS;
    try {
      const paired = await pairLock({
        port,
        secret16: host.pairingSecret16,
        chainId: BigInt(chain.chainId),
        registry20: parseHex(chain.registry, 20),
        owner20: parseHex(chain.owner.address, 20),
        ownerUnixSeconds: nowSeconds,
        endpoints: [...endpoints],
        startBlock: await chain.blockNumber(),
        deadlineSeconds,
      });
      return { ...paired, deadlineSeconds };
    } catch (error) {
      throw new Failure(
        EXIT_CODES.network,
        `pairing failed (${messageOf(error)}): use a new --data folder for a new lock`,
      );
    }
  }

  async #register(wallet: Wallet, signature65: Uint8Array, deadlineSeconds: number): Promise<void> {
    const { owner } = await wallet.lockState();
    if (owner === wallet.address.toLowerCase()) return;
    const { mined } = await wallet.register(deadlineSeconds, signature65);
    await mined;
  }

  #aim(chain: Chain, lock: Address, epoch: number): void {
    this.#node?.aim({
      chainId: chain.chainId,
      registry: chain.registry,
      lock,
      owner: chain.owner.address,
      epoch,
      ...(chain.ownerKey !== undefined && { ownerKey: chain.ownerKey }),
    });
  }

  /** Waits for the receipt of an order. @returns what went wrong, or undefined */
  async #outcome(hash: string, action: 'lock' | 'unlock'): Promise<string | undefined> {
    const wanted = action === 'lock' ? 'locked' : 'unlocked';
    const stageOf = (stage: Stage) => this.#timeline.byHash(hash)?.reached[stage];
    const untilMs = Date.now() + TOGGLE_MS_MAX;
    while (stageOf('checked') === undefined) {
      const leftMs = untilMs - Date.now();
      const event = await this.#until(({ event }) => event === 'toggle' || event === 'refused', leftMs).catch(
        () => undefined,
      );
      if (!event) return stageOf('seen') === undefined ? 'the lock has not seen it' : 'no verified report';
      // What was refused for want of a clock is judged again once there is one.
      if (event.event === 'refused' && event.tx === hash && event.reason !== 'clock')
        return `refused: ${event.reason}`;
    }
    const bolt = this.#inbox?.last?.bolt;
    if (bolt !== wanted) return `the bolt is ${bolt}, not ${wanted}`;
    // It was there already: nothing had to move.
    if (stageOf('moved') === undefined) this.#reach(hash, 'moved', stageOf('verified') ?? Date.now());
    return undefined;
  }

  #heard(event: HostEvent, atUnixMs: number): void {
    switch (event.kind) {
      case 'notice':
        return this.#noticed(event.notice, atUnixMs);
      case 'delivered':
        return this.#delivered(event.seq, event.cose, atUnixMs);
      case 'power':
        if (this.#wallet && !this.#isStopping) this.#show({ event: 'power', on: event.on }, atUnixMs);
        return;
      case 'crashed':
        return this.#show({
          event: 'message',
          text: `the lock crashed (${event.message})${event.restartMs === undefined ? ' too often: it stays off' : ''}`,
        });
    }
  }

  #noticed(notice: Notice, atUnixMs: number): void {
    switch (notice.event) {
      case 'booted':
        this.#inbox ??= new ReportInbox({ engine: this.#engine, lock20: notice.lock });
        return;
      case 'polled':
        return this.#show({ event: 'polled', head: notice.head }, atUnixMs);
      case 'seen':
      case 'verified':
        return this.#reach(formatHex(notice.tx), notice.event, atUnixMs);
      case 'refused':
        return this.#show(
          { event: 'refused', reason: notice.reason, by: hexOrNull(notice.by), tx: hexOrNull(notice.tx) },
          atUnixMs,
        );
      case 'bolt': {
        const { position, cause } = notice;
        this.#position = position;
        const tx = hexOrNull(notice.tx);
        this.#show({ event: 'bolt', position, cause, by: hexOrNull(notice.by), tx }, atUnixMs);
        if (tx !== null && (position === 'locked' || position === 'unlocked'))
          this.#reach(tx, 'moved', atUnixMs);
        return;
      }
      case 'signed':
        if (notice.tx) {
          this.#receipts.set(notice.seq, formatHex(notice.tx));
          this.#reach(formatHex(notice.tx), 'signed', atUnixMs);
        }
        return;
      case 'paired':
        return;
    }
  }

  #delivered(seq: number, cose: Uint8Array, atUnixMs: number): void {
    this.#show({ event: 'report', cose: formatHex(cose), seq }, atUnixMs);
    const receipt = this.#inbox?.receive(cose);
    if (!receipt || receipt.verdict === 'duplicate') return;
    const checkedUnixMs = systemClock.unixMs();
    if (receipt.verdict === 'verified') {
      this.#show({ event: 'checked', report: receipt.report });
      const tx = this.#receipts.get(seq);
      this.#receipts.delete(seq);
      if (tx !== undefined) this.#reach(tx, 'checked', checkedUnixMs);
    } else {
      const problem = receipt.verdict === 'bad' ? receipt.problem : `no report before ${seq}`;
      this.#show({ event: 'checked', problem });
    }
  }

  #reach(hash: string, stage: Stage, atUnixMs: number): void {
    const toggle = this.#timeline.reach(hash, stage, atUnixMs);
    if (toggle) this.#show({ event: 'toggle', toggle }, atUnixMs);
  }

  #say(text: string): void {
    this.#show({ event: 'message', text });
  }

  #show(event: ConsoleEvent, atUnixMs = systemClock.unixMs()): void {
    this.#emit(event, atUnixMs);
    for (const waiter of [...this.#waiters]) waiter(event);
  }

  #until(wanted: (event: ConsoleEvent) => boolean, timeoutMs: number): Promise<ConsoleEvent> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      const waiter = (event: ConsoleEvent) => {
        if (!wanted(event)) return;
        end();
        resolve(event);
      };
      const timer = setTimeout(
        () => {
          end();
          reject(new Error('was not refused in time'));
        },
        Math.max(0, timeoutMs),
      );
      this.#waiters.add(waiter);
    });
  }
}

function hexOrNull(bytes: Uint8Array | undefined): string | null {
  return bytes ? formatHex(bytes) : null;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
