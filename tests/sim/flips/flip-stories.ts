import { N } from '../../../firmware/crypto/field.js';
import { transactionHash } from '../../../firmware/crypto/sender.js';
import { encodeCommandCall, encodeGrantCall } from '../../../firmware/protocol/command.js';
import { formatQuantity } from '../../../firmware/protocol/hex.js';
import { TOPIC } from '../../../firmware/protocol/lock-registry.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { transactionFromRpc } from '../../../firmware/protocol/transaction.js';
import type { LockWorld } from '../../unit/lock/fixture.js';
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
import {
  EARLY,
  EVER,
  FORMER,
  HOME,
  LOCKER,
  OVER,
  PRIVATE,
  SILENT,
  STRICT,
  type Story,
  THREE,
  USED,
  VACANT,
  WEEKLY,
} from './flip-home.js';

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
