import assert from 'node:assert/strict';
import { encodeCommandCall, encodeGrantCall, encodeHandoverCall } from '../../firmware/protocol/command.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { REORG_BLOCKS } from '../../firmware/protocol/limits.js';
import { TOPIC } from '../../firmware/protocol/lock-registry.js';
import { ACTION } from '../../firmware/protocol/order.js';
import { FOR_EVER_SECONDS } from '../../firmware/protocol/terms.js';
import { LockWorld } from '../unit/lock/fixture.js';
import {
  CHAIN_ID,
  GUEST,
  type Mined,
  OWNER,
  type Person,
  person,
  REGISTRY,
  STRANGER,
} from '../unit/lock/signer.js';
import { FAST, signTyped } from './typed-signer.js';

const DEVICE = { device: { engine: FAST } };
const TYPES = [0, 1, 2] as const;
const KINDS = ['order', 'grant', 'handover'] as const;
const FORMER_OWNER = person(30);
const HEIR = person(31);
const FRIEND = person(32);

/** Where and by whom a command was signed; the first of each list is the lock's own. */
interface Coordinates {
  readonly chainId: bigint;
  readonly to: Uint8Array;
  readonly lock: Uint8Array;
  readonly epoch: number;
  readonly by: Person;
}

/** A lock in epoch 2, whose owner has bought it; a guest may come and go. */
function sold(): LockWorld {
  const world = new LockWorld(DEVICE).boot().pair(FORMER_OWNER);
  world.handover(FORMER_OWNER, 0, OWNER);
  world.grant(OWNER, 0, GUEST, { epoch: 2 });
  world.pass(3_000);
  return world;
}

function everywhere({ lock }: LockWorld): readonly Coordinates[] {
  const other = new Uint8Array(20).fill(0x33);
  return [CHAIN_ID, 1n, 4689n].flatMap((chainId) =>
    [REGISTRY, other].flatMap((to) =>
      [lock, other].flatMap((lock) =>
        [2, 1, 3, 0].flatMap((epoch) =>
          [OWNER, GUEST, FORMER_OWNER, STRANGER].map((by) => ({ chainId, to, lock, epoch, by })),
        ),
      ),
    ),
  );
}

function callOf(kind: (typeof KINDS)[number], { lock, epoch }: Coordinates, nowSeconds: number): Uint8Array {
  const notAfterSeconds = nowSeconds + 900;
  if (kind === 'order')
    return encodeCommandCall({
      lock,
      epoch,
      notAfterSeconds,
      challenge4: new Uint8Array(4),
      action: ACTION.unlock,
    });
  if (kind === 'handover')
    return encodeHandoverCall(lock, HEIR.address, { epoch, newEpoch: epoch + 1, notAfterSeconds });
  const days = { weekdays: 0, dayStartMinutes: 0, dayEndMinutes: 0, uses: 0 };
  const window = { notBeforeSeconds: 0, notAfterSeconds: FOR_EVER_SECONDS };
  return encodeGrantCall(lock, FRIEND.address, { ...days, ...window, rights: 3, epoch, serial: nowSeconds });
}

function verifiedBy({ notices }: LockWorld): readonly string[] {
  return notices.flatMap((notice) => (notice.event === 'verified' ? [formatHex(notice.tx)] : []));
}

describe('a command that was signed for somewhere else', () => {
  for (const kind of KINDS)
    for (const type of TYPES) {
      it(`${kind}, type ${type}: of every chain, registry, lock, epoch and signer, only the right ones are obeyed`, () => {
        const world = sold();
        const before = verifiedBy(world).length;
        const right: string[] = [];
        for (const [i, where] of everywhere(world).entries()) {
          const { chainId, to, lock, epoch, by } = where;
          const data = callOf(kind, where, world.nowSeconds);
          const signed = signTyped(by, data, { nonce: i + 1, type, chainId, to });
          world.show(
            signed,
            kind === 'order' ? TOPIC.commanded : kind === 'grant' ? TOPIC.granted : TOPIC.handedOver,
          );
          const isHere = chainId === CHAIN_ID && to === REGISTRY && lock === world.lock && epoch === 2;
          const may = by === OWNER || (kind === 'order' && by === GUEST);
          if (isHere && may) right.push(formatHex(signed.hash));
        }
        world.pass(90_000);
        assert.equal(right.length, kind === 'order' ? 2 : 1);
        assert.deepEqual(verifiedBy(world).slice(before).sort(), [...right].sort());
        assert.equal(world.driven.includes('unlocked'), kind === 'order');
      });
    }
});

describe('a reorganisation after the bolt has moved', () => {
  for (const what of ['drops the order', 'mines it again later', 'mines it again in every block'] as const)
    it(`${what}, at every depth from 1 to ${REORG_BLOCKS}: no second move, and the owner's next wish is done`, () => {
      for (let depth = 1; depth <= REORG_BLOCKS; depth++) {
        const world = new LockWorld(DEVICE).boot().pair();
        world.head += 100;
        const order = world.order(OWNER, 1, { action: ACTION.unlock });
        world.pass(3_000);
        assert.deepEqual(world.driven, ['unlocked']);
        world.head += depth - 1;
        reorganise(world, order, depth, what);
        world.pass(10_000);
        assert.deepEqual(world.driven, ['unlocked'], `depth ${depth}`);
        world.order(OWNER, 2, { action: ACTION.lock });
        world.pass(20_000);
        assert.equal(world.bolt, 'locked', `depth ${depth}`);
      }
    });
});

/** The newest blocks are others now, and the chain is one longer than before. */
function reorganise(world: LockWorld, order: Mined, depth: number, what: string): void {
  const from = world.head - depth + 1;
  world.head++;
  const kept = world.chain.filter(({ hash }) => hash !== order.hash);
  world.chain.length = 0;
  world.chain.push(...kept);
  if (what === 'mines it again later') world.chain.push({ ...order, block: world.head });
  if (what === 'mines it again in every block')
    for (let block = from; block <= world.head; block++) world.chain.push({ ...order, block });
}
