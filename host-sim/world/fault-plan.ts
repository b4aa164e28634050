import type { WriteMoment } from './faulty-flash.js';

/** One fault at one moment of a life that is told in full; numbers count from 1. */
export type SingleFault =
  /** The power fails before, in the midst of or right after this write to flash. */
  | { readonly on: 'write'; readonly at: number; readonly how: WriteMoment }
  /** The power fails before or after this output is carried out. */
  | { readonly on: 'output'; readonly at: number; readonly how: 'before' | 'after' }
  /** This message gets lost, comes twice, or comes when nobody waits for it any more. */
  | { readonly on: 'message'; readonly at: number; readonly how: 'dropped' | 'doubled' | 'late' };

export type MessageFate = Extract<SingleFault, { on: 'message' }>['how'];

/** How often something came that a fault could hit. */
export interface Occasions {
  readonly writes: number;
  readonly outputs: number;
  readonly messages: number;
}

/** How each kind of fault goes. */
export const FAULT_WAYS = Object.freeze({
  write: Object.freeze(['before', 'torn', 'after'] as const),
  output: Object.freeze(['before', 'after'] as const),
  message: Object.freeze(['dropped', 'doubled', 'late'] as const),
});

/** Counts the writes, outputs and messages of one life, and says of one of them that it goes wrong. */
export class FaultPlan implements Occasions {
  readonly #fault: SingleFault | undefined;
  #armingsLeft: number;
  #writes = 0;
  #outputs = 0;
  #messages = 0;
  #hits = 0;

  /**
   * @param fault - counts alone where absent
   * @param armings - how often it is armed before it counts
   */
  constructor(fault?: SingleFault, armings = 1) {
    this.#fault = fault;
    this.#armingsLeft = armings;
  }

  get writes(): number {
    return this.#writes;
  }

  get outputs(): number {
    return this.#outputs;
  }

  get messages(): number {
    return this.#messages;
  }

  /** How often the fault came: once where the plan fits the life. */
  get hits(): number {
    return this.#hits;
  }

  /** What came before this does not count. */
  arm(): void {
    this.#armingsLeft--;
  }

  /** A write is asked for. @returns how the power fails at it */
  write(): WriteMoment | undefined {
    if (this.#armingsLeft > 0) return undefined;
    const fault = this.#hit('write', ++this.#writes);
    return fault?.on === 'write' ? fault.how : undefined;
  }

  /** Another output is asked for. @returns how the power fails at it */
  output(): 'before' | 'after' | undefined {
    if (this.#armingsLeft > 0) return undefined;
    const fault = this.#hit('output', ++this.#outputs);
    return fault?.on === 'output' ? fault.how : undefined;
  }

  /** A message is on its way. @returns what becomes of it; undefined where it arrives as it should */
  message(): MessageFate | undefined {
    if (this.#armingsLeft > 0) return undefined;
    const fault = this.#hit('message', ++this.#messages);
    return fault?.on === 'message' ? fault.how : undefined;
  }

  #hit(on: SingleFault['on'], at: number): SingleFault | undefined {
    if (this.#fault?.on !== on || this.#fault.at !== at) return undefined;
    this.#hits++;
    return this.#fault;
  }
}

/** Every single fault that a life with so many occasions can meet. */
export function faultsOf({ writes, outputs, messages }: Occasions): readonly SingleFault[] {
  const faults: SingleFault[] = [];
  for (let at = 1; at <= writes; at++)
    for (const how of FAULT_WAYS.write) faults.push({ on: 'write', at, how });
  for (let at = 1; at <= outputs; at++)
    for (const how of FAULT_WAYS.output) faults.push({ on: 'output', at, how });
  for (let at = 1; at <= messages; at++)
    for (const how of FAULT_WAYS.message) faults.push({ on: 'message', at, how });
  return faults;
}

/** As the command line has it: `write:17:torn`. */
export function formatFault({ on, at, how }: SingleFault): string {
  return `${on}:${at}:${how}`;
}

/** @returns undefined where it is none */
export function parseFault(text: string): SingleFault | undefined {
  const [, on, number, how] = /^(write|output|message):([1-9][0-9]{0,5}):([a-z]+)$/.exec(text) ?? [];
  const at = Number(number);
  const one = <T extends string>(ways: readonly T[]) => ways.find((way) => way === how);
  if (on === 'write') {
    const way = one(FAULT_WAYS.write);
    return way && { on, at, how: way };
  }
  if (on === 'output') {
    const way = one(FAULT_WAYS.output);
    return way && { on, at, how: way };
  }
  const way = one(FAULT_WAYS.message);
  return on === 'message' && way !== undefined ? { on, at, how: way } : undefined;
}
