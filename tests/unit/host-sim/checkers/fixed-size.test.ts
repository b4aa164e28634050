import assert from 'node:assert/strict';
import { postOf } from '../../../../firmware/lock/poll-post.js';
import { logsRequest, transactionByHashRequest } from '../../../../firmware/protocol/ethereum-rpc.js';
import { fixedSize } from '../../../../host-sim/checkers/fixed-size.js';
import { HandMadeScene } from './scene.js';

const TOPIC1 = `0x${'00'.repeat(12)}${'4c'.repeat(20)}`;
const ADDRESS = `0x${'11'.repeat(20)}`;

describe('fixedSize', () => {
  it('lets questions differ by block and by transaction', () => {
    const scene = new HandMadeScene(fixedSize);
    for (let i = 1; i < 60; i++) {
      const range = { address: ADDRESS, topic1: TOPIC1, fromBlock: i ** 4 };
      scene.output(postOf(i, 'http://node/', [logsRequest({ ...range, toBlock: i ** 4 + 9 })]));
      scene.output(postOf(i, 'http://node/', [logsRequest({ ...range, toBlock: 'latest' })]));
      scene.output(postOf(i, 'http://node/', [transactionByHashRequest(new Uint8Array(32).fill(i))]));
    }
    assert.deepEqual(scene.found, []);
  });

  it('finds a question that says more, once', () => {
    const scene = new HandMadeScene(fixedSize);
    for (let i = 1; i < 60; i++) {
      const { body, ...post } = postOf(i, 'http://node/', [{ method: 'eth_blockNumber', params: [] }]);
      const text = `${Buffer.from(body).toString()}${' '.repeat(i)}`;
      scene.output({ ...post, body: Buffer.from(text) });
    }
    assert.equal(scene.found.length, 1);
  });
});
