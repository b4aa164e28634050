import type { CryptoEngine } from '../crypto/engine.js';
import { equalBytes } from '../protocol/bytes.js';
import { vetoTag } from '../protocol/veto-tag.js';
import type { Adoption } from './adoption.js';
import { type Domain, examinePost } from './examiner.js';
import { tell, tellRefused } from './notice.js';
import type { Poller, PollerStep } from './poller.js';
import type { HttpAnswer, Output } from './ports.js';

export interface VetoWatchOptions {
  readonly engine: CryptoEngine;
  readonly lock20: Uint8Array;
  /** A poller for what is posted, or undefined while nothing is pinned. */
  readonly createPoller: (search: VetoSearch) => Poller | undefined;
  /** What is pinned now. */
  readonly domain: () => Omit<Domain, 'lock20'> | undefined;
  /** Whether the lock asks a node for commands just now: one connection is what a small heap spares. */
  readonly isBusy: () => boolean;
}

/** Where a veto may stand. */
export interface VetoSearch {
  readonly tag32: Uint8Array;
  readonly sinceBlock: number;
  /** Exchanges are numbered above this. */
  readonly firstId: number;
}

/** What the watch has found. */
export interface VetoFinds {
  readonly outputs: readonly Output[];
  /** Answers and transactions that were no post under the tag. */
  readonly refused: number;
  /** What was posted: signatures that nobody has checked yet. */
  readonly vetoes: readonly Uint8Array[];
}

/** The numbers of its exchanges; those that ask for commands stay below. */
export const VETO_FIRST_ID = 1_000_000_000;

/**
 * Looks in the registry's mailbox for a veto while an adoption waits, and asks for nothing else.
 * Does not check who signed it.
 */
export class VetoWatch {
  readonly #options: VetoWatchOptions;
  #tag32: Uint8Array | undefined;
  #poller: Poller | undefined;
  #lastId = VETO_FIRST_ID;

  constructor(options: VetoWatchOptions) {
    this.#options = options;
  }

  /** The uptime of its next question, or undefined while it has none to ask. */
  get dueMs(): number | undefined {
    return this.#options.isBusy() ? undefined : this.#poller?.dueMs;
  }

  /** Looks for the veto of this adoption from now on, or for none. */
  follow(adoption: Adoption | undefined): void {
    const { engine, lock20, createPoller } = this.#options;
    this.#lastId = this.#poller?.lastId ?? this.#lastId;
    this.#tag32 = adoption && vetoTag(engine.sha256, lock20, adoption.challenge16);
    this.#poller = undefined;
    if (adoption === undefined || this.#tag32 === undefined) return;
    const { sinceBlock } = adoption;
    this.#poller = createPoller({ tag32: this.#tag32, sinceBlock, firstId: this.#lastId });
  }

  tick(uptimeMs: number): VetoFinds {
    return this.#options.isBusy() ? NOTHING : this.#take(this.#poller?.tick(uptimeMs), uptimeMs);
  }

  /** An exchange has ended; one of another poller changes nothing. */
  answered(input: HttpAnswer, uptimeMs: number): VetoFinds {
    return this.#take(this.#poller?.ended(input, uptimeMs), uptimeMs);
  }

  #take(steps: readonly PollerStep[] | undefined, uptimeMs: number): VetoFinds {
    const outputs: Output[] = [];
    const vetoes: Uint8Array[] = [];
    let refused = 0;
    for (let queue = [...(steps ?? [])], step = queue.shift(); step !== undefined; step = queue.shift()) {
      if (step.kind === 'output') outputs.push(step.output);
      else if (step.kind === 'refused') {
        refused++;
        outputs.push(tellRefused(step.refusal));
      } else if (step.kind === 'transaction') {
        const post = this.#read(step);
        if (post.envelope !== undefined) vetoes.push(post.envelope);
        else refused++;
        outputs.push(...post.outputs);
        queue.unshift(...(this.#poller?.heard(post.isTrue, uptimeMs) ?? []));
      } else if (step.kind === 'notice' && step.notice.event === 'seen') outputs.push(tell(step.notice));
    }
    return { outputs, refused, vetoes };
  }

  #read({ hash, json, url }: Extract<PollerStep, { kind: 'transaction' }>): {
    readonly outputs: readonly Output[];
    readonly isTrue: boolean;
    readonly envelope?: Uint8Array;
  } {
    const { engine, lock20, domain } = this.#options;
    const pinned = domain();
    if (pinned === undefined || this.#tag32 === undefined) return { outputs: [], isTrue: true };
    const examination = examinePost(engine, { ...pinned, lock20 }, hash, json);
    if (!examination.ok) {
      const { reason, detail, isTrue } = examination;
      return { outputs: [tellRefused({ reason, detail, tx: hash, url })], isTrue };
    }
    const { tag32, envelope } = examination.signed;
    return equalBytes(tag32, this.#tag32)
      ? { outputs: [], isTrue: true, envelope }
      : { outputs: [tellRefused({ reason: 'lock', tx: hash, url })], isTrue: true };
  }
}

const NOTHING: VetoFinds = Object.freeze({ outputs: [], refused: 0, vetoes: [] });
