import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hashOf, type Log, type NodeAnswer, PollerWorld } from '../unit/lock/poller-world.js';

const URLS = ['http://a.example/', 'http://b.example/'];

/** From here on, the head is no backlog away. */
const NEAR_BLOCK = 1_600;

const logsFrom = (min: number) =>
  fc
    .array(
      fc.record({
        block: fc.integer({ min, max: 5_000 }),
        index: fc.nat(3),
        name: fc.constantFrom('commanded' as const, 'granted' as const, 'handedOver' as const),
      }),
      { maxLength: 40 },
    )
    .map((all) => all.map((each, i): Log => ({ ...each, tx: i + 1 })));
const logs = logsFrom(1);
const nearLogs = logsFrom(NEAR_BLOCK + 1);

/** What a faulty node does to a call; most often nothing. */
const fault: fc.Arbitrary<NodeAnswer | undefined> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<NodeAnswer>(
      { failure: 'timeout' },
      { failure: 'connection' },
      { failure: 'too-large' },
      { status: 503, body: 'later' },
      { status: 200, body: '{}' },
      { error: 'limit exceeded' },
      { result: null },
      { result: '0x' },
      { result: [] },
    ),
  },
);

describe('Poller, whatever one of two nodes answers', () => {
  it('hands over everything that the honest one shows, and nothing that neither does', () => {
    fc.assert(
      fc.property(logs, fc.array(fault, { minLength: 1, maxLength: 30 }), (shown, faults) => {
        const world = new PollerWorld(URLS);
        world.head = 5_000;
        world.logs.push(...shown);
        let calls = 0;
        world.lie = (url) => (url === URLS[0] ? faults[calls++ % faults.length] : undefined);
        world.poll(120);
        const wanted = new Set(shown.map(({ tx }) => tx));
        assert.deepEqual(new Set(world.handedOver), wanted);
        // At most twice from each: before its backlog, and in its turn.
        assert.ok(world.handedOver.length <= 4 * wanted.size);
        assert.equal(world.poller.cursors[1], 5_000);
        assert.equal(world.roundsOver, world.rounds);
      }),
      { numRuns: 60 },
    );
  });

  it('hands a single node’s orders and grants over, each once and in the chain’s order, through failures that end', () => {
    // An empty answer is a lie that one node alone can tell for good; the rest are failures.
    const failures = fault.filter((answer) => answer === undefined || !('result' in answer));
    fc.assert(
      fc.property(nearLogs, fc.array(failures, { maxLength: 20 }), (shown, faults) => {
        // With a backlog before it, the newest come first and twice.
        const world = new PollerWorld(URLS.slice(0, 1), { cursors: [NEAR_BLOCK] });
        world.head = 5_000;
        world.logs.push(...shown);
        let calls = 0;
        // What asks for one transaction may be passed over as too large, which is no failure that ends.
        world.lie = (_, method) => {
          const answer = faults[calls++];
          const isTooLarge = answer !== undefined && 'failure' in answer && answer.failure === 'too-large';
          return isTooLarge && method === 'eth_getTransactionByHash' ? undefined : answer;
        };
        world.poll(900);
        assert.equal(world.poller.cursors[0], 5_000);
        assert.equal(new Set(world.handedOver).size, world.handedOver.length);
        const passedOver = shown.filter(({ tx }) => !world.handedOver.includes(tx));
        assert.deepEqual(passedOver, [], `without ${passedOver.map(({ tx }) => hashOf(tx)).join()}`);
        // Where an answer was too large, what the owner alone can cause comes before the rest.
        const told = world.handedOver.map((tx) => shown[tx - 1] ?? assert.fail());
        for (const isOrder of [true, false]) {
          const blocks = told
            .filter(({ name }) => (name === 'commanded') === isOrder)
            .map(({ block }) => block);
          assert.deepEqual(
            blocks,
            [...blocks].sort((a, b) => a - b),
          );
        }
      }),
      { numRuns: 60 },
    );
  });
});
