import assert from 'node:assert/strict';
import { LIE_NAMES, LIES, type LieName } from '../../host-sim/world/lies.js';
import { type LyingNode, startLyingNode } from '../../host-sim/world/lying-node.js';
import { until } from './patience.js';
import { TestChain } from './test-chain.js';
import { LOCK, TestLock, UNLOCK } from './test-lock.js';

/** Polls during which a lie that gives the lock nothing to judge is watched. */
const QUIET_POLLS = 3;

/** A lock whose first endpoint lies as told, beside honest ones. */
class LiedTo {
  readonly lock: TestLock;
  readonly node: LyingNode;
  #told = 0;

  private constructor(lock: TestLock, node: LyingNode) {
    this.lock = lock;
    this.node = node;
  }

  static async start(chain: TestChain, honest: number): Promise<LiedTo> {
    const owner = await chain.newPerson();
    const node = await startLyingNode({
      upstream: chain.anvil.rpcUrl,
      unixMs: () => chain.clock.unixMs(),
    });
    try {
      // Another spelling of the same node is another endpoint to the lock.
      const others = Array.from({ length: honest }, (_, i) => `${chain.anvil.rpcUrl}/?${i}`);
      const lock = await TestLock.start({ chain, owner, endpoints: [node.url, ...others] });
      node.aim({
        chainId: chain.anvil.chainId,
        registry: chain.registry,
        lock: lock.address,
        owner: owner.address,
        ownerKey: owner.privateKey,
        epoch: 1,
      });
      return new LiedTo(lock, node);
    } catch (error) {
      await node.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.lock.stop();
    await this.node.stop();
  }

  /** Tells a lie until the lock has refused it by one of its reasons. @returns the refusals that it caused */
  async tell(name: LieName): Promise<readonly string[]> {
    const { lock, node } = this;
    await this.#bury();
    const from = lock.refusals.length;
    const polls = lock.polls;
    const reasons: readonly string[] = LIES[name].reasons;
    // What is in doubt from an earlier lie is asked for again, and refused again.
    const heard = () => lock.refusalsSince(from).some((reason) => reasons.includes(reason));
    const isQuiet = () => LIES[name].mayBeQuiet && lock.polls >= polls + QUIET_POLLS;
    const done = () => until(`${name}: ${reasons.join(' or ')}`, () => heard() || isQuiet());
    await node.lie(name);
    try {
      await (name === 'hang' ? lock.chain.hurry(done) : done());
    } finally {
      await node.lie(null);
    }
    return lock.refusalsSince(from);
  }

  /** The owner's order while the node lies. */
  async obeyDespite(name: LieName, action: number): Promise<void> {
    const { lock, node } = this;
    await this.#bury();
    await node.lie(name);
    try {
      await (name === 'hang' ? lock.chain.hurry(() => lock.obey(action)) : lock.obey(action));
    } finally {
      await node.lie(null);
    }
    // The lock may still wait for what it asked before.
    if (name === 'hang') await lock.chain.hurry(() => lock.pollsPass(3));
  }

  /** A lock that looks back over dozens of events at once finds them too large: old ones go out of its sight. */
  async #bury(): Promise<void> {
    if (++this.#told % 10 !== 0) return;
    await this.lock.chain.bury();
    await this.lock.pollsPass(3);
  }

  /** After a failure the lock waits a second or more; a test need not. */
  async recover(): Promise<void> {
    const polls = this.lock.polls;
    await this.lock.chain.hurry(() => until('the lock to poll again', () => this.lock.polls > polls));
  }
}

describe('a lying endpoint, alone', function () {
  this.timeout(30_000);
  let chain: TestChain;
  let world: LiedTo;
  let turn = UNLOCK;

  before(async () => {
    chain = await TestChain.start();
    world = await LiedTo.start(chain, 0);
    // Lies about a real order need one.
    await world.lock.obey(UNLOCK);
    await world.lock.obey(LOCK);
  });
  after(async () => {
    await world.stop();
    await chain.stop();
  });

  for (const name of LIE_NAMES) {
    const { title, reasons } = LIES[name];
    it(`${name}, ${title}: refused as ${reasons.join(' or ') || 'nothing'}, and service goes on`, async () => {
      const { lock } = world;
      const { moves, bolt } = lock.world;
      const reports = lock.reports.length;
      const refusals = await world.tell(name);
      for (const reason of refusals) assert.ok((reasons as readonly string[]).includes(reason), reason);
      await world.recover();
      assert.equal(lock.world.moves, moves, 'the motor did not run');
      assert.equal(lock.world.bolt, bolt);
      const accepted = lock.reports.slice(reports).filter(({ cause }) => cause !== 'refusal');
      assert.deepEqual(accepted, [], 'the lock reports refusals alone');
      await lock.obey(turn);
      turn = turn === LOCK ? UNLOCK : LOCK;
    });
  }

  it('opens nothing over all lies, and every report verifies', () => {
    const { lock } = world;
    assert.equal(lock.world.moves, 2 + LIE_NAMES.length, "each movement was an order of the owner's");
    const commands = lock.reports.filter(({ cause }) => cause === 'command');
    assert.equal(commands.length, 2 + LIE_NAMES.length, 'one receipt for each of them');
    const last = lock.reports.at(-1) ?? assert.fail();
    assert.equal(last.epoch, 1);
    lock.check();
  });
});

describe('a lying endpoint among three', function () {
  this.timeout(30_000);
  let chain: TestChain;
  let world: LiedTo;
  let turn = UNLOCK;

  before(async () => {
    chain = await TestChain.start();
    world = await LiedTo.start(chain, 2);
    await world.lock.obey(UNLOCK);
    await world.lock.obey(LOCK);
  });
  after(async () => {
    await world.stop();
    await chain.stop();
  });

  for (const name of LIE_NAMES) {
    it(`${name}: the owner's order gets through, and nothing else`, async () => {
      const { moves } = world.lock.world;
      await world.obeyDespite(name, turn);
      assert.equal(world.lock.world.moves, moves + 1);
      turn = turn === LOCK ? UNLOCK : LOCK;
    });
  }

  it('does not keep the lock from any honest one, and every report verifies', () => {
    const { lock } = world;
    const urls = new Set(lock.notices.flatMap((notice) => (notice.event === 'polled' ? [notice.url] : [])));
    assert.equal(urls.size, 3);
    assert.equal(lock.world.moves, 2 + LIE_NAMES.length);
    lock.check();
  });
});
