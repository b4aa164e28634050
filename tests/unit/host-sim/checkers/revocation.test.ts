import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { revocation } from '../../../../host-sim/checkers/revocation.js';
import { GUEST, HandMadeScene, OWNER, START_SECONDS } from './scene.js';

/** A guest with these terms opens. */
function open(
  terms: Parameters<HandMadeScene['grant']>[0],
  act: (scene: HandMadeScene) => void = () => {},
): string {
  const scene = new HandMadeScene(revocation);
  scene.receipt(scene.grant(terms));
  act(scene);
  scene.order(GUEST, ACTION.unlock);
  return scene.open().found.join();
}

const revoke = (scene: HandMadeScene) => scene.grant({ rights: 0, serial: START_SECONDS + 1 });
const DAY_MINUTE = Math.floor((START_SECONDS % 86_400) / 60);

describe('revocation', () => {
  it('lets a guest open within the terms, and until a report has ended them', () => {
    assert.equal(open({}), '');
    assert.equal(open({ dayStartMinutes: DAY_MINUTE - 5, dayEndMinutes: DAY_MINUTE + 5 }), '');
    assert.equal(open({}, revoke), '');
  });

  it('finds a guest whose terms a report has ended', () => {
    assert.match(
      open({}, (scene) => scene.receipt(revoke(scene))),
      /terms are over/,
    );
  });

  it('finds a guest outside the window, the hours and the rights', () => {
    assert.match(open({ notAfterSeconds: START_SECONDS - 60 }), /terms are over/);
    assert.match(open({ notBeforeSeconds: START_SECONDS + 60 }), /terms are over/);
    assert.match(open({ dayStartMinutes: DAY_MINUTE + 5, dayEndMinutes: DAY_MINUTE + 9 }), /terms are over/);
    assert.match(open({ rights: 1 }), /terms are over/);
  });

  it('asks nothing where an order of the owner is at hand', () => {
    const scene = new HandMadeScene(revocation);
    scene.grant({ rights: 1 });
    scene.order(GUEST, ACTION.unlock);
    scene.order(OWNER, ACTION.unlock);
    assert.deepEqual(scene.open().found, []);
  });
});
