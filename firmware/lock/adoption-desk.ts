import type { CryptoEngine } from '../crypto/engine.js';
import { equalBytes } from '../protocol/bytes.js';
import { ADOPTION_HOURS, STORAGE_RETRY_MS } from '../protocol/limits.js';
import {
  type Adoption,
  AdoptionHours,
  type AdoptRequest,
  isVeto,
  judgeAdopt,
  waitingAdoption,
  waitSecondsOf,
} from './adoption.js';
import type { Alarms } from './alarms.js';
import { freshAuthority } from './authority.js';
import type { Domain } from './examiner.js';
import type { Ledger } from './ledger.js';
import type { LockState } from './lock-state.js';
import type { Memory } from './memory.js';
import { tell } from './notice.js';
import { NO_SESSION, type PairingDesk, type PairingWork } from './pairing-desk.js';
import type { HttpAnswer, Output } from './ports.js';
import type { ReportDesk } from './report-desk.js';
import type { Task } from './task.js';
import type { VetoWatch } from './veto-watch.js';

/** What flash is to answer: an adoption that begins to wait, that takes effect, or that is stopped. */
export interface AdoptionTask {
  readonly kind: 'adopting' | 'adopted' | 'stopped';
  readonly adoption: Adoption;
  /** The pairing session that asked for this step, and waits for the answer. */
  readonly session: number;
}

export interface AdoptionDeskOptions {
  readonly engine: CryptoEngine;
  readonly lock20: Uint8Array;
  readonly memory: Memory<Task>;
  readonly ledger: Ledger;
  readonly reports: ReportDesk;
  readonly alarms: Alarms;
  readonly pairing: PairingDesk;
  readonly watch: VetoWatch;
}

/**
 * A new owner whom the pinned owner has not named: announced, delayed, open to a veto, and only then in force.
 * Nothing is said of a step before it is durable.
 * @see PROTOCOL.md section 1.2
 */
export class AdoptionDesk {
  readonly #options: AdoptionDeskOptions;
  /** What waits, as reports tell it. */
  #waiting: Adoption | undefined;
  #hours: AdoptionHours | undefined;
  /** A veto that flash has refused: it is known, and written once flash works. */
  #refused: { readonly task: AdoptionTask; readonly dueMs: number } | undefined;

  constructor(options: AdoptionDeskOptions) {
    this.#options = options;
  }

  /** The uptime at which the desk wants a tick, or undefined. */
  get dueMs(): number | undefined {
    const { memory, watch } = this.#options;
    if (this.#hours === undefined || memory.isChanging) return undefined;
    return Math.min(this.#hours.dueMs, watch.dueMs ?? Infinity, this.#refused?.dueMs ?? Infinity);
  }

  /** Looks whether another adoption waits than before: after a boot, a change, or the pinned owner's handover. */
  follow(uptimeMs: number): void {
    const { memory, reports, alarms, watch } = this.#options;
    const adoption = waitingAdoption(memory.durable);
    alarms.set('adoption', adoption !== undefined, uptimeMs);
    const isOther = !isSame(adoption, this.#waiting);
    this.#waiting = adoption;
    if (!isOther) return;
    this.#refused = undefined;
    this.#hours = adoption === undefined ? undefined : new AdoptionHours(reports.lastSeq, uptimeMs);
    watch.follow(adoption);
  }

  /** Does what a tool asked for that has proved itself. No round may be open: it would write back the old owner. */
  begin(work: Extract<PairingWork, { kind: 'adopt' | 'refuse' }>, uptimeMs: number): readonly Output[] {
    if (work.kind === 'adopt') return this.#ask(work.request, uptimeMs);
    const { pairing } = this.#options;
    const { challenge16, signature65 } = work;
    const adoption = waitingAdoption(this.#options.memory.state);
    const isMeant = adoption !== undefined && equalBytes(adoption.challenge16, challenge16);
    return isMeant && this.#isVeto(adoption, signature65)
      ? this.#stop({ kind: 'stopped', adoption, session: pairing.session }, uptimeMs)
      : pairing.refuse('adoption');
  }

  /** The sink has taken this report. */
  taken(seq: number, uptimeMs: number): void {
    this.#hours?.taken(seq, uptimeMs);
  }

  /** An hour may be over, or a node is to be asked for a veto. No round may be open. */
  tick(uptimeMs: number): readonly Output[] {
    const { memory, reports, watch } = this.#options;
    if (this.#hours === undefined || memory.isChanging) return [];
    const refused = this.#refused;
    if (refused !== undefined && uptimeMs >= refused.dueMs) {
      this.#refused = { ...refused, dueMs: uptimeMs + STORAGE_RETRY_MS };
      return this.#stop(refused.task, uptimeMs);
    }
    const asked = this.#heard(watch.tick(uptimeMs), uptimeMs);
    const adoption = waitingAdoption(memory.state);
    const isOver = this.#hours.tick(reports.lastSeq, uptimeMs);
    if (!isOver || adoption === undefined || refused !== undefined) return asked;
    if (adoption.hours + 1 >= ADOPTION_HOURS)
      return [...asked, ...this.#adopt(adoption, NO_SESSION, uptimeMs)];
    const count = ({ adoption: now }: LockState): Partial<LockState> =>
      now !== undefined && isSame(now, adoption) ? { adoption: { ...now, hours: adoption.hours + 1 } } : {};
    return [...asked, ...this.#options.ledger.remember(count, { kind: 'nothing' }, uptimeMs)];
  }

  /** A node has answered what the watch asked, or failed to. */
  heard(answer: HttpAnswer, uptimeMs: number): readonly Output[] {
    return this.#heard(this.#options.watch.answered(answer, uptimeMs), uptimeMs);
  }

  /** Flash has taken a step. */
  stored({ kind, adoption, session }: AdoptionTask, uptimeMs: number): readonly Output[] {
    const { memory, reports, pairing } = this.#options;
    const { owner, epoch } = adoption;
    const { authority } = memory.durable;
    this.follow(uptimeMs);
    switch (kind) {
      case 'adopting':
        // The alarm tells it in a report of its own.
        return [
          tell({ event: 'adoption', stage: 'waiting', owner, epoch }),
          ...this.#answer(adoption, session),
        ];
      case 'stopped':
        return [
          tell({ event: 'adoption', stage: 'stopped', owner, epoch }),
          ...pairing.stop(adoption.challenge16, session),
          ...reports.report('adoption', uptimeMs),
        ];
      case 'adopted':
        // A handover may have come before it.
        if (authority?.epoch !== epoch || !equalBytes(authority.owner, owner))
          return pairing.refuse('adoption', session);
        return [
          tell({ event: 'adoption', stage: 'done', owner, epoch }),
          ...this.#answer({ ...adoption, hours: ADOPTION_HOURS }, session),
          ...reports.report('adoption', uptimeMs),
        ];
    }
  }

  /** Flash has refused a step. A veto is not forgotten for that. */
  notStored({ kind, adoption, session }: AdoptionTask, uptimeMs: number): readonly Output[] {
    // Whoever brought it has had the answer by then.
    const task = { kind, adoption, session: NO_SESSION };
    if (kind === 'stopped') this.#refused = { task, dueMs: uptimeMs + STORAGE_RETRY_MS };
    return this.#options.pairing.refuseStorage(session);
  }

  #ask(request: AdoptRequest, uptimeMs: number): readonly Output[] {
    const { engine, memory, ledger, pairing } = this.#options;
    const { session } = pairing;
    const { authority } = memory.state;
    const domain = this.#domain;
    if (authority === undefined || domain === undefined) return pairing.refuse('unpaired');
    const waiting = waitingAdoption(memory.state);
    const verdict = judgeAdopt(engine, domain, request, { authority, waiting });
    if (!verdict.ok) return pairing.refuse(verdict.reason);
    if (verdict.when === 'known' && waiting !== undefined) return this.#answer(waiting, session);
    const { owner, epoch, challenge16 } = request;
    const adoption: Adoption = {
      owner,
      epoch,
      challenge16,
      fromEpoch: authority.epoch,
      sinceBlock: Math.min(...(ledger.poller?.cursors ?? [0])),
      hours: 0,
    };
    if (verdict.when === 'now') return this.#adopt(adoption, session, uptimeMs);
    return ledger.remember(() => ({ adoption }), { kind: 'adopting', adoption, session }, uptimeMs);
  }

  #adopt(adoption: Adoption, session: number, uptimeMs: number): readonly Output[] {
    const { owner, epoch, fromEpoch } = adoption;
    const change = ({ authority }: LockState): Partial<LockState> =>
      authority?.epoch === fromEpoch ? { authority: freshAuthority(owner, epoch), adoption: undefined } : {};
    return this.#options.ledger.remember(change, { kind: 'adopted', adoption, session }, uptimeMs);
  }

  #stop(task: AdoptionTask, uptimeMs: number): readonly Output[] {
    const change = ({ adoption: now }: LockState): Partial<LockState> =>
      isSame(now, task.adoption) ? { adoption: undefined } : {};
    return this.#options.ledger.remember(change, task, uptimeMs);
  }

  #heard({ outputs, refused, vetoes }: ReturnType<VetoWatch['tick']>, uptimeMs: number): readonly Output[] {
    const { memory, reports } = this.#options;
    reports.countStrangers(refused);
    const adoption = waitingAdoption(memory.state);
    const veto = vetoes.find((signature65) => adoption !== undefined && this.#isVeto(adoption, signature65));
    reports.countStrangers(vetoes.length - (veto === undefined ? 0 : 1));
    if (adoption === undefined || veto === undefined) return outputs;
    return [...outputs, ...this.#stop({ kind: 'stopped', adoption, session: NO_SESSION }, uptimeMs)];
  }

  #isVeto(adoption: Adoption, signature65: Uint8Array): boolean {
    const { engine, memory } = this.#options;
    const owner = memory.state.authority?.owner;
    const domain = this.#domain;
    if (owner === undefined || domain === undefined) return false;
    return isVeto(engine, domain, adoption, signature65, owner);
  }

  get #domain(): Domain | undefined {
    const { lock20, memory } = this.#options;
    const { settings } = memory.identity;
    if (settings === undefined) return undefined;
    return { lock20, chainId: settings.chainId, registry20: settings.registry };
  }

  #answer({ owner, epoch, challenge16, hours }: Adoption, session: number): readonly Output[] {
    const waitSeconds = waitSecondsOf({ hours });
    const { pairing } = this.#options;
    return pairing.answer({ kind: 'adoption', owner, epoch, challenge16, waitSeconds }, session);
  }
}

/** Whether two are the same adoption; the hours that have passed do not matter. */
function isSame(a: Adoption | undefined, b: Adoption | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return equalBytes(a.challenge16, b.challenge16);
}
