import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { hearing } from '../../../../host-sim/checkers/hearing.js';
import type { SignedWord } from '../../../../host-sim/world/archive.js';
import { logsOf, NODE_A, NODE_B, NodeTalk } from './node-talk.js';
import { HandMadeScene, OWNER } from './scene.js';

const LATE_SECONDS = 900;

/** A scene with an order on the chain that the lock has not seen. */
class Hearing {
  readonly scene: HandMadeScene;
  word: SignedWord;
  readonly #talk: NodeTalk;

  /** @param moodsPerHour - 0 where every node is honest all the time */
  constructor(moodsPerHour = 1) {
    this.scene = new HandMadeScene(hearing, { nodes: { moodsPerHour } });
    this.word = this.scene.signOrder(OWNER, ACTION.unlock);
    this.#talk = new NodeTalk(this.scene);
    this.scene.mined.add(this.word.hash);
  }

  /** A round in which a node tells of it, and which is over or broken off. */
  tell(times: number, url = NODE_A, isOver = true): this {
    for (let i = 0; i < times; i++) {
      this.#talk.answer(this.#talk.ask([logsOf(1)], url), [[{ transactionHash: this.word.hash }, {}]]);
      if (isOver) this.scene.output({ kind: 'notice', notice: { event: 'polled', url, head: 5 } });
    }
    return this;
  }

  askFor(times: number, url = NODE_A, hash: string = this.word.hash): this {
    for (let i = 0; i < times; i++) {
      const id = this.#talk.ask([{ method: 'eth_getTransactionByHash', params: [hash] }], url);
      this.#talk.answer(id, [null]);
    }
    return this;
  }

  end(seconds = LATE_SECONDS): string {
    return this.scene.pass(seconds).end().found.join();
  }
}

const MISSED = /told of nonce 0 of 0x[0-9a-f]+, and the lock has never seen it/;

describe('hearing', () => {
  it('lets a lock see what it was told of', () => {
    const scene = new Hearing().tell(3);
    scene.scene.show(scene.word);
    assert.equal(scene.end(), '');
  });

  it('lets one be that an endpoint was asked for often, in whichever round', () => {
    assert.equal(new Hearing().tell(3).askFor(3).end(), '');
    assert.equal(new Hearing().tell(3, NODE_A).askFor(3, NODE_B).end(), '');
  });

  it('asks for nothing that is not on the chain, that was told late, or in two rounds only', () => {
    const dropped = new Hearing().tell(3);
    dropped.scene.mined.clear();
    assert.equal(dropped.end(), '');
    assert.equal(new Hearing().tell(3).end(LATE_SECONDS - 1), '');
    assert.equal(new Hearing().tell(2).end(), '');
  });

  it('asks for what an honest node has told of once', () => {
    assert.equal(new Hearing(0).tell(1, NODE_A, false).end(), '');
    assert.match(new Hearing(0).tell(1).end(), MISSED);
  });

  it('counts a round once, and no answer but to a question for events', () => {
    const scene = new Hearing().tell(2);
    scene.scene.output({ kind: 'notice', notice: { event: 'polled', url: NODE_A, head: 5 } });
    assert.equal(scene.end(), '');
    const other = new Hearing().tell(2);
    const talk = new NodeTalk(other.scene);
    talk.answer(talk.ask([{ method: 'eth_call', params: [] }]), [[{ transactionHash: other.word.hash }]]);
    other.scene.output({ kind: 'notice', notice: { event: 'polled', url: NODE_A, head: 5 } });
    assert.equal(other.end(), '');
  });

  it('counts no round that is broken off, by the lock or by a boot', () => {
    assert.equal(new Hearing().tell(2).tell(1, NODE_A, false).end(), '');
    const scene = new Hearing().tell(2).tell(1, NODE_A, false);
    scene.scene.cut().turnOn();
    scene.scene.output({ kind: 'notice', notice: { event: 'polled', url: NODE_A, head: 5 } });
    assert.equal(scene.end(), '');
  });

  it('finds what was told and never asked for, or hardly', () => {
    const late = new Hearing();
    late.scene.pass(5_000);
    assert.match(late.tell(3).end(), MISSED);
    assert.match(new Hearing().tell(3).askFor(2).end(), MISSED);
    assert.match(new Hearing().tell(3).askFor(2).askFor(2, NODE_B).end(), MISSED);
    assert.match(
      new Hearing()
        .tell(3)
        .askFor(3, NODE_A, `0x${'00'.repeat(32)}`)
        .end(),
      MISSED,
    );
  });

  it('says it of one alone', () => {
    const scene = new Hearing().tell(3);
    const other = scene.scene.signOrder(OWNER, ACTION.lock);
    scene.scene.mined.add(other.hash);
    scene.word = other;
    assert.match(scene.tell(3).end(), MISSED);
    assert.equal(scene.scene.found.length, 1);
  });

  it('counts what several nodes tell together, from the third time on', () => {
    const scene = new Hearing().tell(1).tell(1, NODE_B);
    scene.scene.pass(LATE_SECONDS);
    assert.match(scene.tell(1).end(), MISSED);
    const again = new Hearing().tell(3);
    again.scene.pass(LATE_SECONDS - 1);
    assert.match(again.tell(5).end(1), MISSED);
  });
});
