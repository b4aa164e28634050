import { N } from '../../../firmware/crypto/field.js';
import { guardEngine } from '../../../firmware/crypto/guarded-engine.js';
import { transactionHash } from '../../../firmware/crypto/sender.js';
import { encodeCommandCall, encodeGrantCall } from '../../../firmware/protocol/command.js';
import { formatQuantity } from '../../../firmware/protocol/hex.js';
import { REORG_BLOCKS } from '../../../firmware/protocol/limits.js';
import { TOPIC } from '../../../firmware/protocol/lock-registry.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { FOR_EVER_SECONDS } from '../../../firmware/protocol/terms.js';
import { transactionFromRpc } from '../../../firmware/protocol/transaction.js';
import { chooseHostEngine } from '../../../host-sim/engines/host-engine.js';
import { LockWorld } from '../../unit/lock/fixture.js';
import {
  CHAIN_ID,
  engine,
  GUEST,
  type Mined,
  OWNER,
  type Person,
  person,
  STRANGER,
} from '../../unit/lock/signer.js';
import type { WorldOptions } from '../../unit/lock/world-options.js';
import type { Flips } from './flips.js';

/** Something that must not draw the bolt, whichever branch goes wrong while it happens. */
export interface Story {
  readonly name: string;
  readonly from?: Home;
  readonly options?: WorldOptions;
  /** Before it boots. */
  readonly asleep?: (world: LockWorld) => void;
  /** Before anything is flipped. */
  readonly before?: (world: LockWorld) => void;
  readonly happen: (world: LockWorld) => void;
  /** Where the bolt may be drawn as long as this is not so. */
  readonly isForbidden?: (world: LockWorld) => boolean;
  /** The control: it must draw the bolt while nothing is flipped. */
  readonly isTrue?: true;
}

/** A lock that has lived a little: what flash, chain and clock were then. */
interface Home {
  readonly world: LockWorld;
  /** An unlock of the owner that was obeyed, and the lock after it. */
  readonly obeyed: Mined;
}

const LOCKER = person(4);
const FORMER = person(5);
const WEEKLY = person(6);
const USED = person(7);
const OVER = person(8);
const EARLY = person(9);
const THREE = ['http://a.example/', 'http://b.example/', 'http://c.example/'] as const;
/** Three times what the longest story takes. */
const STEPS_MAX = 40_000;
/** Most of the time goes into signatures that a flip has made unlike those before. */
const FAST = guardEngine(chooseHostEngine());
const MONTH_SECONDS = 30 * 86_400;
/** Terms without any limit. */
const EVER = Object.freeze({
  notBeforeSeconds: 0,
  notAfterSeconds: FOR_EVER_SECONDS,
  rights: 3,
  weekdays: 0,
  dayStartMinutes: 0,
  dayEndMinutes: 0,
  uses: 0,
  epoch: 1,
});

/** An owner, guests of every kind, an unlock and a lock that were obeyed. */
function livedIn(texts: ReadonlyMap<string, string> = new Map(), endpoints?: readonly string[]): Home {
  const world = new LockWorld({ texts }).boot().pair(OWNER, endpoints);
  const now = world.nowSeconds;
  world.grant(OWNER, 0, GUEST, {});
  world.grant(OWNER, 1, LOCKER, { rights: 1 });
  world.grant(OWNER, 2, FORMER, { serial: now - 5 });
  world.grant(OWNER, 3, FORMER, { serial: now - 4, rights: 0 });
  // NOW is a Friday, 08:00 UTC.
  world.grant(OWNER, 4, WEEKLY, { dayStartMinutes: 600, dayEndMinutes: 660 });
  world.grant(OWNER, 5, USED, { uses: 1 });
  world.grant(OWNER, 6, OVER, { notAfterSeconds: now + 5 });
  world.grant(OWNER, 7, EARLY, { notBeforeSeconds: now + MONTH_SECONDS });
  world.pass(3_000);
  world.order(USED, 0, { action: ACTION.unlock });
  world.pass(3_000);
  const obeyed = world.order(OWNER, 10, { action: ACTION.unlock });
  world.pass(3_000);
  world.order(OWNER, 11, { action: ACTION.lock });
  world.pass(9_000);
  return { world, obeyed };
}

function withModes(...actions: readonly number[]): Home {
  const home = livedIn();
  for (const [i, action] of actions.entries()) home.world.order(OWNER, 12 + i, { action });
  home.world.pass(3_000);
  return home;
}

const HOME = livedIn();
const PRIVATE = withModes(ACTION.privacyOn);
const VACANT = withModes(ACTION.vacationOn);
const STRICT = livedIn(new Map([['strict-after-boot', 'on']]));
const SILENT = livedIn(new Map([['guest-lease', '1']]), THREE);

/** @returns whether the bolt was driven towards unlocked */
export function tell(story: Story, flips: Flips): boolean {
  const world = returnTo(story.from ?? HOME, story.options ?? {});
  story.asleep?.(world);
  world.boot();
  world.pass(2_000);
  story.before?.(world);
  world.driven.length = 0;
  const { device } = world;
  const handle = device.handle.bind(device);
  device.handle = (input, uptimeMs) => {
    flips.turn(true);
    try {
      return handle(input, uptimeMs);
    } finally {
      flips.turn(false);
    }
  };
  flips.allow(STEPS_MAX);
  try {
    story.happen(world);
  } catch {
    // A lock that stops is secure: its board starts it again.
  }
  return world.driven.includes('unlocked') && story.isForbidden?.(world) !== false;
}

function returnTo({ world: home }: Home, options: WorldOptions): LockWorld {
  const world = new LockWorld({ bolt: 'locked', device: { engine: FAST }, ...options, flash: home.flash });
  world.startSeconds = home.nowSeconds;
  // What was said is in flash, and so far back that no node is asked for it.
  world.head = home.head + 2 * REORG_BLOCKS;
  return world;
}

/** Somebody orders an unlock, and a few polls pass. */
function unlocks(by: Person, nonce: number, order: Parameters<LockWorld['signOrder']>[2] | object = {}) {
  return (world: LockWorld) => {
    world.order(by, nonce, { action: ACTION.unlock, notAfterSeconds: world.nowSeconds + 800, ...order });
    world.pass(3_000);
  };
}

/** A transaction with some fields changed, under the hash that it has then. */
function bent(json: Mined['json'], changes: Record<string, unknown>): Pick<Mined, 'hash' | 'json'> {
  const forged = { ...json, ...changes };
  return { hash: transactionHash(engine, transactionFromRpc(forged)), json: forged };
}

function showing(make: (world: LockWorld) => Pick<Mined, 'hash' | 'json'>) {
  return (world: LockWorld) => {
    world.show(make(world));
    world.pass(3_000);
  };
}

function realLock(world: LockWorld): Mined['json'] {
  return world.signOrder(OWNER, 12, { action: ACTION.lock }).json;
}

function otherDigit(text: unknown): string {
  const all = String(text);
  return `${all.slice(0, -1)}${(Number.parseInt(all.at(-1) ?? '0', 16) ^ 1).toString(16)}`;
}

const FORGERIES: readonly Story[] = ['r', 's', 'nonce', 'gas', 'maxFeePerGas'].map((field) => ({
  name: `an unlock with another ${field} than was signed`,
  happen: showing((world) => {
    const { json } = world.signOrder(OWNER, 12, { action: ACTION.unlock });
    return bent(json, { [field]: otherDigit(json[field]) });
  }),
}));

export const STORIES: readonly Story[] = [
  { name: 'a true unlock of the owner', isTrue: true, happen: unlocks(OWNER, 12) },
  { name: 'a true unlock of a guest', isTrue: true, happen: unlocks(GUEST, 0) },
  { name: "a stranger's unlock", happen: unlocks(STRANGER, 0) },
  {
    name: "a stranger's unlock, then relock",
    happen: unlocks(STRANGER, 0, { action: ACTION.unlockThenRelock }),
  },
  {
    name: "a stranger's grant to himself, and his unlock",
    happen: (world) => {
      world.grant(STRANGER, 0, STRANGER, {});
      world.pass(3_000);
      unlocks(STRANGER, 1)(world);
    },
  },
  {
    name: "a stranger's handover to himself, and his unlock",
    happen: (world) => {
      world.handover(STRANGER, 0, STRANGER);
      world.pass(3_000);
      unlocks(STRANGER, 1, { epoch: 2 })(world);
      unlocks(STRANGER, 2)(world);
    },
  },
  {
    name: "a guest's grant to a stranger, and his unlock",
    happen: (world) => {
      world.grant(GUEST, 0, STRANGER, {});
      world.pass(3_000);
      unlocks(STRANGER, 1)(world);
    },
  },
  {
    name: "a guest's handover to himself, and an unlock",
    happen: (world) => {
      world.handover(GUEST, 0, GUEST);
      world.pass(3_000);
      unlocks(GUEST, 1, { epoch: 2 })(world);
    },
  },
  ...FORGERIES,
  {
    name: 'a lock of the owner, bent into an unlock',
    happen: showing((world) => {
      const json = realLock(world);
      return bent(json, { input: String(json['input']).replace(/01$/, '02') });
    }),
  },
  {
    name: 'a lock of the owner, bent into an unlock, under its own hash',
    happen: showing((world) => {
      const real = world.signOrder(OWNER, 12, { action: ACTION.lock });
      return {
        hash: real.hash,
        json: { ...real.json, input: String(real.json['input']).replace(/01$/, '02') },
      };
    }),
  },
  {
    name: 'an unlock with the other parity',
    happen: showing((world) => {
      const { json } = world.signOrder(OWNER, 12, { action: ACTION.unlock });
      const parity = json['yParity'] === '0x0' ? '0x1' : '0x0';
      return bent(json, { yParity: parity, v: parity });
    }),
  },
  {
    name: 'the twin with a high s of an unlock that was obeyed',
    happen: showing(() => {
      const { json } = HOME.obeyed;
      const parity = json['yParity'] === '0x0' ? '0x1' : '0x0';
      const s = formatQuantity(N - BigInt(String(json['s'])));
      return bent(json, { yParity: parity, v: parity, s });
    }),
  },
  { name: 'an unlock that was obeyed, in another block', happen: showing(() => HOME.obeyed) },
  { name: 'an unlock below the guard, with a later end', happen: unlocks(OWNER, 9) },
  {
    name: 'an unlock with the nonce of the guard, and an earlier end',
    happen: unlocks(OWNER, 11, { notAfterSeconds: HOME.world.nowSeconds + 200 }),
  },
  {
    name: 'an unlock that has expired',
    happen: unlocks(OWNER, 12, { notAfterSeconds: HOME.world.nowSeconds - 20 }),
  },
  {
    name: 'an unlock that expired an hour ago',
    happen: unlocks(OWNER, 12, { notAfterSeconds: HOME.world.nowSeconds - 3_600 }),
  },
  {
    name: 'an unlock too far ahead',
    happen: unlocks(OWNER, 12, { notAfterSeconds: HOME.world.nowSeconds + 7_200 }),
  },
  { name: 'an unlock for another lock', happen: unlocks(OWNER, 12, { lock: new Uint8Array(20).fill(0x33) }) },
  { name: 'an unlock of a later epoch', happen: unlocks(OWNER, 12, { epoch: 2 }) },
  { name: 'an unlock of an earlier epoch', happen: unlocks(OWNER, 12, { epoch: 0 }) },
  {
    name: 'an unlock with a wrong challenge',
    happen: unlocks(OWNER, 12, { challenge4: new Uint8Array(4).fill(9) }),
  },
  { name: 'an order of no known action', happen: unlocks(OWNER, 12, { action: 77 }) },
  { name: 'an order of action 0', happen: unlocks(OWNER, 12, { action: 0 }) },
  ...[
    { what: 'chain', options: { nonce: 12, chainId: CHAIN_ID + 1n } },
    { what: 'registry', options: { nonce: 12, to: new Uint8Array(20).fill(0x22) } },
  ].map(({ what, options }) => ({
    name: `an unlock for another ${what}`,
    happen: (world: LockWorld) => {
      const order = { lock: world.lock, challenge4: new Uint8Array(4), epoch: 1, action: ACTION.unlock };
      world.mine(OWNER, encodeCommandCall({ ...order, notAfterSeconds: world.nowSeconds + 300 }), options);
      world.pass(3_000);
    },
  })),
  {
    name: 'a grant of the owner for another lock, and its guest',
    happen: (world) => {
      const { nowSeconds } = world;
      const terms = { ...EVER, serial: nowSeconds };
      const data = encodeGrantCall(new Uint8Array(20).fill(0x33), STRANGER.address, terms);
      world.mine(OWNER, data, { nonce: 12 }, TOPIC.granted);
      world.pass(3_000);
      unlocks(STRANGER, 0)(world);
    },
  },
  { name: 'an unlock of a guest who may only lock', happen: unlocks(LOCKER, 0) },
  { name: 'an unlock of a guest who was revoked', happen: unlocks(FORMER, 0) },
  {
    name: 'the first grant of a guest who was revoked, and an unlock',
    happen: (world) => {
      world.grant(OWNER, 12, FORMER, { serial: HOME.world.startSeconds - 5 });
      world.pass(3_000);
      unlocks(FORMER, 0)(world);
    },
  },
  { name: 'an unlock outside the hours', happen: unlocks(WEEKLY, 0) },
  { name: 'an unlock beyond the uses', happen: unlocks(USED, 1) },
  {
    name: 'the grant again of a guest whose uses are used up, and an unlock',
    happen: (world) => {
      world.grant(OWNER, 12, USED, { uses: 1, serial: HOME.world.startSeconds });
      world.pass(3_000);
      unlocks(USED, 1)(world);
    },
  },
  { name: 'an unlock after the grant', happen: unlocks(OVER, 0) },
  { name: 'an unlock before the grant', happen: unlocks(EARLY, 0) },
  {
    name: "an unlock no later than the owner's lock",
    happen: unlocks(GUEST, 0, { notAfterSeconds: HOME.world.nowSeconds + 200 }),
  },
  { name: 'an unlock of a guest in privacy', from: PRIVATE, happen: unlocks(GUEST, 0) },
  { name: 'an unlock of the owner in privacy', from: PRIVATE, happen: unlocks(OWNER, 20) },
  {
    name: 'an end of privacy by a guest, and an unlock',
    from: PRIVATE,
    happen: (world) => {
      world.order(GUEST, 0, { action: ACTION.privacyOff });
      world.pass(3_000);
      unlocks(GUEST, 1)(world);
    },
  },
  { name: 'an unlock of a guest in vacation', from: VACANT, happen: unlocks(GUEST, 0) },
  { name: 'an unlock without a challenge after a strict boot', from: STRICT, happen: unlocks(OWNER, 12) },
  { name: 'an unlock without a clock', options: { clockless: true }, happen: unlocks(OWNER, 12) },
  { name: "a guest's unlock without a clock", options: { clockless: true }, happen: unlocks(GUEST, 0) },
  {
    name: "a guest's unlock after the lease",
    from: SILENT,
    asleep: (world) => {
      world.startSeconds += 7_200;
      world.fault = ({ url }) => (url === THREE[0] ? undefined : { failure: 'timeout' });
    },
    happen: unlocks(GUEST, 0),
  },
  {
    name: "a guest's unlock before a revocation in the same answer",
    // Whoever refuses the revocation lets the guest in: a lock that never heard it could do no better.
    isForbidden: ({ notices }) =>
      notices.some((notice) => notice.event === 'verified' && notice.command === 'grant'),
    happen: (world) => {
      world.order(GUEST, 0, { action: ACTION.unlock, notAfterSeconds: world.nowSeconds + 800 });
      world.grant(OWNER, 12, GUEST, { rights: 0, serial: world.nowSeconds });
      world.pass(4_000);
    },
  },
  {
    name: 'an unlock of a guest who is locked out',
    before: (world) => {
      for (let i = 0; i < 5; i++)
        world.order(LOCKER, i, { action: ACTION.unlock, notAfterSeconds: world.nowSeconds + 890 + i });
      world.pass(3_000);
    },
    happen: unlocks(LOCKER, 9),
  },
  ...[
    ACTION.lock,
    ACTION.privacyOn,
    ACTION.privacyOff,
    ACTION.vacationOff,
    ACTION.passageOn,
    ACTION.passageOff,
  ].map((action) => ({
    name: `a true order ${action} of the owner, which opens nothing`,
    happen: unlocks(OWNER, 12, { action }),
  })),
  { name: "a guest's lock", happen: unlocks(GUEST, 0, { action: ACTION.lock }) },
  {
    name: 'grants, a revocation and a handover that are true',
    happen: (world) => {
      world.grant(OWNER, 12, person(20), {});
      world.pass(2_000);
      world.grant(OWNER, 13, GUEST, { rights: 0 });
      world.pass(2_000);
      world.handover(OWNER, 14, person(21));
      world.pass(3_000);
    },
  },
  {
    name: 'a door, a button outside, sensors, and time that passes',
    happen: (world) => {
      world.give({ kind: 'door-sensed', door: 'open' });
      world.give({ kind: 'outside-pressed' });
      world.give({ kind: 'door-sensed', door: 'closed' });
      world.give({ kind: 'bolt-sensed', bolt: 'between' });
      world.pass(5_000);
      world.give({ kind: 'bolt-sensed', bolt: 'locked' });
      world.give({ kind: 'bolt-released' });
      world.tellTime();
      world.pass(40_000, 5_000);
    },
  },
];
