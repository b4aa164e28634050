import assert from 'node:assert/strict';
import { postOf } from '../../../../firmware/lock/poll-post.js';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { lease } from '../../../../host-sim/checkers/lease.js';
import { GUEST, HandMadeScene, OWNER } from './scene.js';

const HOUR = { texts: new Map([['guest-lease', '1']]), nodes: { count: 3 } };

function ask(scene: HandMadeScene, node: number, status = 200): void {
  const id = scene.nowMs + node;
  scene.output(postOf(id, `http://node-${node}/`, [{ method: 'eth_blockNumber', params: [] }]));
  scene.input({ kind: 'http-done', id, status, body: new Uint8Array(0) });
}

function play(): HandMadeScene {
  const scene = new HandMadeScene(lease, HOUR);
  scene.grant();
  for (const node of [0, 1, 2]) ask(scene, node);
  return scene.pass(3_700);
}

describe('lease', () => {
  it('lets guests open while half of the nodes answer, and the owner at any time', () => {
    const scene = play();
    ask(scene, 0);
    ask(scene, 2);
    scene.order(GUEST, ACTION.unlock);
    const other = play();
    other.order(OWNER, ACTION.unlock);
    assert.deepEqual([...scene.open().found, ...other.open().found], []);
  });

  it('finds a guest’s opening while one of three answers, and one that answers with errors counts for none', () => {
    const scene = play();
    ask(scene, 0);
    ask(scene, 1, 502);
    scene.order(GUEST, ACTION.unlock);
    assert.match(scene.open().found.join(), /3700 s after the last contact/);
  });

  it('asks nothing where the lock was told other times', () => {
    const scene = play();
    scene.clockBehindSeconds = 60;
    scene.order(GUEST, ACTION.unlock);
    assert.deepEqual(scene.open().found, []);
  });
});
