import type { Door, SensedBolt } from '../../firmware/protocol/report.js';
import type { EventQueue } from './event-queue.js';
import type { Prng } from './prng.js';

/** How a sensor of the bolt fails. */
export type SensorFault = 'none' | 'dead' | 'stuck' | 'lies';

/** What the room tells the lock. */
export interface Senses {
  bolt(sensed: SensedBolt): void;
  door(door: Door): void;
}

type Target = 'locked' | 'unlocked';

const TRAVEL_MS_MIN = 250;
const TRAVEL_MS_MAX = 900;

/** The bolt, the door and their sensors, and what a hand does to them. */
export class Room {
  readonly #queue: EventQueue;
  readonly #prng: Prng;
  readonly #senses: Senses;
  #bolt: 'locked' | 'unlocked' | 'between' = 'locked';
  #door: Door = 'closed';
  #told: SensedBolt = 'locked';
  #travel = 0;
  /** Chance that a drive stops half-way. */
  jamChance = 0;
  /** Chance that a sensor flutters at the end of a travel. */
  bounceChance = 0;
  sensorFault: SensorFault = 'none';
  isContactDead = false;

  constructor(queue: EventQueue, prng: Prng, senses: Senses) {
    this.#queue = queue;
    this.#prng = prng;
    this.#senses = senses;
  }

  /** Where the bolt truly is. */
  get bolt(): 'locked' | 'unlocked' | 'between' {
    return this.#bolt;
  }

  get door(): Door {
    return this.#door;
  }

  /** Both sensors speak, as after a boot. */
  senseAll(): void {
    this.#senses.door(this.#sensedDoor);
    this.#told = this.#sensed;
    this.#senses.bolt(this.#told);
  }

  drive(target: Target): void {
    const travel = ++this.#travel;
    const travelMs = this.#prng.between(TRAVEL_MS_MIN, TRAVEL_MS_MAX);
    const isJammed = this.#prng.chance(this.jamChance);
    const bounces = this.#prng.chance(this.bounceChance);
    if (this.#bolt !== target) this.#moveTo('between');
    this.#queue.after(travelMs, () => {
      if (travel !== this.#travel || isJammed) return;
      this.#moveTo(target);
      if (!bounces) return;
      this.#senses.bolt('between');
      this.#tell();
    });
    if (this.#bolt === target) this.#tell();
  }

  /** The motor stops where it is. */
  stop(): void {
    this.#travel++;
  }

  /** Somebody turns the knob inside. */
  turn(target: Target): void {
    this.#travel++;
    this.#moveTo(target);
  }

  moveDoor(door: 'open' | 'closed'): void {
    if (door === this.#door) return;
    this.#door = door;
    if (!this.isContactDead) this.#senses.door(door);
  }

  /** A fault begins or ends: what the sensors say may change at once. */
  senseChanges(): void {
    this.#senses.door(this.#sensedDoor);
    this.#moveTo(this.#bolt);
  }

  #moveTo(bolt: 'locked' | 'unlocked' | 'between'): void {
    this.#bolt = bolt;
    if (this.#sensed !== this.#told) this.#tell();
  }

  #tell(): void {
    this.#told = this.#sensed;
    this.#senses.bolt(this.#told);
  }

  get #sensed(): SensedBolt {
    if (this.sensorFault === 'dead') return 'unknown';
    if (this.sensorFault === 'stuck') return this.#told;
    if (this.sensorFault === 'lies') return this.#bolt === 'locked' ? 'unlocked' : 'locked';
    return this.#bolt;
  }

  get #sensedDoor(): Door {
    return this.isContactDead ? 'unknown' : this.#door;
  }
}
