import type { FlashImage } from '../world/faulty-flash.js';
import { HOSTILE_MOODS } from '../world/hostile-node.js';
import type { Prng } from '../world/prng.js';
import type { Neighbour, Neighbourhood } from './neighbour.js';

const FEE_SPIKE = 10n ** 30n;

/** Somebody mends a node that turns hostile while all others rest. */
const RESTING_MOOD_MS_MAX = 1_800_000;
const MENDED = 0.8;

/** Lets things go wrong, each at its own rate, until it is calmed. */
export class Misfortunes implements Neighbour {
  readonly #parts: Neighbourhood;
  readonly #prng: Prng;
  #isCalm = false;
  readonly #images: FlashImage[] = [];

  constructor(neighbourhood: Neighbourhood) {
    this.#parts = neighbourhood;
    this.#prng = neighbourhood.prng('misfortunes');
  }

  start(): void {
    const { weather } = this.#parts;
    this.#every(weather.nodes.moodsPerHour, () => this.#changeMood());
    this.#every(weather.network.partitionsPerHour, () => this.#partition());
    this.#every(weather.chain.reorgsPerHour, () => this.#reorganise());
    this.#every(weather.chain.feeSpikesPerHour, () => this.#spike());
    this.#every(weather.flash.refusalsPerHour, () => this.#refuseWrites());
    this.#every(weather.flash.rotPerHour, () => this.#rot());
    this.#every(weather.flash.rollbacksPerHour, () => this.#rollBack());
    this.#every(weather.power.cutsPerHour, () => this.#cut());
    this.#every(weather.clock.stepsPerHour, () => this.#stepClock());
    this.#every(weather.room.sensorFaultsPerHour, () => this.#breakSensor());
    this.#every(weather.sink.outagesPerHour, () => this.#stopSink());
    if (weather.flash.rollbacksPerHour > 0)
      this.#every(2, () => this.#images.push(this.#parts.flash.image()));
    if (!weather.nodes.isAllByzantine) {
      this.#mendAtRest();
      return;
    }
    this.#parts.count('every node lies');
    for (const node of this.#parts.nodes) node.mood = 'lying';
  }

  /** All that was broken works from now on. */
  calm(): void {
    const { nodes, wire, flash, room, lock, chain } = this.#parts;
    this.#isCalm = true;
    for (const node of nodes) node.mood = 'honest';
    wire.calm();
    flash.refuses = false;
    room.jamChance = 0;
    room.bounceChance = 0;
    room.sensorFault = 'none';
    room.isContactDead = false;
    room.senseChanges();
    chain.setBaseFee(1n);
    this.#parts.stepClock(0);
    lock.cutIn(undefined);
    lock.boot();
  }

  #every(perHour: number, happen: () => void): void {
    const { queue } = this.#parts;
    const prng = this.#prng;
    const waitMs = prng.waitMs(perHour);
    if (!Number.isFinite(waitMs)) return;
    queue.after(waitMs, () => {
      if (this.#isCalm) return;
      happen();
      this.#every(perHour, happen);
    });
  }

  /** Something lasts for a while, and ends before the calm does it. */
  #during(msMax: number, end: () => void): void {
    const { queue } = this.#parts;
    const prng = this.#prng;
    queue.after(prng.between(1_000, msMax), () => {
      if (!this.#isCalm) end();
    });
  }

  #changeMood(): void {
    const { weather, nodes } = this.#parts;
    const prng = this.#prng;
    const node = prng.pick(nodes);
    const isHostile = weather.nodes.isAllByzantine || prng.chance(weather.nodes.hostile);
    node.mood = isHostile ? prng.pick(HOSTILE_MOODS) : 'honest';
    if (!isHostile) return;
    this.#parts.count(`node ${node.mood}`);
    if (!this.#parts.rhythm.isRest(this.#parts.queue.nowMs) || weather.nodes.isAllByzantine) return;
    this.#during(RESTING_MOOD_MS_MAX, () => {
      node.mood = 'honest';
    });
  }

  /** When the rest begins, most nodes that were hostile are mended. */
  #mendAtRest(): void {
    const { rhythm, queue, nodes } = this.#parts;
    const restMs = rhythm.nextRestMs(queue.nowMs);
    if (restMs === undefined) return;
    queue.at(restMs, () => {
      if (this.#isCalm) return;
      for (const node of nodes) if (node.mood !== 'honest' && this.#prng.chance(MENDED)) node.mood = 'honest';
      this.#mendAtRest();
    });
  }

  #partition(): void {
    const { wire, count } = this.#parts;
    count('partition');
    wire.isPartitioned = true;
    this.#during(900_000, () => {
      wire.isPartitioned = false;
    });
  }

  #stopSink(): void {
    const { wire, count } = this.#parts;
    count('sink outage');
    wire.isSinkDown = true;
    this.#during(3_600_000, () => {
      wire.isSinkDown = false;
    });
  }

  #reorganise(): void {
    const { chain, owner, nowSeconds, count } = this.#parts;
    const prng = this.#prng;
    chain.mine(nowSeconds());
    // The registration is taken for final: before it there is nothing that a lock could be told.
    const depth = prng.between(1, Math.min(64, Math.max(1, chain.head - this.#parts.firstBlock)));
    const how = prng.pick(['keep', 'reorder', 'delay', 'drop'] as const);
    count(`reorganisation ${how}`);
    const hashes = chain.reorg(depth, how, prng.chance(0.3) ? prng.between(0, depth) : 0);
    if (how === 'drop') owner.resend(hashes, prng.chance(0.7));
  }

  #spike(): void {
    const { chain, count } = this.#parts;
    count('fee spike');
    chain.setBaseFee(FEE_SPIKE);
    this.#during(900_000, () => chain.setBaseFee(1n));
  }

  #refuseWrites(): void {
    const { flash, count } = this.#parts;
    const prng = this.#prng;
    count('flash refuses');
    flash.refuses = prng.pick([true, true, 'state', 'report']);
    this.#during(600_000, () => {
      flash.refuses = false;
    });
  }

  #rot(): void {
    if (this.#parts.flash.rot() !== undefined) this.#parts.count('bit rot');
  }

  #rollBack(): void {
    const { flash, lock, count, rolledBack } = this.#parts;
    const prng = this.#prng;
    if (this.#images.length === 0) return;
    count('rollback');
    lock.cut();
    const image = prng.pick(this.#images);
    flash.rollBack(image);
    rolledBack(image);
    this.#bootLater();
  }

  /** At once, or between any two things that the lock asks of the world. */
  #cut(): void {
    const { lock, count, queue } = this.#parts;
    const prng = this.#prng;
    count('power cut');
    if (prng.chance(0.3)) lock.cut();
    else lock.cutIn(prng.between(1, 40));
    queue.after(60_000, () => {
      if (!this.#isCalm) this.#bootLater();
    });
    this.#noticeDark();
  }

  /** Where little happens the cut comes when it comes, later than the power was thought to be back. */
  #noticeDark(): void {
    const { lock, queue, weather } = this.#parts;
    queue.after(60_000 + weather.power.offMsMax, () => {
      if (this.#isCalm) return;
      if (lock.isOn) this.#noticeDark();
      else lock.boot();
    });
  }

  #bootLater(): void {
    const { queue, weather, lock } = this.#parts;
    const prng = this.#prng;
    queue.after(prng.between(500, weather.power.offMsMax), () => lock.boot());
  }

  #stepClock(): void {
    const { weather, stepClock, count } = this.#parts;
    const prng = this.#prng;
    count('clock step');
    const { stepSecondsMax } = weather.clock;
    stepClock(prng.between(-stepSecondsMax, stepSecondsMax));
  }

  #breakSensor(): void {
    const { room, count } = this.#parts;
    const prng = this.#prng;
    count('sensor fault');
    room.sensorFault = prng.pick(['dead', 'stuck', 'lies']);
    room.isContactDead = prng.chance(0.3);
    room.senseChanges();
    this.#during(1_800_000, () => {
      room.sensorFault = 'none';
      room.isContactDead = false;
      room.senseChanges();
    });
  }
}
