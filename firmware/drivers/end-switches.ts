import type { SensedBolt } from '../protocol/report.js';
import type { DigitalConstructor, DigitalPin } from './io.js';

export interface EndSwitchesOptions {
  readonly io: DigitalConstructor;
  /** High while the bolt is out. */
  readonly lockedPin: number;
  /** High while the bolt is in. */
  readonly unlockedPin: number;
  readonly onChange: () => void;
}

/** The two switches at the ends of a bolt's way; whatever drives it, only they say where it is. */
export class EndSwitches {
  readonly #locked: DigitalPin;
  readonly #unlocked: DigitalPin;

  constructor({ io, lockedPin, unlockedPin, onChange }: EndSwitchesOptions) {
    const edges = { mode: io.Input, edge: io.Rising | io.Falling, onReadable: onChange };
    this.#locked = new io({ ...edges, pin: lockedPin });
    this.#unlocked = new io({ ...edges, pin: unlockedPin });
  }

  /** Both switches at once is a broken wire, not a position. */
  get position(): SensedBolt {
    const locked = this.#locked.read() === 1;
    const unlocked = this.#unlocked.read() === 1;
    if (locked && unlocked) return 'unknown';
    if (locked) return 'locked';
    return unlocked ? 'unlocked' : 'between';
  }

  close(): void {
    this.#locked.close();
    this.#unlocked.close();
  }
}
