import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import type { VerifiedReport } from '../../firmware/crypto/report.js';
import type { LockSettings } from '../../firmware/protocol/pairing.js';
import type { CheckerFactory, Scene } from '../checkers/checker.js';
import { Witness } from '../checkers/witness.js';
import { Archive, type SignedWord } from '../world/archive.js';
import type { Signer } from '../world/chain-signer.js';
import { EventQueue } from '../world/event-queue.js';
import { FaultyFlash } from '../world/faulty-flash.js';
import { Forger } from '../world/forger.js';
import { HostileNode } from '../world/hostile-node.js';
import { MemoryChain } from '../world/memory-chain.js';
import { Prng } from '../world/prng.js';
import { Room } from '../world/room.js';
import { Wire } from '../world/wire.js';
import { NEIGHBOURS } from './all-neighbours.js';
import { drawPeople } from './draw-people.js';
import { FirstDay, type FirstDayParts, type FirstDayTeller, PAIRING_SECRET16 } from './first-day.js';
import { LastWish } from './last-wish.js';
import { LockBody } from './lock-body.js';
import { LockClock } from './lock-clock.js';
import type { Neighbour, NeighbourFactory, Neighbourhood } from './neighbour.js';
import { Owner } from './owner.js';
import type { Recorder } from './recorder.js';
import { DailyPrng, Rhythm } from './rhythm.js';
import type { SimResult } from './sim-result.js';
import { Stage } from './stage.js';
import type { Staging } from './staging.js';
import { Trace } from './trace.js';
import { drawWeather, type Weather } from './weather.js';
import { wordsOf } from './words-of.js';

export interface SimOptions extends Staging {
  readonly seed: number;
  readonly hours: number;
  /** The world's own, and the lock's, which is guarded and counts what it is asked. */
  readonly engine: CryptoEngine;
  readonly lockEngine: CryptoEngine;
  readonly curveOperations: () => number;
  readonly checkers: Readonly<Record<string, CheckerFactory>>;
  /** In place of the weather that the seed draws. */
  readonly weather?: Weather;
  /** Who lives beside the lock, in place of everybody. */
  readonly neighbours?: readonly NeighbourFactory[];
  /** Takes a readable timeline. */
  readonly onLine?: (line: string) => void;
  /** Notes what a picture needs. */
  readonly recorder?: Recorder;
}

const CHAIN_ID = 31_337n;
const REGISTRY20 = new Uint8Array(20).fill(0x11);
const START_SECONDS = 1_900_000_000;
const HISTORY_BLOCKS = 500;
const CLOCK_MS = 60_000;
const BATTERY_MS = 600_000;
/** How long nothing goes wrong at the end: within this the owner's last wish is done. */
export const CALM_MS = 2_400_000;

/** One lock, its people, its chain and its misfortunes: a function of the seed and the options. */
export class SimWorld implements Scene {
  readonly archive: Archive;
  readonly weather: Weather;
  readonly witness: Witness;
  readonly #options: SimOptions;
  readonly #queue = new EventQueue();
  readonly #chain: MemoryChain;
  readonly #nodes = new Map<string, HostileNode>();
  readonly #flash: FaultyFlash;
  readonly #room: Room;
  readonly #wire: Wire;
  readonly #lock: LockBody;
  readonly #owner: Owner;
  readonly #owners: readonly Signer[];
  readonly #neighbours: readonly Neighbour[];
  readonly #watchers: readonly Neighbour[];
  readonly #trace: Trace;
  readonly #stage: Stage;
  readonly #clock: LockClock;
  readonly #lastWish: LastWish;
  readonly #faults: Record<string, number> = {};
  readonly #delivered = new Map<number, VerifiedReport>();
  readonly #firstDay: FirstDayTeller;
  isCalm = false;
  #openings = 0;
  #polls = 0;

  constructor(options: SimOptions) {
    const { seed, engine, lockEngine, checkers, onLine, recorder } = options;
    this.#options = options;
    const rhythm = new Rhythm(new Prng(seed, 'rhythm'), options.hours);
    const prng = (name: string) => new DailyPrng(seed, name, rhythm, () => this.#queue.nowMs);
    this.weather = options.weather ?? drawWeather(prng('weather'), prng('pairing weather'));
    const { weather } = this;
    const clockPrng = prng('clock');
    this.#clock = new LockClock(weather.clock.kind, clockPrng);
    const { owners, guests, thief } = drawPeople(engine, prng('people'), weather.people.guests);
    this.#owners = owners;
    const { blockSeconds } = weather.chain;
    this.#chain = new MemoryChain({
      chainId: CHAIN_ID,
      registry20: REGISTRY20,
      startSeconds: START_SECONDS - HISTORY_BLOCKS * blockSeconds,
      blockSeconds,
      engine,
    });
    this.archive = new Archive({ engine, chainId: CHAIN_ID, registry20: REGISTRY20 });
    this.witness = new Witness(this.archive, engine, PAIRING_SECRET16, () => this.nowMs);
    this.#trace = new Trace(() => this.#queue.nowMs, onLine);
    const count = (fault: string) => {
      if (this.isCalm) return;
      this.#faults[fault] = (this.#faults[fault] ?? 0) + 1;
      recorder?.fault(fault);
    };
    this.#flash = new FaultyFlash(prng('flash'));
    this.#room = new Room(this.#queue, prng('room'), {
      bolt: (bolt) => this.#lock.give({ kind: 'bolt-sensed', bolt }),
      door: (door) => this.#lock.give({ kind: 'door-sensed', door }),
    });
    this.#wire = new Wire({
      queue: this.#queue,
      prng: prng('wire'),
      faults: {
        ...weather.network,
        sinkLosses: weather.sink.losses,
        sinkLostAcks: weather.sink.lostAcks,
      },
      ask: (url, body) => this.#ask(url, body),
      deliver: (seq, cose) => this.#deliver(seq, cose),
      count,
      plan: options.plan,
    });
    this.#stage = new Stage(engine, this, this.#trace, checkers, recorder);
    const stage = this.#stage;
    const entropy = prng('entropy');
    const stuck32 = entropy.bytes(32);
    this.#lock = new LockBody({
      queue: this.#queue,
      prng: prng('power'),
      engine: lockEngine,
      flash: this.#flash,
      room: this.#room,
      wire: this.#wire,
      audience: {
        booted: () => {
          stage.booted();
          this.#tellTime();
        },
        cut: () => stage.cut(),
        input: (input) => stage.input(input),
        output: (output) => {
          if (output.kind === 'http-post') this.#polls++;
          if (output.kind === 'drive-bolt' && output.target === 'unlocked') this.#openings++;
          stage.output(output);
          for (const neighbour of this.#watchers) neighbour.output?.(output);
        },
        crashed: (error) => stage.crashed(error),
      },
      entropy32: () => (weather.rng.isStuck ? stuck32 : entropy.bytes(32)),
      pairingSecret16: PAIRING_SECRET16,
      buildUnixSeconds: START_SECONDS - 30 * 86_400,
      writeMs: weather.flash.writeMs,
      onPairing: (bytes) => {
        this.#firstDay.paired(bytes);
        for (const neighbour of this.#neighbours) neighbour.paired?.(bytes);
      },
      plan: options.plan,
      pollIntervalMs: options.pollIntervalMs,
    });
    this.#owner = new Owner({
      chain: this.#chain,
      archive: this.archive,
      prng: prng('owner'),
      nowMs: () => this.nowMs,
      nowSeconds: () => this.nowSeconds,
      owners: this.#owners,
      guests,
      cancelled: weather.people.cancelled,
      challenged: weather.people.challenged,
      onSigned: ({ by, nonce, command }) =>
        this.#trace.tell(`${by.slice(0, 8)} signs ${wordsOf(command, START_SECONDS)} with nonce ${nonce}`),
    });
    this.#lastWish = new LastWish({
      queue: this.#queue,
      prng: clockPrng,
      owner: this.#owner,
      delivered: this.#delivered,
    });
    for (let i = 0; i < weather.nodes.count; i++) {
      const node = new HostileNode({
        chain: this.#chain,
        archive: this.archive,
        forger: new Forger(engine, prng(`forger ${i}`), thief),
        prng: prng(`node ${i}`),
        habits: {
          refusesBatches: prng(`habits ${i}`).chance(0.15),
          takesFutureRanges: prng(`habit ${i}`).chance(0.5),
        },
        nowSeconds: () => this.nowSeconds,
        target: () => ({
          chainId: CHAIN_ID,
          registry20: REGISTRY20,
          lock20: this.archive.lock20,
          owner20: this.#owner.signer.address20,
          epoch: this.#owner.chainEpoch,
        }),
        onShown: (word) => this.#shown(word),
        count,
      });
      this.#nodes.set(`http://node-${i}.example/`, node);
    }
    const settings: LockSettings = {
      chainId: CHAIN_ID,
      registry: REGISTRY20,
      startBlock: HISTORY_BLOCKS - 1,
      endpoints: [...this.#nodes.keys()],
      texts: weather.texts,
    };
    const parts: FirstDayParts = {
      engine,
      queue: this.#queue,
      lock: this.#lock,
      chain: this.#chain,
      archive: this.archive,
      owner: this.#owners[0] as Signer,
      registry20: REGISTRY20,
      settings,
      nowSeconds: () => this.nowSeconds,
    };
    this.#firstDay = options.firstDay?.(parts) ?? new FirstDay(parts);
    let firstBlock = HISTORY_BLOCKS + Math.ceil(30 / blockSeconds);
    const neighbourhood: Neighbourhood = {
      engine,
      queue: this.#queue,
      prng,
      weather,
      rhythm,
      chain: this.#chain,
      get firstBlock() {
        return firstBlock;
      },
      settings,
      movedIn: (lock20, block) => {
        this.archive.lock20 = Uint8Array.from(lock20);
        firstBlock = block;
        this.#owner.forget();
      },
      archive: this.archive,
      nodes: [...this.#nodes.values()],
      wire: this.#wire,
      flash: this.#flash,
      room: this.#room,
      lock: this.#lock,
      owner: this.#owner,
      owners: this.#owners,
      guests,
      thief,
      nowSeconds: () => this.nowSeconds,
      count,
      tell: (line) => this.#trace.tell(line),
      stepClock: (seconds) => this.#clock.step(seconds),
      rolledBack: (image) => {
        this.#owner.forget();
        stage.rolledBack(image);
      },
    };
    const neighbours = [...(options.neighbours ?? NEIGHBOURS), ...(recorder ? [recorder.moveIn] : [])];
    this.#neighbours = neighbours.map((moveIn) => moveIn(neighbourhood));
    this.#watchers = this.#neighbours.filter(({ output }) => output !== undefined);
  }

  get nowMs(): number {
    return this.#queue.nowMs;
  }

  get nowSeconds(): number {
    return START_SECONDS + Math.floor(this.#queue.nowMs / 1_000);
  }

  get clockAheadSeconds(): number {
    return this.#clock.aheadSeconds;
  }

  get clockBehindSeconds(): number {
    return this.#clock.behindSeconds;
  }

  get lastWish(): SignedWord | undefined {
    return this.#lastWish.word;
  }

  get bolt() {
    return this.#room.bolt;
  }

  get curveOperations(): number {
    return this.#options.curveOperations();
  }

  get uptimeMs(): number {
    return this.#lock.uptimeMs;
  }

  get boot(): number {
    return this.#lock.boots;
  }

  isOnChain(hash: string): boolean {
    return this.#chain.fateOf(hash)?.kind === 'mined';
  }

  /** Lives the whole life. */
  run(): SimResult {
    const { hours, seed, plan, isOver } = this.#options;
    const endMs = Math.round(hours * 3_600_000);
    // Who tells the first day in place of everybody's tool tells its faults too.
    if (this.#options.firstDay !== undefined) plan?.arm();
    const calmMs = endMs - (this.#options.calmMs ?? Math.min(CALM_MS, Math.floor(endMs / 2)));
    this.#firstDay.live();
    plan?.arm();
    this.#every(BATTERY_MS, () => this.#lock.give({ kind: 'battery-sensed', milliVolts: 6_000 }));
    this.#every(CLOCK_MS, () => this.#tellTime());
    this.#room.jamChance = this.weather.room.jams;
    this.#room.bounceChance = this.weather.room.bounces;
    for (const neighbour of this.#neighbours) neighbour.start();
    if (this.#queue.runTo(calmMs, isOver)) {
      this.#calm();
      this.#queue.runTo(endMs, isOver);
    }
    this.#stage.end();
    return {
      seed,
      violations: this.#stage.violations,
      digest: this.#trace.digest,
      lockHours: this.nowMs / 3_600_000,
      commands: this.archive.all.length,
      openings: this.#openings,
      reports: this.#delivered.size,
      polls: this.#polls,
      flashWrites: this.#flash.writes,
      faults: this.#faults,
    };
  }

  // What the world does to the lock

  #ask(url: string, body: Uint8Array) {
    const node = this.#nodes.get(url);
    // A checker looks whether anybody has told the lock of it.
    return node?.ask(body) ?? ({ kind: 'cut' } as const);
  }

  #shown(word: SignedWord): void {
    word.shownMs ??= this.nowMs;
    word.shownBoot = this.boot;
    this.#stage.shown(word);
  }

  #deliver(seq: number, cose: Uint8Array): void {
    const verified = this.#stage.reportOf(seq, cose) ?? this.#stage.verify(cose);
    if (verified === undefined) return;
    this.#delivered.set(seq, verified);
    // Nothing comes late in the calm, and an old image of flash may have begun to count anew.
    if (this.isCalm) this.#owner.forget();
    this.#owner.read(verified.report);
    for (const neighbour of this.#neighbours) neighbour.delivered?.(verified);
  }

  #every(ms: number, happen: () => void): void {
    this.#queue.after(ms, () => {
      happen();
      this.#every(ms, happen);
    });
  }

  #tellTime(): void {
    const unixSeconds = this.#clock.tell(this.nowSeconds, this.uptimeMs);
    if (unixSeconds !== undefined) this.#lock.give({ kind: 'clock', unixSeconds, source: 'host' });
  }

  // The end: nothing goes wrong any more

  #calm(): void {
    this.#trace.tell('calm: all that was broken works from now on');
    this.isCalm = true;
    this.#clock.calm();
    for (const neighbour of this.#neighbours) neighbour.calm();
    this.#tellTime();
    this.#lastWish.start();
  }
}
