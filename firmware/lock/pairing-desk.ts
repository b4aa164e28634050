import type { CryptoEngine } from '../crypto/engine.js';
import { toEvmSignature65 } from '../crypto/signature.js';
import { equalBytes, isZeroBytes } from '../protocol/bytes.js';
import { registrationDigest } from '../protocol/eip712.js';
import { DecodeError } from '../protocol/errors.js';
import { PAIRING_WINDOW_MS } from '../protocol/limits.js';
import { encodePairingFrame, type LockSettings, type PairingFrame } from '../protocol/pairing.js';
import type { RefusalReason } from '../protocol/refusal.js';
import { checkSettings } from '../protocol/setting.js';
import { type AdoptRequest, waitingAdoption } from './adoption.js';
import type { Challenge } from './challenge.js';
import type { Identity } from './identity.js';
import type { LockState } from './lock-state.js';
import { tellRefused } from './notice.js';
import { type PairingRequest, PairingSession } from './pairing-session.js';
import type { Output } from './ports.js';

/** The session of what nobody at the lock has asked for: it is answered to nobody. */
export const NO_SESSION = 0;

/** Wrong secrets that one press of the button allows. */
const WRONG_SECRETS_MAX = 5;

/** What a proven tool asked for that the lock may now do. */
export type PairingWork =
  | {
      readonly kind: 'pair';
      readonly owner: Uint8Array;
      readonly ownerUnixSeconds: number;
      readonly settings: LockSettings;
    }
  | { readonly kind: 'configure'; readonly settings: LockSettings }
  | { readonly kind: 'adopt'; readonly request: AdoptRequest }
  | { readonly kind: 'refuse'; readonly challenge16: Uint8Array; readonly signature65: Uint8Array };

export interface PairingResult {
  readonly outputs: readonly Output[];
  readonly work: readonly PairingWork[];
  readonly refused: readonly RefusalReason[];
  /** The wrong secrets that one press allows are used up. */
  readonly isExhausted?: true;
}

export interface PairingDeskOptions {
  readonly engine: CryptoEngine;
  /** Printed as a QR code that is not on the lock's body. */
  readonly secret16: Uint8Array;
  readonly secretKey32: Uint8Array;
  readonly publicKey33: Uint8Array;
  readonly lock20: Uint8Array;
  readonly nonce: Challenge;
  /** What is pinned already. */
  readonly memory: { readonly identity: Identity; readonly state: LockState };
}

type Refusal = { readonly ok: false; readonly reason: RefusalReason };

/**
 * Pairing connections: only after a press of the inside button, one at a time, and nothing that is pinned changes.
 * Does not write anything: what a tool may have is handed on as work, and answered once that is durable.
 */
export class PairingDesk {
  readonly #options: PairingDeskOptions;
  #openUntilMs = 0;
  #wrongSecrets = 0;
  #session: PairingSession | undefined;
  #sessions = NO_SESSION + 1;
  /** What one `adopt` of this session is to name. */
  #challenge16: Uint8Array | undefined;

  constructor(options: PairingDeskOptions) {
    this.#options = options;
  }

  /** Somebody stands inside: pairing is allowed for a while. */
  press(uptimeMs: number): void {
    this.#openUntilMs = uptimeMs + PAIRING_WINDOW_MS;
    this.#wrongSecrets = 0;
  }

  /** Which session of this boot is under way, or was last. */
  get session(): number {
    return this.#sessions;
  }

  opened(uptimeMs: number): PairingResult {
    this.#end();
    this.#sessions++;
    if (uptimeMs >= this.#openUntilMs) return this.#close('pairing-closed');
    const { engine, secret16, lock20, publicKey33, nonce, memory } = this.#options;
    this.#session = new PairingSession(engine, secret16, {
      kind: 'greeting',
      lock20,
      publicKey33,
      nonce16: nonce.renew(),
      paired: memory.state.authority !== undefined,
    });
    return { outputs: [], work: [], refused: [] };
  }

  closed(): void {
    this.#end();
  }

  received(bytes: Uint8Array): PairingResult {
    const outputs: Output[] = [];
    const work: PairingWork[] = [];
    for (const step of this.#session?.receive(bytes) ?? []) {
      if (step.kind === 'send') outputs.push({ kind: 'pairing-send', bytes: step.bytes });
      else if (step.kind === 'refused') return this.#broken(step.reason, outputs, work);
      else {
        const result = this.#request(step.request);
        if ('ok' in result) return this.#refuseSealed(result.reason, outputs, work);
        if (isWork(result)) work.push(result);
        else outputs.push(...this.answer(result));
      }
    }
    return { outputs, work, refused: [] };
  }

  /**
   * Answers the tool, if it is still there.
   * @param session - that of the question: a later one must not take it for an answer to its own
   */
  answer(frame: PairingFrame, session: number = this.#sessions): readonly Output[] {
    if (this.#session === undefined || session !== this.#sessions) return [];
    return [{ kind: 'pairing-send', bytes: this.#session.seal(frame) }];
  }

  /** Flash did not take what was asked for. @param session - that of the question */
  refuseStorage(session: number): readonly Output[] {
    return [
      tellRefused({ reason: 'storage' }),
      ...this.answer({ kind: 'refused', reason: 'storage' }, session),
    ];
  }

  /** Tells the tool that what it asked for is not done, and closes. @param session - that of the question */
  refuse(reason: RefusalReason, session: number = this.#sessions): readonly Output[] {
    const outputs: Output[] = [tellRefused({ reason })];
    if (this.#session !== undefined && session === this.#sessions)
      outputs.push(...this.#refuseSealed(reason, [], []).outputs);
    return outputs;
  }

  /**
   * An adoption was stopped: who wants it still needs another press of the button.
   * @param challenge16 - the adoption's
   * @param session - that of the tool that has stopped it
   */
  stop(challenge16: Uint8Array, session: number): readonly Output[] {
    this.#openUntilMs = 0;
    // Whoever is here now did not stop it, and may be who wants it.
    if (session !== this.#sessions) return this.refuse('vetoed');
    const outputs: Output[] = [...this.answer({ kind: 'stopped', challenge16 }), { kind: 'pairing-close' }];
    this.#end();
    return outputs;
  }

  #request(request: PairingRequest): PairingWork | PairingFrame | Refusal {
    const { identity, state } = this.#options.memory;
    switch (request.kind) {
      case 'pair':
        // A paired lock takes a new owner only by a signature of the pinned one, never by the button.
        if (state.authority !== undefined) return { ok: false, reason: 'pairing-closed' };
        // Somebody owns it still, and flash has forgotten who.
        if (state.ownerLost) return { ok: false, reason: 'record' };
        if (isZeroBytes(request.owner)) return { ok: false, reason: 'pairing-frame' };
        return isReadable(request.settings) ? request : { ok: false, reason: 'setting' };
      case 'configure':
        if (!isSamePin(identity.settings, request.settings)) return { ok: false, reason: 'pairing-closed' };
        // The pinned owner is to hear of the adoption, and to be heard.
        if (waitingAdoption(state) !== undefined && !keepsContact(identity.settings, request.settings))
          return { ok: false, reason: 'adoption' };
        return isReadable(request.settings) ? request : { ok: false, reason: 'setting' };
      case 'register':
        return this.#register(request.deadlineSeconds, state.authority?.owner, identity.settings);
      case 'ask':
        if (state.authority === undefined) return { ok: false, reason: 'unpaired' };
        this.#challenge16 = this.#options.nonce.renew();
        return { kind: 'challenge', challenge16: this.#challenge16 };
      case 'adopt':
        return this.#adopt(request);
      case 'refuse':
        return request;
    }
  }

  /** A challenge serves once: what was stopped must be signed anew. */
  #adopt({ kind, ...request }: Extract<PairingRequest, { kind: 'adopt' }>): PairingWork | Refusal {
    const challenge16 = this.#challenge16;
    this.#challenge16 = undefined;
    if (challenge16 === undefined) return { ok: false, reason: 'adoption' };
    return { kind, request: { ...request, challenge16 } };
  }

  #register(
    deadlineSeconds: number,
    owner: Uint8Array | undefined,
    settings: LockSettings | undefined,
  ): PairingFrame | Refusal {
    if (owner === undefined || settings === undefined) return { ok: false, reason: 'unpaired' };
    const { chainId, registry } = settings;
    const { engine, secretKey32, lock20 } = this.#options;
    const digest32 = registrationDigest(
      engine.keccak256,
      { chainId, registry20: registry },
      {
        lock: lock20,
        owner,
        deadline: BigInt(deadlineSeconds),
      },
    );
    return {
      kind: 'registration',
      signature65: toEvmSignature65(engine.signRecoverable(digest32, secretKey32)),
    };
  }

  #refuseSealed(reason: RefusalReason, outputs: Output[], work: PairingWork[]): PairingResult {
    outputs.push(...this.answer({ kind: 'refused', reason }), { kind: 'pairing-close' });
    this.#end();
    return { outputs, work, refused: [reason] };
  }

  #broken(reason: RefusalReason, outputs: readonly Output[], work: readonly PairingWork[]): PairingResult {
    const isExhausted = reason === 'pairing-secret' && ++this.#wrongSecrets >= WRONG_SECRETS_MAX;
    if (isExhausted) this.#openUntilMs = 0;
    const closing = this.#close(reason);
    const result = { outputs: [...outputs, ...closing.outputs], work, refused: closing.refused };
    return isExhausted ? { ...result, isExhausted } : result;
  }

  #end(): void {
    this.#session = undefined;
    this.#challenge16 = undefined;
  }

  #close(reason: RefusalReason): PairingResult {
    this.#end();
    const bytes = encodePairingFrame({ kind: 'refused', reason });
    return {
      outputs: [{ kind: 'pairing-send', bytes }, { kind: 'pairing-close' }],
      work: [],
      refused: [reason],
    };
  }
}

/** A schedule in a zone that the lock cannot read would shut guests out, or let them in, when nobody looks. */
function isReadable({ texts }: LockSettings): boolean {
  try {
    checkSettings(texts);
    return true;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

function isWork(result: PairingWork | PairingFrame): result is PairingWork {
  return (
    result.kind === 'pair' ||
    result.kind === 'configure' ||
    result.kind === 'refuse' ||
    (result.kind === 'adopt' && 'request' in result)
  );
}

/** Whether nothing changes but the network that the lock joins. */
function keepsContact(pinned: LockSettings | undefined, wanted: LockSettings): boolean {
  if (pinned === undefined || pinned.endpoints.join() !== wanted.endpoints.join()) return false;
  const names = [...pinned.texts.keys(), ...wanted.texts.keys()].filter((name) => !name.startsWith('wifi-'));
  return names.every((name) => pinned.texts.get(name) === wanted.texts.get(name));
}

function isSamePin(pinned: LockSettings | undefined, wanted: LockSettings): boolean {
  return (
    pinned !== undefined &&
    pinned.chainId === wanted.chainId &&
    pinned.startBlock === wanted.startBlock &&
    equalBytes(pinned.registry, wanted.registry)
  );
}
