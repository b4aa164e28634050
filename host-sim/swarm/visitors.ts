import { addressOf } from '../../firmware/crypto/address.js';
import type { Output } from '../../firmware/lock/ports.js';
import type { Prng } from '../world/prng.js';
import { Callers } from './callers.js';
import { DoorPapers } from './door-papers.js';
import { Estate } from './estate.js';
import type { Neighbour, Neighbourhood } from './neighbour.js';
import { PairingPort } from './pairing-port.js';

/** How often somebody who means well looks after the lock. */
const CLAIMS_PER_HOUR = 1;
const LOOKS_PER_HOUR = 3;

/** Everybody who comes to the pairing port after the first day. */
export class Visitors implements Neighbour {
  readonly #parts: Neighbourhood;
  readonly #prng: Prng;
  readonly #port: PairingPort;
  readonly #callers: Callers;
  readonly #estate: Estate;
  #isCalm = false;

  constructor(neighbourhood: Neighbourhood) {
    const { engine } = neighbourhood;
    const prng = neighbourhood.prng('visitors');
    const papers = new DoorPapers(neighbourhood);
    const key32 = prng.bytes(32);
    const payer = { key32, address20: addressOf(engine, engine.publicKey(key32)) };
    this.#parts = neighbourhood;
    this.#prng = prng;
    this.#port = new PairingPort(neighbourhood, prng);
    this.#callers = new Callers(neighbourhood, prng, this.#port, papers);
    this.#estate = new Estate(neighbourhood, prng, this.#port, papers, payer);
  }

  start(): void {
    const { pairing } = this.#parts.weather;
    if (pairing === undefined) return;
    this.#every(pairing.ownersVisitsPerHour, () => this.#callers.owner());
    this.#every(pairing.strangersPerHour, () => this.#callers.stranger());
    this.#every(pairing.insidersPerHour, () => this.#callers.insider());
    this.#every(pairing.salesPerHour, () => this.#estate.sell());
    this.#every(pairing.resetsPerHour, () => this.#estate.reset());
    this.#every(CLAIMS_PER_HOUR, () => this.#estate.claim());
    this.#every(LOOKS_PER_HOUR, () => this.#estate.watch());
  }

  calm(): void {
    this.#isCalm = true;
    if (this.#parts.weather.pairing !== undefined) this.#estate.settle();
  }

  output(output: Output): void {
    if (this.#parts.weather.pairing === undefined) return;
    this.#port.output(output);
    this.#estate.output(output);
  }

  #every(perHour: number, happen: () => void): void {
    const waitMs = this.#prng.waitMs(perHour);
    if (!Number.isFinite(waitMs)) return;
    this.#parts.queue.after(waitMs, () => {
      if (this.#isCalm) return;
      happen();
      this.#every(perHour, happen);
    });
  }
}
