/** What a toggle passes through, in this order. */
export const STAGES = Object.freeze([
  'sent',
  'mined',
  'seen',
  'verified',
  'moved',
  'signed',
  'checked',
] as const);
export type Stage = (typeof STAGES)[number];

export interface Toggle {
  readonly number: number;
  readonly action: 'lock' | 'unlock';
  readonly hash: string | undefined;
  /** When each stage was reached, Unix milliseconds. */
  readonly reached: Readonly<Partial<Record<Stage, number>>>;
  readonly state: 'running' | 'ok' | 'failed';
  readonly problem?: string;
}

const TRANSACTIONS_MAX = 64;

/** The stages of every toggle, from sending to the verified report. */
export class Timeline {
  readonly #toggles: Toggle[] = [];
  /** By transaction, because a lock may see one before its sender knows that it was taken. */
  readonly #reached = new Map<string, Partial<Record<Stage, number>>>();

  get toggles(): readonly Toggle[] {
    return this.#toggles;
  }

  start(action: 'lock' | 'unlock'): number {
    const number = this.#toggles.length + 1;
    this.#toggles.push({ number, action, hash: undefined, reached: {}, state: 'running' });
    return number;
  }

  /** Ties a toggle to its transaction. */
  sent(number: number, hash: string, atUnixMs: number): Toggle {
    this.#reachedBy(hash).sent = atUnixMs;
    return this.#replace(number, { hash, reached: { ...this.#reachedBy(hash) } });
  }

  /** Notes the first time at which a transaction reached a stage. @returns the toggle, where it is one of ours */
  reach(hash: string, stage: Stage, atUnixMs: number): Toggle | undefined {
    const reached = this.#reachedBy(hash);
    reached[stage] ??= atUnixMs;
    const toggle = this.byHash(hash);
    return toggle && this.#replace(toggle.number, { reached: { ...reached } });
  }

  finish(number: number, problem?: string): Toggle {
    return this.#replace(number, problem === undefined ? { state: 'ok' } : { state: 'failed', problem });
  }

  byHash(hash: string): Toggle | undefined {
    return this.#toggles.find((toggle) => toggle.hash === hash);
  }

  /** Milliseconds from sending to the end position, of the toggles that succeeded, ascending. */
  durationsMs(): number[] {
    return this.#toggles
      .filter(
        ({ state, reached }) => state === 'ok' && reached.sent !== undefined && reached.moved !== undefined,
      )
      .map(({ reached }) => Math.round((reached.moved ?? 0) - (reached.sent ?? 0)))
      .sort((a, b) => a - b);
  }

  #reachedBy(hash: string): Partial<Record<Stage, number>> {
    let reached = this.#reached.get(hash);
    if (!reached) {
      reached = {};
      this.#reached.set(hash, reached);
      for (const oldest of this.#reached.keys()) {
        if (this.#reached.size <= TRANSACTIONS_MAX) break;
        this.#reached.delete(oldest);
      }
    }
    return reached;
  }

  #replace(number: number, change: Partial<Toggle>): Toggle {
    const toggle = { ...(this.#toggles[number - 1] as Toggle), ...change };
    this.#toggles[number - 1] = toggle;
    return toggle;
  }
}

/** The nearest-rank percentile of ascending numbers, or null of none. */
export function percentile(ascending: readonly number[], percent: number): number | null {
  const rank = Math.max(1, Math.ceil((ascending.length * percent) / 100));
  return ascending[rank - 1] ?? null;
}

/** Milliseconds of each stage since sending; undefined where it was not reached. */
export function sinceSending(toggle: Toggle): (number | undefined)[] {
  const { sent } = toggle.reached;
  return STAGES.map((stage) => {
    const at = toggle.reached[stage];
    return at === undefined || sent === undefined ? undefined : Math.max(0, Math.round(at - sent));
  });
}
