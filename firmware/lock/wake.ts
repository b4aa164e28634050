import type { Output } from './ports.js';

/** Asks the world to wake the lock when its parts want a tick: once for each instant. */
export class Wake {
  #askedMs: number | undefined;

  /** A tick has come: were it early, it must be asked for again. */
  came(): void {
    this.#askedMs = undefined;
  }

  /** @param duesMs - the uptimes at which parts want a tick; undefined or infinite is never */
  ask(duesMs: readonly (number | undefined)[]): readonly Output[] {
    let uptimeMs = Infinity;
    for (const due of duesMs) if (due !== undefined && due < uptimeMs) uptimeMs = due;
    if (uptimeMs === Infinity || uptimeMs === this.#askedMs) return [];
    this.#askedMs = uptimeMs;
    return [{ kind: 'wake-at', uptimeMs }];
  }
}
