/** Something that is to happen at a moment of virtual time. */
export interface Appointment {
  readonly atMs: number;
  readonly order: number;
  callback: (() => void) | undefined;
}

const SECOND_MS = 1_000;

/** Virtual time: what is due happens in the order of its times, then of its making. Nothing waits for real. */
export class EventQueue {
  readonly #heap: Appointment[] = [];
  #nowMs = 0;
  #made = 0;

  get nowMs(): number {
    return this.#nowMs;
  }

  /** A moment that is past is now. */
  at(atMs: number, callback: () => void): Appointment {
    const appointment = { atMs: Math.max(this.#nowMs, Math.ceil(atMs)), order: this.#made++, callback };
    this.#push(appointment);
    return appointment;
  }

  after(delayMs: number, callback: () => void): Appointment {
    return this.at(this.#nowMs + delayMs, callback);
  }

  /** Calling it late or twice is harmless. */
  cancel(appointment: Appointment | undefined): void {
    if (appointment !== undefined) appointment.callback = undefined;
  }

  /**
   * Lets time pass up to this moment, what falls due on the way included.
   * @param isOver - asked once a second whether that is enough
   * @returns whether the moment has come
   */
  runTo(endMs: number, isOver?: () => boolean): boolean {
    for (; isOver !== undefined && this.#nowMs + SECOND_MS < endMs; this.runTo(this.#nowMs + SECOND_MS))
      if (isOver()) return false;
    for (let next = this.#heap[0]; next !== undefined && next.atMs <= endMs; next = this.#heap[0]) {
      this.#pop();
      if (next.callback === undefined) continue;
      this.#nowMs = next.atMs;
      next.callback();
    }
    this.#nowMs = endMs;
    return true;
  }

  #push(appointment: Appointment): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(appointment);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = heap[above] as Appointment;
      if (!isBefore(appointment, other)) break;
      heap[at] = other;
      at = above;
    }
    heap[at] = appointment;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1] as Appointment, heap[below] as Appointment))
        below++;
      const other = heap[below] as Appointment;
      if (!isBefore(other, last)) break;
      heap[at] = other;
      at = below;
    }
    heap[at] = last;
  }
}

function isBefore(one: Appointment, other: Appointment): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}
