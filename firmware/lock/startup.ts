import type { Alarms } from './alarms.js';
import type { Ledger } from './ledger.js';
import type { LockState } from './lock-state.js';
import type { Memory } from './memory.js';
import { tell, tellRefused } from './notice.js';
import type { Output } from './ports.js';
import type { Task } from './task.js';

/**
 * What flash is to answer while a lock starts: `counted`, the boot itself; and where a factory reset is wanted, before
 * it `emptied`, no owner, then twice a new key, `copied` and `named`.
 */
export interface StartupTask {
  readonly kind: 'startup';
  readonly step: 'emptied' | 'copied' | 'named' | 'counted';
}

/** The button was held, and flash is to answer. */
export interface ResetTask {
  readonly kind: 'reset';
}

export interface StartupOptions {
  readonly memory: Memory<Task>;
  readonly ledger: Ledger;
  readonly alarms: Pick<Alarms, 'newestFirmware'>;
}

/**
 * The first writes of a boot. After a factory reset they make another lock of it: a new device key, and nothing of the
 * old one. One record says that this is wanted, and goes last. A cut before that record leaves the old lock whole;
 * a cut after it, a new lock at the next boot.
 */
export class Startup {
  readonly #options: StartupOptions;

  constructor(options: StartupOptions) {
    this.#options = options;
  }

  begin(uptimeMs: number): readonly Output[] {
    const { memory } = this.#options;
    switch (memory.reset) {
      case 'asked':
        // Before the new key: no cut may leave the old owner under it.
        return memory.change(() => ({}), task('emptied'));
      case 'renamed':
        return this.#name('copied');
      case 'no': {
        const nothing: Task = { kind: 'nothing' };
        const copy = () => (memory.isNew ? memory.writeIdentity(memory.identity, nothing) : []);
        return [...copy(), ...copy(), ...this.#count(uptimeMs)];
      }
    }
  }

  /** Flash has taken a step. @returns what is to be written next, or undefined where the lock may start */
  stored({ step }: StartupTask, uptimeMs: number): readonly Output[] | undefined {
    switch (step) {
      case 'emptied':
        return this.#name('copied');
      case 'copied':
        return this.#name('named');
      case 'named':
        return this.#count(uptimeMs);
      case 'counted':
        return undefined;
    }
  }

  /** The lock starts; once its state is durable, it is in place of both copies of an old lock's. */
  started(lock20: Uint8Array, isDurable: boolean): readonly Output[] {
    const { memory, ledger } = this.#options;
    // The next write that flash takes says so: no two boots have one number, or a challenge could come again.
    if (!isDurable) memory.note((state) => this.#counted(state));
    ledger.startPolling();
    const { bootCount, authority } = memory.state;
    const outputs: Output[] = memory.reset === 'no' || !isDurable ? [] : [...memory.eraseReset()];
    outputs.push(tell({ event: 'booted', bootCount, lock: lock20, paired: authority !== undefined }));
    for (let i = 0; i < memory.refusedCount; i++) outputs.push(tellRefused({ reason: 'record' }));
    for (let i = 0; i < memory.foreignCount; i++)
      outputs.push(tellRefused({ reason: 'record', detail: 'of another firmware' }));
    return outputs;
  }

  #count(uptimeMs: number): readonly Output[] {
    return this.#options.ledger.remember((state) => this.#counted(state), task('counted'), uptimeMs);
  }

  #counted({ bootCount }: LockState): Partial<LockState> {
    return { bootCount: bootCount + 1, newestFirmware: this.#options.alarms.newestFirmware };
  }

  #name(step: StartupTask['step']): readonly Output[] {
    const { memory } = this.#options;
    return memory.writeIdentity(memory.identity, task(step));
  }
}

function task(step: StartupTask['step']): StartupTask {
  return { kind: 'startup', step };
}
