import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Address, Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { CryptoEngine } from '../firmware/crypto/engine.js';
import { guardEngine } from '../firmware/crypto/guarded-engine.js';
import { formatHex, parseHex } from '../firmware/protocol/hex.js';
import { EXIT_CODES, Failure, messageOf } from '../tools/latchkey/owner/failure.js';
import { type PairedLock, pairLock } from '../tools/latchkey/owner/pairing-client.js';
import { posixTimeZone } from '../tools/latchkey/owner/posix-time-zone.js';
import { createWallet, type Wallet } from '../tools/latchkey/owner/wallet.js';
import { type Chain, openChain } from './chain.js';
import type { ConsoleEvent } from './console-event.js';
import { chooseHostEngine } from './engines/host-engine.js';
import type { MachinePlace } from './engines/machine-place.js';
import { playLies } from './lie-series.js';
import { LockHost } from './lock-host.js';
import { type Emit, Observer } from './observer.js';
import type { SimulatorOptions } from './options.js';
import { type WorthlessKey, writeToolFolder } from './tool-folder.js';
import { percentile, type Stage } from './view/timeline.js';
import { systemClock } from './world/clock.js';
import { DoorWorld } from './world/door-world.js';
import { type LyingNode, startLyingNode } from './world/lying-node.js';

const TOGGLE_MS_MAX = 30_000;
const FIRST_POLL_MS_MAX = 30_000;
const POWER_OFF_MS = 1_000;
const REGISTRATION_SECONDS = 1_800;
/** Time of the finger and the debouncing before pairing begins. */
const PRESS_MS = 200;
/** How long a lie stays on a person's screen. */
const LIE_MS_MIN = 600;
const UNLOCK = 2;
const LOCK = 1;

/** What pairing brought, and what was said in it. */
interface Paired extends PairedLock {
  readonly deadlineSeconds: number;
  readonly startBlock: number;
  readonly timeZone: string;
}

/** One run: a chain, a registry, a lock in its world and its owner. */
export class Session {
  readonly world = new DoorWorld({ clock: systemClock });
  readonly #options: SimulatorOptions;
  readonly #place: MachinePlace | undefined;
  readonly #engine: CryptoEngine;
  readonly #observer: Observer;
  #chain: Chain | undefined;
  #node: LyingNode | undefined;
  #host: LockHost | undefined;
  #wallet: Wallet | undefined;
  #temporary: string | undefined;
  #isStopping = false;

  /** @param place - where the lock's machine runs; in this process where none is named */
  constructor(options: SimulatorOptions, emit: Emit, place?: MachinePlace) {
    this.#options = options;
    this.#place = place;
    const { engine = 'noble' } = options;
    // On XS the lock brings its own; this one is the owner's.
    this.#engine = guardEngine(chooseHostEngine(engine === 'xs' ? 'noble' : engine));
    this.#observer = new Observer(this.#engine, emit);
  }

  get isLockLocked(): boolean {
    return this.#observer.position === 'locked';
  }

  /** What an onlooker sees, whatever the lock says. */
  get look() {
    const { bolt, door } = this.world;
    return { bolt, door, powered: this.#host?.powered ?? false };
  }

  /** Brings everything up, to the lock's first poll as a registered lock. @throws Failure */
  async start(): Promise<void> {
    const step = (text: string) => this.#observer.show({ event: 'step', text });
    const chain = await openChain(this.#options, step);
    this.#chain = chain;
    const endpoints = this.#options.lockRpc ?? [await this.#standBetween(chain)];
    step('booting the lock');
    const host = this.#createHost();
    this.#host = host;
    host.on((event, atUnixMs) => this.#observer.heard(event, atUnixMs));
    host.on((event) => {
      if (event.kind === 'power' && !event.on) this.#place?.cutPower();
    });
    const port = await host.listen();
    host.boot();
    step('pairing: button pressed, secret proved');
    this.world.pressButton();
    await sleep(PRESS_MS);
    const paired = await this.#pair(chain, host, port, endpoints);
    const lock = formatHex(paired.lock20) as Address;
    const wallet = createWallet({ ...chain, account: chain.owner, lock, pollIntervalMs: 50 });
    this.#wallet = wallet;
    step('registering the lock on chain');
    await this.#register(wallet, paired.registrationSignature65, paired.deadlineSeconds);
    this.#aim(chain, lock, paired.epoch);
    step('waiting for the first poll');
    await this.#observer.until(isPolled, FIRST_POLL_MS_MAX).catch(() => {
      throw new Failure(
        EXIT_CODES.network,
        `the lock gets no answer from ${endpoints.join(', ')}: check --lock-rpc`,
      );
    });
    const config = await this.#writeConfig(chain, host, paired, endpoints);
    this.#observer.showPower(true);
    this.#observer.show({
      event: 'ready',
      rpc: chain.rpcUrl,
      chainId: chain.chainId,
      registry: chain.registry,
      lock,
      owner: chain.owner.address.toLowerCase(),
      ...(chain.ownerKey !== undefined && { ownerKey: chain.ownerKey }),
      ...(config !== undefined && { config }),
    });
  }

  /** One order of the owner, from sending to the verified report. @returns whether all of it went well */
  async toggle(action: 'lock' | 'unlock'): Promise<boolean> {
    if (this.#options.muteOwner || !this.#wallet) {
      this.#observer.say('the owner is mute: send the call from a wallet of your own');
      return false;
    }
    const number = this.#observer.timeline.start(action);
    let problem: string | undefined;
    try {
      const sent = await this.#wallet.command(action === 'unlock' ? UNLOCK : LOCK);
      this.#observer.show({
        event: 'toggle',
        toggle: this.#observer.timeline.sent(number, sent.hash, sent.sentUnixMs),
      });
      sent.mined.then(
        ({ minedUnixMs }) => this.#observer.reach(sent.hash, 'mined', minedUnixMs),
        (error: unknown) => this.#observer.show({ event: 'message', text: messageOf(error) }),
      );
      problem = await this.#outcome(sent.hash, action);
      // A block may reach the lock before its receipt reaches the wallet: the row waits for both.
      if (problem === undefined) await sent.mined;
    } catch (error) {
      problem = messageOf(error);
    }
    this.#observer.show({ event: 'toggle', toggle: this.#observer.timeline.finish(number, problem) });
    return problem === undefined;
  }

  /** Plays the series of lies, then is honest again. */
  async lieInSeries(): Promise<void> {
    if (!this.#node) {
      this.#observer.say('there is no lying node: --lock-rpc leads the lock elsewhere');
      return;
    }
    const movesBefore = this.world.moves;
    const hasOwnerKey = this.#chain?.ownerKey !== undefined;
    const { told, refused } = await playLies(
      this.#node,
      this.#observer,
      hasOwnerKey,
      this.#options.json ? 0 : LIE_MS_MIN,
      () => this.#isStopping,
    );
    const moved = this.world.moves - movesBefore;
    this.#observer.say(
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
    const durations = this.#observer.timeline.durationsMs();
    return {
      event: 'done',
      toggles: this.#observer.timeline.toggles.length,
      ok: this.#observer.timeline.toggles.filter(({ state }) => state === 'ok').length,
      p50_ms: percentile(durations, 50),
      p95_ms: percentile(durations, 95),
      reportsVerified: this.#observer.inbox?.verifiedCount ?? 0,
    };
  }

  async stop(): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#observer.showPower(false);
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
    if (this.#isStopping) throw new Failure(EXIT_CODES.ok, 'stopped');
    const { data, pollMs, reportUrl } = this.#options;
    if (data === undefined) this.#temporary = mkdtempSync(join(tmpdir(), 'latchkey-'));
    const place = this.#place;
    return new LockHost({
      engine: this.#engine,
      world: this.world,
      dataDirectory: resolve(data ?? (this.#temporary as string)),
      pollIntervalMs: pollMs,
      buildUnixSeconds: Math.floor(statSync(fileURLToPath(import.meta.url)).mtimeMs / 1_000),
      ...(reportUrl !== undefined && { reportUrl }),
      ...(place !== undefined && { createMachine: (device) => place.create(device) }),
    });
  }

  async #pair(chain: Chain, host: LockHost, port: number, endpoints: readonly string[]): Promise<Paired> {
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const deadlineSeconds = nowSeconds + REGISTRATION_SECONDS;
    const startBlock = await chain.blockNumber();
    const timeZone = lockTimeZone(nowSeconds);
    try {
      const paired = await pairLock({
        port,
        secret16: host.pairingSecret16,
        chainId: BigInt(chain.chainId),
        registry20: parseHex(chain.registry, 20),
        owner20: parseHex(chain.owner.address, 20),
        ownerUnixSeconds: nowSeconds,
        endpoints: [...endpoints],
        startBlock,
        deadlineSeconds,
        texts: new Map([['time-zone', timeZone]]),
      });
      return { ...paired, deadlineSeconds, startBlock, timeZone };
    } catch (error) {
      throw new Failure(
        EXIT_CODES.network,
        `pairing failed (${messageOf(error)}): use a new --data folder for a new lock`,
      );
    }
  }

  /** Where the run's folder is there for others to use. @returns the path, where it could be written */
  async #writeConfig(chain: Chain, host: LockHost, paired: Paired, endpoints: readonly string[]) {
    const { keep, data } = this.#options;
    if (!keep && data === undefined) return undefined;
    const { lock20, publicKey33, startBlock, timeZone } = paired;
    const path = await writeToolFolder({
      folder: dirname(host.reportFile),
      chainId: chain.chainId,
      rpcUrl: chain.rpcUrl,
      registry: chain.registry,
      lock: formatHex(lock20) as Address,
      publicKey: formatHex(publicKey33) as Hex,
      startBlock,
      endpoints,
      reportFile: host.reportFile,
      timeZone,
      worthlessKeys: worthlessKeysOf(chain),
    });
    if (path === undefined)
      this.#observer.say(
        'another latchkey.json is in that folder: it stays, and none is written for this run',
      );
    return path;
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
    const stageOf = (stage: Stage) => this.#observer.timeline.byHash(hash)?.reached[stage];
    const untilMs = Date.now() + TOGGLE_MS_MAX;
    while (stageOf('checked') === undefined) {
      const leftMs = untilMs - Date.now();
      const event = await this.#observer
        .until(({ event }) => event === 'toggle' || event === 'refused', leftMs)
        .catch(() => undefined);
      if (!event) return stageOf('seen') === undefined ? 'the lock has not seen it' : 'no verified report';
      // What was refused for want of a clock is judged again once there is one.
      if (event.event === 'refused' && event.tx === hash && event.reason !== 'clock')
        return `refused: ${event.reason}`;
    }
    const bolt = this.#observer.inbox?.last?.bolt;
    if (bolt !== wanted) return `the bolt is ${bolt}, not ${wanted}`;
    // It was there already: nothing had to move.
    if (stageOf('moved') === undefined)
      this.#observer.reach(hash, 'moved', stageOf('verified') ?? Date.now());
    return undefined;
  }
}

/** The computer's own, in which people mean days and hours; Greenwich where no yearly rule tells it. */
function lockTimeZone(nowSeconds: number): string {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return posixTimeZone(zone, new Date(nowSeconds * 1_000).getUTCFullYear()) ?? 'UTC0';
}

function worthlessKeysOf({ owner, ownerKey, guestKey }: Chain): readonly WorthlessKey[] {
  if (ownerKey === undefined) return [];
  const keys: WorthlessKey[] = [
    { name: 'owner', address: owner.address.toLowerCase() as Address, secretKey: ownerKey },
  ];
  if (guestKey !== undefined) {
    const { address } = privateKeyToAccount(guestKey);
    keys.push({ name: 'anna', address: address.toLowerCase() as Address, secretKey: guestKey });
  }
  return keys;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The lock has asked and was answered, be it by a node that lies from the start. */
function isPolled(event: ConsoleEvent): boolean {
  return event.event === 'polled' || (event.event === 'refused' && event.reason !== 'rpc-error');
}
