import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import type { Terms } from '../../../../firmware/protocol/terms.js';
import { granted } from '../../../../host-sim/checkers/granted.js';
import { GUEST, HandMadeScene, OWNER, START_SECONDS, type WeatherChange } from './scene.js';

const DAY_MINUTE = Math.floor((START_SECONDS % 86_400) / 60);
const SUNDAY = 0x40;
const FOUND = /no grant of 0x[0-9a-f]+ allows any more, or yet/;

interface Play {
  readonly terms?: Partial<Terms>;
  readonly weather?: WeatherChange;
  /** From the order to its receipt. */
  readonly seconds?: number;
  readonly before?: (scene: HandMadeScene) => void;
}

/** A guest is granted something and opens; what is found at the receipt. */
function open({ terms = {}, weather = {}, seconds = 0, before = () => {} }: Play = {}): string {
  const scene = new HandMadeScene(granted, weather);
  scene.receipt(scene.grant({ serial: START_SECONDS, ...terms }));
  before(scene);
  const word = scene.order(GUEST, ACTION.unlock);
  return scene.pass(seconds).receipt(word).found.join();
}

const hours = (from: number, to: number) => ({
  dayStartMinutes: DAY_MINUTE + from,
  dayEndMinutes: DAY_MINUTE + to,
});

describe('granted', () => {
  it('lets a guest open in the window, the days and the hours of a grant', () => {
    assert.equal(open(), '');
    assert.equal(open({ terms: { notBeforeSeconds: START_SECONDS, notAfterSeconds: START_SECONDS } }), '');
    assert.equal(open({ terms: { weekdays: SUNDAY, ...hours(-5, 5) } }), '');
  });

  it('lets terms hold at any moment from the order to its receipt', () => {
    assert.equal(open({ terms: { notBeforeSeconds: START_SECONDS + 60 }, seconds: 60 }), '');
    assert.equal(open({ terms: { notAfterSeconds: START_SECONDS - 5 }, seconds: 60 }), '');
    assert.equal(open({ terms: hours(5, 6), seconds: 600 }), '');
  });

  it('finds an opening before or after the window', () => {
    assert.match(open({ terms: { notBeforeSeconds: START_SECONDS + 6 } }), FOUND);
    assert.match(open({ terms: { notAfterSeconds: START_SECONDS - 6 } }), FOUND);
  });

  it('looks from the moment on at which the order was shown, not from the beginning', () => {
    const later = (scene: HandMadeScene) => {
      scene.pass(60);
    };
    assert.equal(open({ terms: { notAfterSeconds: START_SECONDS + 55 }, before: later }), '');
    assert.match(open({ terms: { notAfterSeconds: START_SECONDS + 54 }, before: later }), FOUND);
  });

  it('finds an opening on another day, or outside the hours', () => {
    assert.match(open({ terms: { weekdays: 0x7f & ~SUNDAY } }), FOUND);
    assert.match(open({ terms: hours(5, 9) }), FOUND);
    assert.match(open({ terms: hours(-9, -5) }), FOUND);
  });

  it('finds an opening after a report has ended the grant, and one of nobody that was granted anything', () => {
    const revoke = (scene: HandMadeScene) => {
      scene.receipt(scene.grant({ rights: 0, serial: START_SECONDS + 1 }));
    };
    assert.match(open({ before: revoke }), FOUND);
    const scene = new HandMadeScene(granted);
    assert.match(scene.receipt(scene.order(GUEST, ACTION.unlock)).found.join(), FOUND);
  });

  it('lets a guest open whose revocation no report has confirmed', () => {
    const shown = (scene: HandMadeScene) => {
      scene.grant({ rights: 0, serial: START_SECONDS + 1 });
    };
    assert.equal(open({ before: shown }), '');
  });

  it("reads hours by the lock's own zone", () => {
    const weather = { texts: new Map([['time-zone', 'CET-1']]) };
    assert.equal(open({ terms: hours(55, 65), weather }), '');
    assert.match(open({ terms: hours(-5, 5), weather }), FOUND);
  });

  it('allows for clocks that go wrong, by any hour where they do by a day', () => {
    const behind = (scene: HandMadeScene) => {
      scene.clockBehindSeconds = 60;
    };
    const ahead = (scene: HandMadeScene) => {
      scene.clockAheadSeconds = 60;
    };
    const after = { notAfterSeconds: START_SECONDS - 65 };
    const yet = { notBeforeSeconds: START_SECONDS + 65 };
    assert.deepEqual([open({ terms: after, before: behind }), open({ terms: yet, before: ahead })], ['', '']);
    assert.match(open({ terms: after, before: ahead }), FOUND);
    assert.match(open({ terms: yet, before: behind }), FOUND);
    const byDays = (scene: HandMadeScene) => {
      scene.clockAheadSeconds = 86_400;
    };
    assert.equal(open({ terms: hours(-9, -5), before: byDays }), '');
  });

  it('asks nothing of the owner, of who locks, and of a lock whose flash has refused a write', () => {
    const scene = new HandMadeScene(granted).pass(1);
    scene.receipt(scene.order(OWNER, ACTION.unlock)).receipt(scene.order(GUEST, ACTION.lock));
    scene.input({ kind: 'store-failed', key: 'state-a' }).receipt(scene.order(GUEST, ACTION.unlock));
    assert.deepEqual(scene.found, []);
  });
});
