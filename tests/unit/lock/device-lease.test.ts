import assert from 'node:assert/strict';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { LockWorld, settingsWith } from './fixture.js';
import { GUEST, type Mined, OWNER } from './signer.js';

const [A, B, C] = ['http://a.example/', 'http://b.example/', 'http://c.example/'] as const;
const HOUR_MS = 3_600_000;

/** A lock with a lease of one hour, and a guest who may come and go. */
function withGuest(endpoints: readonly string[] = [A]): LockWorld {
  const world = new LockWorld().boot();
  world.press();
  world.openPairing();
  const request = world.pairRequest();
  assert.ok(request.kind === 'pair');
  const settings = settingsWith({ endpoints, texts: new Map([['guest-lease', '1']]) });
  assert.equal(world.ask({ ...request, settings })?.kind, 'paired');
  world.give({ kind: 'pairing-closed' });
  world.grant(OWNER, 0, GUEST, {});
  world.pass(5_000);
  return world;
}

/** What the bolt was told within some seconds. */
function drivenBy(world: LockWorld, act: () => void, ms = 5_000): readonly string[] {
  world.driven.length = 0;
  act();
  world.pass(ms);
  return [...world.driven];
}

/** The last refusal that is not about a node that fails. */
function lastRefusal(world: LockWorld): string | undefined {
  return world
    .refusals()
    .filter((reason) => reason !== 'rpc-error')
    .at(-1);
}

function cutOff(world: LockWorld, ...urls: readonly string[]): void {
  world.fault = ({ url }) => (urls.includes(url) ? { failure: 'timeout' } : undefined);
}

describe('Device and the lease of guests’ rights', () => {
  it('ends where fewer than half of the endpoints answer for longer than that, and comes back with them', () => {
    const world = withGuest([A, B, C]);
    cutOff(world, B, C);
    world.pass(HOUR_MS - 60_000, 20_000);
    const unlock = (nonce: number) => () => void world.order(GUEST, nonce, { action: ACTION.unlock });
    assert.deepEqual(drivenBy(world, unlock(0)), ['unlocked']);
    assert.deepEqual(
      drivenBy(world, () => world.order(GUEST, 1, { action: ACTION.lock })),
      ['locked'],
    );
    world.pass(120_000, 20_000);
    assert.deepEqual(drivenBy(world, unlock(2)), []);
    assert.equal(lastRefusal(world), 'lease');
    assert.deepEqual(
      drivenBy(world, () => world.order(OWNER, 1, { action: ACTION.unlock })),
      ['unlocked'],
    );
    assert.deepEqual(
      drivenBy(world, () => world.order(GUEST, 3, { action: ACTION.lock })),
      ['locked'],
    );
    cutOff(world, C);
    world.pass(60_000);
    assert.deepEqual(drivenBy(world, unlock(4)), ['unlocked']);
  });

  it('is carried over a reboot, in writes that are made anyway', () => {
    const world = withGuest([A, B, C]);
    const { writes } = world;
    world.pass(600_000, 20_000);
    assert.equal(world.writes, writes);
    world.order(OWNER, 1, { action: ACTION.lock });
    world.pass(5_000);
    const next = world.reboot();
    cutOff(next, B, C);
    next.pass(HOUR_MS - 120_000, 20_000);
    const unlock = (nonce: number) => () => void next.order(GUEST, nonce, { action: ACTION.unlock });
    assert.deepEqual(drivenBy(next, unlock(0)), ['unlocked']);
    next.pass(240_000, 20_000);
    drivenBy(next, unlock(1));
    assert.equal(lastRefusal(next), 'lease');
  });
});

describe('Device and a guest’s opening among what the owner said later', () => {
  /** The lock was away; meanwhile the guest ordered, and then, many blocks later, more was said. */
  function away(later: (world: LockWorld) => unknown): { world: LockWorld; driven: readonly string[] } {
    const world = withGuest();
    world.head += 10_000;
    world.order(GUEST, 0, { action: ACTION.unlock });
    world.head += 9_000;
    later(world);
    world.head += 100;
    return { world, driven: drivenBy(world, () => undefined, 30_000) };
  }

  it('opens once all was read, where nothing speaks against it', () => {
    assert.deepEqual(away(() => undefined).driven, ['unlocked']);
  });

  it('does not open where a revocation came later, many ranges on', () => {
    const { world, driven } = away((there) => revoke(there));
    assert.deepEqual(driven, []);
    assert.ok(world.refusals().includes('unknown-sender'));
  });

  it('does not open where anybody locked later', () => {
    const notAfter = (world: LockWorld) => ({ action: ACTION.lock, notAfterSeconds: world.nowSeconds + 60 });
    assert.deepEqual(away((there) => there.order(OWNER, 1, notAfter(there))).driven, []);
    assert.deepEqual(away((there) => there.order(GUEST, 1, notAfter(there))).driven, []);
  });

  it('does not keep the owner’s or a guest’s lock waiting', () => {
    const world = withGuest();
    world.order(GUEST, 0, { action: ACTION.unlock });
    world.pass(3_000);
    world.head += 10_000;
    world.order(GUEST, 1, { action: ACTION.lock });
    world.head += 9_000;
    assert.deepEqual(
      drivenBy(world, () => undefined, 6_000),
      ['locked'],
    );
  });

  it('does not open where the revocation is in the same round', () => {
    const world = withGuest();
    const act = () => {
      world.order(GUEST, 0, { action: ACTION.unlock });
      revoke(world);
    };
    assert.deepEqual(drivenBy(world, act), []);
  });

  it('does not open while a node tells of a grant that it does not show', () => {
    const world = withGuest();
    let isHidden = true;
    const act = () => {
      world.order(GUEST, 0, { action: ACTION.unlock });
      const { hash } = revoke(world);
      world.answer = (method, params) =>
        isHidden && method === 'eth_getTransactionByHash' && params[0] === formatHex(hash) ? null : undefined;
    };
    assert.deepEqual(drivenBy(world, act, 60_000), []);
    isHidden = false;
    world.pass(120_000);
    assert.deepEqual(world.driven, []);
    assert.ok(world.refusals().includes('unknown-sender'));
  });

  it('does not open where the round breaks off before the revocation', () => {
    const world = withGuest();
    let broken = 2;
    const act = () => {
      world.order(GUEST, 0, { action: ACTION.unlock });
      const { hash } = revoke(world);
      world.fault = ({ body }) => {
        const isIt = new TextDecoder().decode(body).includes(formatHex(hash));
        return isIt && broken-- > 0 ? { failure: 'timeout' } : undefined;
      };
    };
    assert.deepEqual(drivenBy(world, act, 30_000), []);
    assert.ok(broken < 2);
  });

  it('opens when the clock comes, where the endpoint had told all', () => {
    const world = withGuest();
    const next = world.reboot({ clockless: true });
    next.pass(5_000);
    const waiting = () => void next.order(GUEST, 0, { action: ACTION.unlock });
    assert.deepEqual(drivenBy(next, waiting), []);
    assert.equal(next.refusals().at(-1), 'clock');
    assert.deepEqual(
      drivenBy(next, () => next.tellTime(), 1),
      ['unlocked'],
    );
  });

  it('opens as the other endpoint shows it, once', () => {
    const world = withGuest([A, B]);
    // A lags behind; B is at the head.
    world.answer = (method, _, url) => (method === 'eth_blockNumber' && url === A ? '0xffffff' : undefined);
    assert.deepEqual(
      drivenBy(world, () => world.order(GUEST, 0, { action: ACTION.unlock }), 20_000),
      ['unlocked'],
    );
    assert.deepEqual(world.refusals(), []);
  });
});

function revoke(world: LockWorld): Mined {
  return world.grant(OWNER, 9, GUEST, { rights: 0, serial: world.nowSeconds + 5 });
}
