/** Where the questions in the modules find whom they ask. */
export const FLIPS_NAME = '__latchkeyFlipsOfThisProcess';

/** A module went on and on: no board would wait for that, its watchdog would start it anew. */
export class Endless extends Error {}

/** Decides every branch of the modules that were made flippable: as it is, or the one that was chosen, inverted. */
export class Flips {
  readonly #reached = new Set<number>();
  #chosen = -1;
  #isOn = false;
  #stepsLeft = 0;

  /** @param number - the branch that goes wrong, or -1 for none */
  choose(number: number): void {
    this.#chosen = number;
  }

  /** While on, the chosen branch is inverted, and what is reached is noted. */
  turn(isOn: boolean): void {
    this.#isOn = isOn;
  }

  get stepsLeft(): number {
    return this.#stepsLeft;
  }

  /** @param stepsMax - branches that are decided from now on before all is endless */
  allow(stepsMax: number): void {
    this.#stepsLeft = stepsMax;
  }

  /** Branches that were decided while on since this was asked last. */
  takeReached(): readonly number[] {
    const reached = [...this.#reached];
    this.#reached.clear();
    return reached;
  }

  decide(number: number, value: unknown): unknown {
    if (!this.#isOn) return value;
    this.#count(number);
    return number === this.#chosen ? !value : value;
  }

  /** `left ?? right` */
  either(number: number, left: unknown, right: () => unknown): unknown {
    const isLeft = left !== null && left !== undefined;
    if (!this.#isOn) return isLeft ? left : right();
    this.#count(number);
    return isLeft === (number === this.#chosen) ? right() : left;
  }

  #count(number: number): void {
    this.#reached.add(number);
    if (--this.#stepsLeft < 0) throw new Endless(`endless at branch ${number}`);
  }
}
