import assert from 'node:assert/strict';
import { VETO_FIRST_ID } from '../../../../firmware/lock/veto-watch.js';
import { politeness } from '../../../../host-sim/checkers/politeness.js';
import { HEAD, NODE_A, NODE_B, NodeTalk, postOf } from './node-talk.js';
import { PairingScene, SETTINGS } from './pairing-scene.js';
import { HandMadeScene, type WeatherChange } from './scene.js';

/** A node that was asked so often in a row, and has failed each time. */
function failing(times: number, change: WeatherChange = {}) {
  const scene = new HandMadeScene(politeness, change);
  const talk = new NodeTalk(scene);
  for (let i = 0; i < times; i++) {
    if (i > 0) scene.pass(8);
    talk.fail(talk.ask([HEAD]));
  }
  return { scene, talk };
}

/** A node that asks for so much silence. */
function silent(retryAfterSeconds: number) {
  const scene = new HandMadeScene(politeness);
  const talk = new NodeTalk(scene);
  const id = talk.ask([HEAD]);
  scene.input({ kind: 'http-done', id, status: 429, body: new Uint8Array(0), retryAfterSeconds });
  return { scene, talk };
}

const OFTEN = /is asked again after 7000 ms and 5 failures/;
const SILENCE = /is asked in the silence that it asked for/;

describe('politeness', () => {
  it('lets a node that fails be asked once it was left alone', () => {
    const { scene, talk } = failing(5);
    scene.pass(8);
    talk.ask([HEAD]);
    assert.deepEqual(scene.found, []);
  });

  it('lets the first failures be followed at once, and another node be asked meanwhile', () => {
    const { scene, talk } = failing(4);
    talk.fail(talk.ask([HEAD]));
    talk.ask([HEAD], NODE_B);
    assert.deepEqual(scene.found, []);
  });

  it('finds a node that is asked again too soon', () => {
    const { scene, talk } = failing(5);
    scene.pass(7);
    talk.ask([HEAD]);
    assert.match(scene.found.join(), OFTEN);
  });

  it('counts every answer but a good one as a failure, and forgets all at a good one', () => {
    const { scene, talk } = failing(4);
    talk.answer(talk.ask([HEAD]), [], 500);
    scene.pass(7);
    const id = talk.ask([HEAD]);
    assert.match(scene.found.join(), OFTEN);
    scene.found.length = 0;
    talk.answer(id, ['0x1']);
    for (let i = 0; i < 4; i++) talk.fail(talk.ask([HEAD]));
    talk.ask([HEAD]);
    assert.deepEqual(scene.found, []);
  });

  it('counts no answer that is too large, comes twice, or is one to a boot before', () => {
    const { scene, talk } = failing(4);
    talk.fail(talk.ask([HEAD]), 'too-large').fail(4);
    talk.ask([HEAD]);
    const booted = failing(0);
    const ids = [0, 1, 2, 3, 4].map(() => booted.talk.ask([HEAD]));
    booted.scene.cut().turnOn();
    for (const id of ids) booted.talk.fail(id);
    booted.talk.ask([HEAD]);
    assert.deepEqual([...scene.found, ...booted.scene.found], []);
  });

  it('finds a node that is asked in its silence, of two minutes at most', () => {
    for (const [asked, passed] of [
      [30, 29],
      [9_999, 119],
    ] as const) {
      const { scene, talk } = silent(asked);
      scene.pass(passed);
      const id = talk.ask([HEAD]);
      assert.match(scene.found.join(), SILENCE, `${asked}`);
      scene.found.length = 0;
      talk.fail(id);
    }
  });

  it('lets a node be asked once its silence is over', () => {
    for (const [asked, passed] of [
      [30, 30],
      [9_999, 120],
    ] as const) {
      const { scene, talk } = silent(asked);
      scene.pass(passed);
      talk.ask([HEAD]);
      assert.deepEqual(scene.found, [], `${asked}`);
    }
  });

  it('asks nothing of a lock that has booted, searches for a veto, or has no true clock', () => {
    const booted = failing(5);
    booted.scene.cut().turnOn();
    booted.talk.ask([HEAD]);
    const searching = failing(5);
    searching.scene.output(postOf(VETO_FIRST_ID, NODE_A, [HEAD]));
    const timeless = failing(5, { clock: { kind: 'none' } });
    timeless.talk.ask([HEAD]);
    assert.deepEqual([...booted.scene.found, ...searching.scene.found, ...timeless.scene.found], []);
  });

  it('lets a lock ask at once that was told its endpoints a moment ago', () => {
    const pairing = new PairingScene(politeness).pair();
    const talk = new NodeTalk(pairing.scene);
    for (let i = 0; i < 5; i++) {
      pairing.scene.pass(8);
      talk.fail(talk.ask([HEAD]));
    }
    pairing.enter().ask({ kind: 'configure', settings: SETTINGS });
    talk.ask([HEAD]);
    assert.deepEqual(pairing.found, []);
  });

  it('knows nothing more of silence once the lock was told its endpoints', () => {
    const quiet = new PairingScene(politeness).pair();
    const talk = new NodeTalk(quiet.scene);
    const id = talk.ask([HEAD]);
    quiet.input({ kind: 'http-done', id, status: 429, body: new Uint8Array(0), retryAfterSeconds: 60 });
    quiet.enter().ask({ kind: 'configure', settings: SETTINGS });
    talk.ask([HEAD]);
    quiet.scene.pass(11);
    talk.ask([HEAD]);
    assert.deepEqual(quiet.found, []);
  });
});
