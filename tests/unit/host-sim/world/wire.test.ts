import assert from 'node:assert/strict';
import { postOf } from '../../../../firmware/lock/poll-post.js';
import type { Input } from '../../../../firmware/lock/ports.js';
import { HTTP_BODY_BYTES_MAX } from '../../../../firmware/protocol/limits.js';
import { EventQueue } from '../../../../host-sim/world/event-queue.js';
import type { NodeAnswer } from '../../../../host-sim/world/hostile-node.js';
import { Prng } from '../../../../host-sim/world/prng.js';
import { Wire, type WireFaults } from '../../../../host-sim/world/wire.js';

const NO_FAULTS: WireFaults = {
  latencyMs: 40,
  loss: 0,
  duplicates: 0,
  late: 0,
  drip: 0,
  sinkLosses: 0,
  sinkLostAcks: 0,
};
const OK: NodeAnswer = { kind: 'body', status: 200, body: new Uint8Array(5), retryAfterSeconds: 7 };

/** One exchange, or one report. @returns what the lock is told of it, and when, seconds rounded up */
function play(
  faults: Partial<WireFaults>,
  act: (wire: Wire, give: (input: Input) => void) => void,
  answer = OK,
) {
  const queue = new EventQueue();
  const given: string[] = [];
  const delivered: number[] = [];
  const wire = new Wire({
    queue,
    prng: new Prng(5, 'wire'),
    faults: { ...NO_FAULTS, ...faults },
    ask: () => answer,
    deliver: (seq) => delivered.push(seq),
    count: () => {},
  });
  act(wire, (input) => {
    const how =
      input.kind === 'http-failed'
        ? ` ${input.reason}`
        : input.kind === 'http-done'
          ? ` ${input.status}`
          : '';
    given.push(`${Math.ceil(queue.nowMs / 1_000)} ${input.kind}${how}`);
  });
  queue.runTo(100_000);
  return { given, delivered };
}

const post = (wire: Wire, give: (input: Input) => void) =>
  wire.post(postOf(1, 'http://node/', [{ method: 'eth_blockNumber', params: [] }]), give);
const publish = (wire: Wire, give: (input: Input) => void) =>
  wire.publish({ kind: 'publish', seq: 3, cose: new Uint8Array(9) }, give);

describe('Wire', () => {
  it('brings an answer, with the silence that it asks for', () => {
    assert.deepEqual(play({}, post).given, ['1 http-done 200']);
    let extra: number | undefined;
    play({}, (wire) =>
      post(wire, (input) => {
        extra = input.kind === 'http-done' ? input.retryAfterSeconds : undefined;
      }),
    );
    assert.equal(extra, 7);
  });

  it('ends what is lost, drips, hangs or is slow in the time that the lock gives it', () => {
    for (const faults of [{ loss: 1 }, { drip: 1 }, { latencyMs: 60_000 }])
      assert.deepEqual(play(faults, post).given, ['5 http-failed timeout']);
    assert.deepEqual(play({}, post, { kind: 'hang' }).given.length, 1);
    assert.deepEqual(play({}, post, { kind: 'cut' }).given, ['1 http-failed connection']);
  });

  it('may bring an answer once more, or late', () => {
    assert.equal(play({ duplicates: 1 }, post).given.length, 2);
    assert.deepEqual(play({ loss: 1, late: 1 }, post).given, ['5 http-failed timeout', '6 http-done 200']);
  });

  it('keeps bodies that are too large from the lock', () => {
    const body = new Uint8Array(HTTP_BODY_BYTES_MAX + 1);
    assert.deepEqual(play({}, post, { kind: 'body', status: 200, body }).given, ['1 http-failed too-large']);
  });

  it('brings nothing over a partition, and everything again in the calm', () => {
    const [line] = play({}, (wire, give) => {
      wire.isPartitioned = true;
      post(wire, give);
    }).given;
    assert.match(line ?? '', /http-failed (timeout|connection)$/);
    const calm = play({ loss: 1 }, (wire, give) => {
      wire.isPartitioned = true;
      wire.calm();
      post(wire, give);
    });
    assert.deepEqual(calm.given, ['1 http-done 200']);
  });

  it('delivers reports, loses them, and loses their acknowledgements', () => {
    assert.deepEqual(play({}, publish), { given: ['1 published'], delivered: [3] });
    assert.deepEqual(play({ sinkLosses: 1 }, publish), { given: ['1 publish-failed'], delivered: [] });
    assert.deepEqual(play({ sinkLostAcks: 1 }, publish), { given: ['1 publish-failed'], delivered: [3] });
    const down = play({}, (wire, give) => {
      wire.isSinkDown = true;
      publish(wire, give);
    });
    assert.deepEqual(down.delivered, []);
  });
});
