import type { Output } from './ports.js';

/** When the device is to be called again: asked for only where it is another time than was asked for last. */
export class Wake {
  #askedMs: number | undefined;

  /** The wake that was asked for has come: were it early, it must be asked for again. */
  came(): void {
    this.#askedMs = undefined;
  }

  /** @param duesMs - uptimes at which some part has something to do; undefined for none */
  ask(duesMs: readonly (number | undefined)[]): readonly Output[] {
    const wakeMs = duesMs.reduce<number | undefined>(earlier, undefined);
    if (wakeMs === undefined || wakeMs === this.#askedMs) return [];
    this.#askedMs = wakeMs;
    return [{ kind: 'wake-at', uptimeMs: wakeMs }];
  }
}

function earlier(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}
