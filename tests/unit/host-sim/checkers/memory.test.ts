import assert from 'node:assert/strict';
import { encodeLockState, FIRST_STATE, type LockState } from '../../../../firmware/lock/lock-state.js';
import { postOf } from '../../../../firmware/lock/poll-post.js';
import {
  HTTP_BODY_BYTES_MAX,
  OUTBOX_REPORTS_MAX,
  REPORT_BYTES_MAX,
} from '../../../../firmware/protocol/limits.js';
import { memory } from '../../../../host-sim/checkers/memory.js';
import { HandMadeScene } from './scene.js';

/** As the journal has it: a head of 13 bytes, the state, a tag of 16. */
function record(change: Partial<LockState> = {}): Uint8Array {
  const payload = encodeLockState({ ...FIRST_STATE, ...change });
  return Uint8Array.of(...new Uint8Array(13), ...payload, ...new Uint8Array(16));
}

const post = (id: number) => postOf(id, 'http://node/', [{ method: 'eth_blockNumber', params: [] }]);

describe('memory', () => {
  it('lets a lock fill its places, and wait for one thing of each kind', () => {
    const scene = new HandMadeScene(memory);
    for (const key of ['identity-a', 'identity-b', 'reset']) scene.store(key);
    scene.store('state-a', record()).store('state-b', record({ keptCount: 300, takenCount: 44 }));
    for (let i = 0; i < OUTBOX_REPORTS_MAX; i++) scene.store(`report-${i}`);
    scene.output(post(1)).input({ kind: 'http-failed', id: 1, reason: 'timeout' });
    assert.deepEqual(scene.end().found, []);
  });

  it('finds records that no lock has, and records that are too long', () => {
    for (const key of ['report-256', 'guests', 'state-c', 'identity-1']) {
      assert.match(new HandMadeScene(memory).store(key).found.join(), /no lock has/, key);
    }
    const long = new HandMadeScene(memory).store('report-1', new Uint8Array(REPORT_BYTES_MAX + 60));
    assert.match(long.found.join(), /1084 bytes in report-1/);
  });

  it('finds a state that no boot could read', () => {
    assert.match(
      new HandMadeScene(memory).store('state-a', new Uint8Array(40)).found.join(),
      /no boot could read/,
    );
  });

  it('finds a state that remembers more than its limits', () => {
    const hash = new Uint8Array(32);
    const receipt = { by: new Uint8Array(20), command: 1, nonce: 0n, notAfterSeconds: 0, tx: hash };
    const found = (change: Partial<LockState>) =>
      new HandMadeScene(memory).store('state-a', record(change)).found.join();
    assert.match(found({ judged: Array.from({ length: 33 }, () => hash) }), /33 hashes/);
    assert.match(found({ owed: Array.from({ length: 25 }, () => receipt) }), /25 owed receipts/);
    assert.match(found({ keptCount: 257, takenCount: 0 }), /257 reports that wait/);
  });

  it('finds two writes, two reads and three exchanges at a time', () => {
    const scene = new HandMadeScene(memory);
    for (let i = 0; i < 2; i++)
      scene.output({ kind: 'persist', key: `report-${i}`, bytes: new Uint8Array(9) });
    for (let i = 0; i < 2; i++) scene.output({ kind: 'load', key: `report-${i}` });
    for (let i = 0; i < 3; i++) scene.output(post(i));
    assert.match(scene.found.join(), /2 writes at a time.*2 reads at a time.*3 exchanges at a time/);
  });

  it('forgets with the power what the lock waited for', () => {
    const scene = new HandMadeScene(memory);
    scene.output(post(1)).output(post(2)).output({ kind: 'load', key: 'report-1' }).cut().turnOn();
    scene.output(post(1)).output({ kind: 'load', key: 'report-1' });
    assert.deepEqual(scene.found, []);
  });

  it('finds answers that may be larger or later than the limits, and long questions and reports', () => {
    const scene = new HandMadeScene(memory);
    scene.output({
      ...post(1),
      bodyBytesMax: HTTP_BODY_BYTES_MAX + 1,
      timeoutMs: 5_001,
      body: new Uint8Array(2_000),
    });
    scene.output({ kind: 'publish', seq: 1, cose: new Uint8Array(REPORT_BYTES_MAX + 1) });
    assert.equal(scene.found.length, 4);
  });
});
