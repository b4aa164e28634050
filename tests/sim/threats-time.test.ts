import assert from 'node:assert/strict';
import { encodeGrantCall } from '../../firmware/protocol/command.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { ORDER_AHEAD_SECONDS_MAX } from '../../firmware/protocol/limits.js';
import { TOPIC } from '../../firmware/protocol/lock-registry.js';
import { ACTION } from '../../firmware/protocol/order.js';
import { FOR_EVER_SECONDS, type Terms } from '../../firmware/protocol/terms.js';
import { logOf } from '../unit/lock/fake-node.js';
import { LockWorld } from '../unit/lock/fixture.js';
import { firstFour, GUEST, type Mined, OWNER, type Person, person } from '../unit/lock/signer.js';
import { drawnFor } from './drawn-for.js';
import { FAST } from './typed-signer.js';

const DEVICE = { device: { engine: FAST } };
const TEN_YEARS_SECONDS = 315_576_000;
const LATER = person(40);

describe('a clock that jumps by ten years', () => {
  /** What happens in this lock's life, each for as long as it takes. */
  const story: readonly ((world: LockWorld) => void)[] = [
    (world) => void world.grant(OWNER, 0, GUEST, {}),
    (world) =>
      void world.grant(OWNER, 1, LATER, { notBeforeSeconds: world.nowSeconds + TEN_YEARS_SECONDS / 2 }),
    (world) => void world.order(OWNER, 2, { action: ACTION.unlock }),
    (world) => void world.order(OWNER, 3, { action: ACTION.lock }),
    (world) => void world.order(GUEST, 0, { action: ACTION.unlock, notAfterSeconds: world.nowSeconds + 800 }),
    (world) => void world.order(OWNER, 4, { action: ACTION.lock }),
  ];

  for (const seconds of [TEN_YEARS_SECONDS, -TEN_YEARS_SECONDS])
    it(`${seconds > 0 ? 'forward' : 'back'}, before any step of a story: opens for nothing late or early, and the owner gets in`, () => {
      for (let at = 0; at <= story.length; at++) {
        let world = new LockWorld(DEVICE).boot().pair();
        // The first time after pairing is believed, whatever it is.
        world.tellTime();
        world.pass(3_000);
        const late = world.signOrder(OWNER, 5, {
          action: ACTION.unlock,
          notAfterSeconds: world.nowSeconds - 1,
        });
        for (const [i, step] of story.entries()) {
          if (i === at) {
            world.tellTime(world.nowSeconds + seconds);
            // A boot in between: what flash says of time must not be of the lie.
            if (at % 2 === 0) world = world.reboot({ ...DEVICE, clockless: true });
          }
          step(world);
          world.pass(4_000);
        }
        if (at === story.length) world.tellTime(world.nowSeconds + seconds);
        world.driven.length = 0;
        world.show(late);
        world.order(LATER, 0, { action: ACTION.unlock });
        world.order(LATER, 1, { action: ACTION.unlock, notAfterSeconds: world.nowSeconds + seconds + 300 });
        world.pass(6_000);
        assert.ok(!world.driven.includes('unlocked'), `jump before step ${at}`);
        world.tellTime();
        world.order(OWNER, 9, { action: ACTION.unlock, challenge4: firstFour(world.lastReport().nonce) });
        world.pass(6_000);
        assert.equal(world.bolt, 'unlocked', `jump before step ${at}: the owner, with a challenge`);
        world.order(OWNER, 10, { action: ACTION.lock });
        world.pass(6_000);
        assert.equal(world.bolt, 'locked', `jump before step ${at}`);
      }
    });
});

describe('flash that is put back, with the whole history shown again', () => {
  /** @returns flash as it was after each step, and until when each order was good */
  function life(texts: ReadonlyMap<string, string>) {
    const world = new LockWorld({ ...DEVICE, texts }).boot().pair();
    world.pass(3_000);
    const images = [new Map(world.flash)];
    const ends = new Map<string, number>();
    for (let i = 0; i < 9; i++) {
      if (i === 4) world.grant(OWNER, i, GUEST, {});
      else {
        const action = i % 2 === 0 || i === 5 ? ACTION.unlock : ACTION.lock;
        const notAfterSeconds = world.nowSeconds + (i === 5 ? 700 : 300);
        const { hash } = world.order(i === 5 ? GUEST : OWNER, i, { action, notAfterSeconds });
        ends.set(formatHex(hash), notAfterSeconds);
      }
      world.pass(60_000);
      images.push(new Map(world.flash));
    }
    return { world, images, ends };
  }

  /** A boot from that image, before a node that shows all of the past in its newest block. */
  function bootFrom(world: LockWorld, flash: ReadonlyMap<string, Uint8Array>, clockless = false): LockWorld {
    const next = new LockWorld({ ...DEVICE, flash, clockless });
    next.startSeconds = world.nowSeconds;
    next.head = world.head + 100;
    next.chain.push(...world.chain);
    const history: readonly Mined[] = world.chain.map((mined) => ({ ...mined, block: next.head }));
    next.answer = (method) =>
      method === 'eth_getLogs' ? history.map((mined) => logOf(mined, next.lock)) : undefined;
    next.boot();
    next.pass(30_000);
    return next;
  }

  it('opens nothing with strict-after-boot, with or without a clock', () => {
    const { world, images } = life(new Map([['strict-after-boot', 'on']]));
    for (const [i, flash] of images.entries())
      for (const clockless of [false, true])
        assert.ok(!bootFrom(world, flash, clockless).driven.includes('unlocked'), `image ${i}`);
  });

  it('opens without it for orders that have not expired alone, each once in a boot', () => {
    const { world, images, ends } = life(new Map());
    let openings = 0;
    for (const [i, flash] of images.entries()) {
      const next = bootFrom(world, flash);
      const drawn = drawnFor(next);
      openings += drawn.length;
      for (const hash of drawn) assert.ok((ends.get(hash) ?? 0) >= next.startSeconds, `image ${i}`);
      assert.equal(new Set(drawn).size, drawn.length, `image ${i}`);
      assert.ok(next.driven.length <= 1, `image ${i}: one round, one drive`);
      const driven = next.driven.length;
      next.pass(60_000);
      assert.equal(next.driven.length, driven, `image ${i}: again in the same boot`);
    }
    assert.ok(openings > 0, 'SECURITY.md says that this remains');
  });

  it('refuses the records of another chip: it is a new lock, which nobody has paired', () => {
    const { world, images } = life(new Map());
    for (const flash of images) {
      const next = new LockWorld({
        device: { engine: FAST, journalKey32: new Uint8Array(32).fill(5) },
        entropySeed: 5,
        flash,
      });
      next.head = world.head;
      next.chain.push(...world.chain);
      next.boot();
      next.press();
      next.pass(10_000);
      assert.deepEqual([next.driven, next.posts], [[], []]);
      assert.ok(next.refusals().includes('record'));
      assert.notEqual(formatHex(next.lock), formatHex(world.lock));
    }
  });
});

describe('signed words in every order of delivery', () => {
  /** The owner's orders at equal and rising nonces, a grant and its end: signed in this order. */
  function words(world: LockWorld): readonly Omit<Mined, 'block'>[] {
    const t = world.nowSeconds;
    const order = (by: Person, nonce: number, action: number, notAfterSeconds: number) => ({
      ...world.signOrder(by, nonce, { action, notAfterSeconds }),
      topic: TOPIC.commanded,
    });
    const grant = (nonce: number, rights: number, serial: number) => {
      const data = encodeGrantCall(world.lock, GUEST.address, { ...TERMS, rights, serial });
      const mined = world.mine(OWNER, data, { nonce }, TOPIC.granted);
      world.chain.pop();
      return mined;
    };
    return [
      order(OWNER, 0, ACTION.unlock, t + 300),
      // The same nonce again: it takes the place of the first, and ends later.
      order(OWNER, 0, ACTION.lock, t + 301),
      grant(1, 3, t),
      grant(3, 0, t),
      order(OWNER, 4, ACTION.lock, t + ORDER_AHEAD_SECONDS_MAX),
    ];
  }

  for (const isTogether of [true, false])
    it(`${isTogether ? 'in one answer' : 'one by one'}: the last wish is obeyed, and none twice`, () => {
      const first = new LockWorld(DEVICE).boot().pair();
      const said = words(first);
      const base = new Map(first.flash);
      for (const order of permutations(said.map((_, i) => i))) {
        const world = new LockWorld({ ...DEVICE, flash: base, bolt: 'unlocked' }).boot();
        for (const i of [...order, ...[...order].reverse()]) {
          const word = said[i];
          assert.ok(word !== undefined);
          world.chain.push({ ...word, block: ++world.head });
          if (!isTogether) world.pass(1_000, 1_000);
        }
        world.pass(6_000);
        const name = order.join(' ');
        assert.equal(world.bolt, 'locked', name);
        assert.ok(world.driven.filter((target) => target === 'unlocked').length <= 2, name);
        const verified = world.notices.flatMap((notice) =>
          notice.event === 'verified' ? [formatHex(notice.tx)] : [],
        );
        assert.equal(new Set(verified).size, verified.length, name);
        // Whatever came first, the grant is over.
        world.driven.length = 0;
        world.order(GUEST, 0, { action: ACTION.unlock, notAfterSeconds: world.nowSeconds + 900 });
        world.pass(2_000);
        assert.deepEqual(world.driven, [], name);
      }
    });
});

const TERMS: Terms = {
  notBeforeSeconds: 0,
  notAfterSeconds: FOR_EVER_SECONDS,
  rights: 3,
  weekdays: 0,
  dayStartMinutes: 0,
  dayEndMinutes: 0,
  uses: 0,
  epoch: 1,
  serial: 0,
};

function permutations(items: readonly number[]): readonly (readonly number[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, i) =>
    permutations(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]),
  );
}
