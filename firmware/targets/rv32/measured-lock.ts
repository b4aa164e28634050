import type { CryptoEngine } from '../../crypto/engine.js';
import { freshAuthority } from '../../lock/authority.js';
import { Device } from '../../lock/device.js';
import { encodeIdentity } from '../../lock/identity.js';
import { Journal } from '../../lock/journal.js';
import { encodeLockState, FIRST_STATE } from '../../lock/lock-state.js';
import type { Input, Output } from '../../lock/ports.js';
import { asciiBytes } from '../../protocol/bytes.js';
import { InvariantError } from '../../protocol/errors.js';
import { parseHex } from '../../protocol/hex.js';
import { RIGHT } from '../../protocol/terms.js';
import type { StoryInput } from './story-input.js';

const STEP_MS = 1_000;
const BATTERY_MILLIVOLTS = 5_900;

/** One whole lock, paired, with one guest, on flash and hardware that do at once what they are asked to. */
export class MeasuredLock {
  readonly #device: Device;
  readonly #flash: Map<string, Uint8Array>;
  readonly #answers: Input[] = [];
  #uptimeMs = 0;
  #postId = 0;
  #target: 'locked' | 'unlocked' | undefined;
  /** Reasons of what was refused. */
  readonly refusals: string[] = [];
  /** The last report that was signed. */
  cose: Uint8Array | undefined;

  constructor(engine: CryptoEngine, input: StoryInput) {
    this.#flash = pairedFlash(engine, input);
    this.#device = new Device({
      engine,
      records: this.#flash,
      entropy32: new Uint8Array(32).fill(0x77),
      journalKey32: journalKey(),
      pairingSecret16: new Uint8Array(16).fill(0x5e),
      firmwareVersion: '0.1.0',
      buildUnixSeconds: input.nowSeconds - 86_400,
      pollIntervalMs: STEP_MS,
    });
  }

  /** Boots, senses, learns the time, and asks the node for the first time. */
  boot({ nowSeconds, bodies }: StoryInput): void {
    this.handle({ kind: 'boot' });
    this.settle();
    this.handle({ kind: 'door-sensed', door: 'closed' });
    this.handle({ kind: 'battery-sensed', milliVolts: BATTERY_MILLIVOLTS });
    this.handle({ kind: 'bolt-sensed', bolt: 'locked' });
    this.settle();
    this.handle({ kind: 'clock', unixSeconds: nowSeconds, source: 'host' });
    this.tick();
    this.answer(asciiBytes(bodies.head));
    this.answer(asciiBytes(bodies.noLogs));
  }

  /** Time for the next poll. */
  tick(): void {
    this.#uptimeMs += STEP_MS;
    this.handle({ kind: 'tick' });
  }

  /** The node answers what it was asked last. */
  answer(body: Uint8Array): void {
    this.handle({ kind: 'http-done', id: this.#postId, status: 200, body });
  }

  /** The bolt arrives where it was driven. @throws InvariantError where it was driven nowhere */
  arrive(): void {
    const bolt = this.#target;
    if (bolt === undefined) throw new InvariantError(`the bolt was not driven: ${this.refusals.join(', ')}`);
    this.#target = undefined;
    this.handle({ kind: 'bolt-sensed', bolt });
  }

  /** Flash and the report sink answer, until nothing is under way. */
  settle(): void {
    for (let next = this.#answers.shift(); next !== undefined; next = this.#answers.shift())
      this.handle(next);
  }

  /** The heap that is measured is the lock's: flash does not lie in it. */
  forgetFlash(): void {
    this.#flash.clear();
  }

  handle(input: Input): void {
    for (const output of this.#device.handle(input, this.#uptimeMs)) this.#take(output);
  }

  #take(output: Output): void {
    switch (output.kind) {
      case 'persist':
        this.#flash.set(output.key, output.bytes);
        this.#answers.push({ kind: 'stored', key: output.key });
        return;
      case 'load':
        this.#answers.push({ kind: 'loaded', key: output.key, bytes: this.#flash.get(output.key) });
        return;
      case 'publish':
        this.#answers.push({ kind: 'published', seq: output.seq });
        return;
      case 'http-post':
        this.#postId = output.id;
        return;
      case 'drive-bolt':
        this.#target = output.target;
        return;
      case 'notice':
        if (output.notice.event === 'refused') this.refusals.push(output.notice.reason);
        if (output.notice.event === 'signed') this.cose = output.notice.cose;
        return;
      default:
        return;
    }
  }
}

/** Flash as pairing and one grant left it. */
function pairedFlash(engine: CryptoEngine, input: StoryInput): Map<string, Uint8Array> {
  const flash = new Map<string, Uint8Array>();
  const journal = new Journal<undefined>(engine, journalKey(), flash);
  const identity = encodeIdentity({
    secretKey32: parseHex(input.secretKey, 32),
    settings: {
      chainId: BigInt(input.chainId),
      registry: parseHex(input.registry, 20),
      startBlock: 1,
      endpoints: ['http://node.example/'],
      texts: new Map(),
    },
  });
  const guest = {
    guest: parseHex(input.guest, 20),
    terms: {
      notBeforeSeconds: 0,
      notAfterSeconds: 2 ** 40 - 1,
      rights: RIGHT.lock | RIGHT.unlock,
      weekdays: 0x7f,
      dayStartMinutes: 0,
      dayEndMinutes: 0,
      uses: 0,
      epoch: 1,
      serial: input.nowSeconds - 3_600,
    },
    used: 0,
    guard: undefined,
  };
  const state = encodeLockState({
    ...FIRST_STATE,
    floorSeconds: input.nowSeconds - 3_600,
    synchronisedBefore: true,
    authority: {
      ...freshAuthority(parseHex(input.owner, 20), 1),
      access: { entries: [guest], serialFloor: 0 },
    },
  });
  for (const outputs of [
    journal.writeDouble('identity', identity, undefined),
    journal.answered('identity-a', true)?.outputs ?? [],
    journal.writeDouble('state', state, undefined),
  ]) {
    for (const output of outputs) if (output.kind === 'persist') flash.set(output.key, output.bytes);
  }
  return flash;
}

function journalKey(): Uint8Array {
  return new Uint8Array(32).fill(0x99);
}
