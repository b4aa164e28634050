import type { HttpFailure, Input } from '../../../firmware/lock/ports.js';
import {
  encodeCommandCall,
  encodeGrantCall,
  encodeHandoverCall,
} from '../../../firmware/protocol/command.js';
import { TOPIC } from '../../../firmware/protocol/lock-registry.js';
import { isOpening } from '../../../firmware/protocol/order.js';
import { encodePostCall } from '../../../firmware/protocol/post.js';
import { vetoTag } from '../../../firmware/protocol/veto-tag.js';
import { mutateBytes } from '../byte-mutator.js';
import { mutateCbor } from '../cbor-mutator.js';
import { mutateJson } from '../json-mutator.js';
import { Random } from '../random.js';
import { lockTopic } from './lock-chain.js';
import { LockTool } from './lock-tool.js';
import type { LockWorld } from './lock-world.js';
import { engine, GUEST, OWNER, STRANGER, signCall } from './people.js';

/** Bytes of one step: what is done, and three that say how. */
export const STEP_BYTES = 4;

/** What a step can do; the position is its number. */
export const STEPS = Object.freeze([
  'time',
  'clock',
  'node',
  'flash',
  'load',
  'sense',
  'press',
  'pairing',
  'sink',
  'mine',
  'settle',
  'reboot',
  'stray',
] as const);
export type StepName = (typeof STEPS)[number];

/** The bytes of one step. */
export function step(name: StepName, a = 0, b = 0, c = 0): readonly number[] {
  return [STEPS.indexOf(name), a, b, c];
}

const WAITS_MS = [1, 250, 1_000, 5_000, 30_000, 61_000, 900_000, 3_600_000, 86_400_000, 0];
const ODD_NUMBERS = [
  Number.NaN,
  -1,
  0.5,
  Infinity,
  -Infinity,
  2 ** 31,
  2 ** 32,
  2 ** 40 - 1,
  2 ** 40,
  2 ** 53,
  1e300,
  0,
  -0,
];
const FAILURES: readonly HttpFailure[] = ['timeout', 'too-large', 'connection'];
const PEOPLE = [OWNER, GUEST, STRANGER] as const;

/** Plays a script of steps on a lock. */
export class LockScript {
  readonly #world: LockWorld;
  readonly #tool: LockTool;
  #mined = 0;

  constructor(world: LockWorld) {
    this.#world = world;
    this.#tool = new LockTool(world);
  }

  play(bytes: Uint8Array): void {
    for (let at = 0; at + STEP_BYTES <= bytes.length; at += STEP_BYTES) {
      const [kind, a, b, c] = bytes.subarray(at, at + STEP_BYTES) as unknown as [
        number,
        number,
        number,
        number,
      ];
      this.#do(STEPS[kind % STEPS.length] as StepName, a, b, c);
    }
  }

  #do(name: StepName, a: number, b: number, c: number): void {
    const world = this.#world;
    const random = new Random(a | (b << 8) | (c << 16));
    switch (name) {
      case 'time':
        world.uptimeMs += WAITS_MS[a % WAITS_MS.length] ?? 0;
        world.give({ kind: 'tick' });
        return;
      case 'clock':
        world.give({
          kind: 'clock',
          unixSeconds:
            a % 3 === 0 ? world.nowSeconds + (b - 128) * 2 ** (c % 24) : number(b, world.nowSeconds),
          source: (['host', 'https', 'none'] as const)[a % 3] ?? 'none',
        });
        return;
      case 'node':
        this.#answerNode(a, b, random);
        return;
      case 'flash':
        this.#answerFlash(a, random);
        return;
      case 'load':
        this.#answerLoad(a, random);
        return;
      case 'sense':
        world.give(sensed(a, b));
        return;
      case 'press':
        world.give({
          kind:
            (['button-pressed', 'outside-pressed', 'bolt-released', 'button-held'] as const)[a % 4] ??
            'bolt-released',
        });
        return;
      case 'pairing':
        this.#pair(a, b, random);
        return;
      case 'sink': {
        const seq = a % 4 === 3 ? number(b, 1) : (world.publishes.shift() ?? 1);
        world.give({ kind: a % 2 === 0 ? 'published' : 'publish-failed', seq });
        return;
      }
      case 'mine':
        this.#mine(a, b, c);
        return;
      case 'settle':
        world.settle();
        return;
      case 'reboot':
        this.#reboot(a, random);
        return;
      case 'stray':
        world.give(stray(a, b, random));
        return;
    }
  }

  #answerNode(a: number, b: number, random: Random): void {
    const world = this.#world;
    const post = world.posts.shift();
    if (post === undefined) return;
    const honest = world.chain.answer(post.body);
    const { id } = post;
    switch (a % 8) {
      case 0:
        world.give({ kind: 'http-failed', id, reason: FAILURES[b % FAILURES.length] ?? 'timeout' });
        return;
      case 1:
        world.give({
          kind: 'http-done',
          id,
          status: number(b, 429),
          body: honest,
          retryAfterSeconds: number(a, 60),
        });
        return;
      case 2:
        // Another's answer first, then this one twice.
        for (const other of [id + 1, id, id])
          world.give({ kind: 'http-done', id: other, status: 200, body: honest });
        return;
      case 3:
        world.give({ kind: 'http-done', id, status: 200, body: mutateBytes(honest, honest, random) });
        return;
      case 4:
      case 5:
      case 6:
        world.give({ kind: 'http-done', id, status: 200, body: mutateJson(honest, honest, random) });
        return;
      default:
        world.give({ kind: 'http-done', id, status: 200, body: honest });
    }
  }

  #answerFlash(a: number, random: Random): void {
    const world = this.#world;
    const write = world.writes.shift();
    if (write === undefined) return;
    const isStored = a % 3 !== 0;
    if (isStored) world.flash.set(write.key, write.bytes);
    else if (a % 2 === 0) world.flash.set(write.key, write.bytes.slice(0, random.below(write.bytes.length)));
    world.give({ kind: isStored ? 'stored' : 'store-failed', key: write.key });
    // And again: the second is an answer to nothing, or to a write of the same key.
    if (a % 7 === 1 && world.writes[0]?.key !== write.key) world.give({ kind: 'stored', key: write.key });
  }

  #answerLoad(a: number, random: Random): void {
    const world = this.#world;
    const key = world.loads.shift();
    if (key === undefined) return;
    const bytes = world.flash.get(key);
    if (a % 3 === 0) world.give({ kind: 'loaded', key });
    else if (a % 3 === 1) world.give({ kind: 'loaded', key, bytes });
    else
      world.give({
        kind: 'loaded',
        key,
        bytes: mutateBytes(bytes ?? new Uint8Array(0), new Uint8Array(9), random),
      });
  }

  #pair(a: number, b: number, random: Random): void {
    const world = this.#world;
    const tool = this.#tool;
    const give = (bytes: Uint8Array) => world.give({ kind: 'pairing-received', bytes });
    switch (a % 9) {
      case 0:
        world.give({ kind: 'pairing-opened' });
        return;
      case 1:
        world.give({ kind: 'pairing-closed' });
        return;
      case 2:
        give(tool.hello());
        return;
      case 3:
        give(tool.proof());
        return;
      case 4:
        tool.open();
        return;
      case 5: {
        const sealed = tool.seal(tool.request(b));
        give(mutateBytes(sealed, sealed, random));
        return;
      }
      case 6: {
        const inner = tool.seal(tool.request(b));
        give(tool.sealBytes(mutateCbor(inner.subarray(2), inner, random)));
        return;
      }
      default:
        if (b % 7 === 4) world.isOpeningSigned = true;
        give(tool.seal(tool.request(b)));
    }
  }

  #mine(a: number, b: number, c: number): void {
    const { lock20, chain, nowSeconds } = this.#world;
    const by = PEOPLE[a % 3] ?? OWNER;
    const nonce = c % 5 === 0 ? BigInt(c) << 56n : this.#mined++;
    const type = ([0, 1, 2] as const)[c % 3] ?? 2;
    const topic1 = lockTopic(lock20);
    switch (b % 8) {
      case 0: {
        const terms = {
          notBeforeSeconds: 0,
          notAfterSeconds: nowSeconds + 100_000,
          rights: a % 8,
          weekdays: 0x7f,
          dayStartMinutes: 0,
          dayEndMinutes: 0,
          uses: c % 3,
          epoch: 1,
          serial: nowSeconds + (c % 16),
        };
        const guest = PEOPLE[c % 3] ?? GUEST;
        chain.mine(
          signCall(by, encodeGrantCall(lock20, guest.address20, terms), nonce, type),
          TOPIC.granted,
          topic1,
        );
        if (by === OWNER && guest === STRANGER) this.#world.isOpeningSigned = true;
        return;
      }
      case 1: {
        const handover = { epoch: 1, newEpoch: 1 + (c % 4), notAfterSeconds: nowSeconds + 300 };
        chain.mine(
          signCall(by, encodeHandoverCall(lock20, STRANGER.address20, handover), nonce, type),
          TOPIC.handedOver,
          topic1,
        );
        if (by === OWNER) this.#world.isOpeningSigned = true;
        return;
      }
      case 2: {
        const tag32 = vetoTag(engine.sha256, lock20, new Uint8Array(16));
        const envelope = new Uint8Array(c);
        chain.mine(signCall(by, encodePostCall({ tag32, envelope }), nonce, type), TOPIC.posted, tag32);
        return;
      }
      default: {
        const action = b % 11;
        const order = {
          lock: lock20,
          challenge4: new Uint8Array(4),
          epoch: 1 + (a % 4 === 3 ? 1 : 0),
          notAfterSeconds: nowSeconds + 300 * (1 + (c % 4)),
          action,
        };
        chain.mine(signCall(by, encodeCommandCall(order), nonce, type), TOPIC.commanded, topic1);
        if (isOpening(action) && by !== STRANGER) this.#world.isOpeningSigned = true;
      }
    }
  }

  #reboot(a: number, random: Random): void {
    const world = this.#world;
    const write = world.writes[0];
    if (write !== undefined && a % 2 === 0) world.flash.set(write.key, write.bytes);
    const keys = [...world.flash.keys()];
    const key = keys.length === 0 ? undefined : random.pick(keys);
    if (key !== undefined && a % 8 === 3)
      world.flash.set(key, mutateBytes(world.flash.get(key) ?? new Uint8Array(0), new Uint8Array(4), random));
    if (key !== undefined && a % 8 === 4) world.flash.delete(key);
    if (a % 8 === 5 || a % 8 === 6) {
      world.isForged = true;
      world.isOpeningSigned = true;
      world.reseal(a % 8 === 5 ? 'state' : 'identity', (payload) => mutateCbor(payload, payload, random));
    }
    world.reboot();
  }
}

function number(index: number, usual: number): number {
  return index % 3 === 0 ? usual : (ODD_NUMBERS[index % ODD_NUMBERS.length] ?? usual);
}

function sensed(a: number, b: number): Input {
  switch (a % 4) {
    case 0:
      return {
        kind: 'bolt-sensed',
        bolt: (['locked', 'unlocked', 'between', 'unknown'] as const)[b % 4] ?? 'unknown',
      };
    case 1:
      return { kind: 'door-sensed', door: (['open', 'closed', 'unknown'] as const)[b % 3] ?? 'unknown' };
    case 2:
      return { kind: 'battery-sensed', milliVolts: number(b, 5_000 - 8 * b) };
    default:
      return { kind: 'tamper-sensed', open: b % 2 === 0 };
  }
}

function stray(a: number, b: number, random: Random): Input {
  const odd = number(b, 7);
  const key = ['state-a', 'state-b', 'identity-a', 'report-0', 'report-1', '', '__proto__'][b % 7] ?? '';
  switch (a % 6) {
    case 0:
      return { kind: 'boot' };
    case 1:
      return {
        kind: 'http-done',
        id: odd,
        status: odd,
        body: random.bytes(random.size(300)),
        retryAfterSeconds: odd,
      };
    case 2:
      return { kind: 'http-failed', id: odd, reason: 'timeout' };
    case 3:
      return { kind: 'loaded', key, bytes: random.bytes(random.size(300)) };
    case 4:
      return { kind: 'publish-failed', seq: odd };
    default:
      return { kind: 'pairing-received', bytes: random.bytes(random.size(3_000)) };
  }
}
