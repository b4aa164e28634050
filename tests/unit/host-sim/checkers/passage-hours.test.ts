import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { ModeMemory } from '../../../../host-sim/checkers/mode-memory.js';
import { isPassage, mayBePassage } from '../../../../host-sim/checkers/passage-hours.js';
import { HandMadeScene, OWNER, START_SECONDS, type WeatherChange } from './scene.js';

/** Scenes begin in this minute of the day, and so many seconds after it began. */
const MINUTE = Math.floor((START_SECONDS % 86_400) / 60);
const INTO_MINUTE = START_SECONDS % 60;

/** Hours from so many minutes after the minute in which scenes begin to so many. */
function hours(from: number, to: number, zone?: string): WeatherChange {
  const text = (minutes: number) => {
    const at = (MINUTE + minutes + 1_440) % 1_440;
    return [Math.floor(at / 60), at % 60].map((part) => String(part).padStart(2, '0')).join(':');
  };
  const texts = new Map([['passage-hours', `mon-sun ${text(from)}-${text(to)}`]]);
  return { texts: zone === undefined ? texts : texts.set('time-zone', zone) };
}

interface Passage {
  /** Stays open for certain, and may stay open. */
  readonly is: boolean;
  readonly may: boolean;
}

/** What is known of passage, so many seconds after it was switched on at the beginning. */
function passage(change: WeatherChange = {}, act: (play: Play) => void = () => {}, seconds = 0): Passage {
  const scene = new HandMadeScene(() => ({ says: 'nothing' }), change);
  const modes = new ModeMemory(scene);
  const on = scene.order(OWNER, ACTION.passageOn);
  scene.receipt(on);
  modes.receipt(on);
  act({ scene, modes });
  scene.pass(seconds);
  return { is: isPassage(scene, modes), may: mayBePassage(scene, modes) };
}

interface Play {
  readonly scene: HandMadeScene;
  readonly modes: ModeMemory;
}

const SURE = { is: true, may: true };
const OPEN = { is: false, may: true };
const OVER = { is: false, may: false };

describe('isPassage and mayBePassage', () => {
  it('are sure of what is on without hours, or well within them', () => {
    assert.deepEqual(passage(), SURE);
    assert.deepEqual(passage(hours(-10, 10)), SURE);
  });

  it('are sure that it is off where nobody has switched it on, or a receipt says so', () => {
    const off = ({ scene, modes }: Play) => modes.receipt(scene.order(OWNER, ACTION.passageOff));
    assert.deepEqual(passage({}, off), OVER);
    assert.deepEqual(passage(hours(10, 20)), OVER);
    assert.deepEqual(passage(hours(-20, -10)), OVER);
  });

  it('are not sure while an order to switch it off was shown', () => {
    const shown = ({ scene, modes }: Play) => modes.shown(scene.order(OWNER, ACTION.passageOff));
    assert.deepEqual(passage({}, shown), OPEN);
  });

  it('are not sure where hours have just begun or ended, or begin in a moment', () => {
    const begin = 60 - INTO_MINUTE;
    assert.deepEqual(passage(hours(1, 20), undefined, begin - 6), OVER);
    assert.deepEqual(passage(hours(1, 20), undefined, begin - 5), OPEN);
    assert.deepEqual(passage(hours(1, 20), undefined, begin + 39), OPEN);
    assert.deepEqual(passage(hours(1, 20), undefined, begin + 40), SURE);
    assert.deepEqual(passage(hours(-20, 1), undefined, begin - 6), SURE);
    assert.deepEqual(passage(hours(-20, 1), undefined, begin - 5), OPEN);
    assert.deepEqual(passage(hours(-20, 1), undefined, begin + 39), OPEN);
    assert.deepEqual(passage(hours(-20, 1), undefined, begin + 40), OVER);
  });

  it("read hours by the lock's own zone", () => {
    assert.deepEqual(passage(hours(50, 70, 'CET-1')), SURE);
    assert.deepEqual(passage(hours(-10, 10, 'CET-1')), OVER);
  });

  it('are not sure where the clock goes wrong, is not there, or is not told', () => {
    const ahead = ({ scene }: Play) => {
      scene.clockAheadSeconds = 1;
    };
    const behind = ({ scene }: Play) => {
      scene.clockBehindSeconds = 1;
    };
    assert.equal(passage(hours(10, 20), ahead).may, true);
    assert.equal(passage(hours(10, 20), behind).may, true);
    assert.deepEqual(passage({ clock: { kind: 'none' } }), OPEN);
    const dark = ({ scene }: Play) => scene.witness.boot();
    assert.deepEqual(passage({}, dark), OPEN);
  });

  it('are not sure where the lock may have another owner by now', () => {
    assert.deepEqual(
      passage({}, ({ scene }) => scene.handOver()),
      OPEN,
    );
  });
});
