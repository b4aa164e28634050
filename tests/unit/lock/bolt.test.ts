import assert from 'node:assert/strict';
import {
  BOLT_TRANSITIONS,
  type BoltEvent,
  BoltMachine,
  type BoltState,
  type BoltStep,
} from '../../../firmware/lock/bolt.js';
import { BOLT_TRAVEL_MS_MAX, BOLT_TRIES_MAX } from '../../../firmware/protocol/limits.js';

const EVENTS: readonly BoltEvent[] = [
  'sensed-locked',
  'sensed-unlocked',
  'sensed-between',
  'sensed-unknown',
  'want-lock',
  'want-lock-open',
  'want-unlock',
  'want-nothing',
  'released',
  'door-opened',
  'door-closed',
  'try-over',
  'tries-over',
  'blind-over',
];

/** Written once more by hand: where each event leads from each state; a dot changes nothing. */
const EXPECTED: Readonly<Record<BoltState, string>> = {
  unknown: 'locked unlocked . . locking/lock waiting unlocking/unlock . locking . . . . .',
  locked: '. unlocked unknown unknown . . unlocking/unlock . . . . . . .',
  unlocked: 'locked . unknown unknown locking/lock waiting . . locking . . . . .',
  locking: 'locked/stop . . . . . unlocking/unlock . . waiting/stop . locking/lock jammed/stop unknown/stop',
  unlocking:
    '. unlocked/stop . . locking/lock waiting/stop . . . . . unlocking/unlock jammed/stop unknown/stop',
  waiting: 'locked . . . locking/lock . unlocking/unlock unknown . . locking/lock . . .',
  jammed: 'locked unlocked . unknown locking/lock waiting unlocking/unlock . locking . . . . .',
};

/** Brings a machine into a state by events alone. */
function machineIn(state: BoltState): BoltMachine {
  const machine = new BoltMachine();
  machine.senseDoor('closed', 0);
  switch (state) {
    case 'unknown':
      machine.sense('between', 0);
      return machine;
    case 'locked':
    case 'unlocked':
      machine.sense(state, 0);
      return machine;
    case 'locking':
      machine.sense('between', 0);
      machine.want('locked', 0);
      return machine;
    case 'unlocking':
      machine.sense('between', 0);
      machine.want('unlocked', 0);
      return machine;
    case 'waiting':
      machine.sense('between', 0);
      machine.senseDoor('open', 0);
      machine.want('locked', 0);
      return machine;
    case 'jammed':
      machine.sense('between', 0);
      machine.want('locked', 0);
      for (let i = 1; i <= BOLT_TRIES_MAX; i++) machine.tick(i * BOLT_TRAVEL_MS_MAX);
      return machine;
  }
}

/** Lets an event happen, where it can happen in this state at all. */
function happen(machine: BoltMachine, event: BoltEvent): BoltStep | undefined {
  switch (event) {
    case 'sensed-locked':
      return machine.sense('locked', 0);
    case 'sensed-unlocked':
      return machine.sense('unlocked', 0);
    case 'sensed-between':
      return machine.sense('between', 0);
    case 'sensed-unknown':
      return machine.sense('unknown', 0);
    case 'want-lock':
      // The sensor of an open door fails: nobody can say that it stands open.
      machine.senseDoor('unknown', 0);
      return machine.want('locked', 0);
    case 'want-lock-open':
      // The state is to be as it was when the door was seen open.
      if (machine.state === 'locking') return undefined;
      machine.senseDoor('open', 0);
      return machine.want('locked', 0);
    case 'want-unlock':
      return machine.want('unlocked', 0);
    case 'want-nothing':
      return machine.wantNothing(0);
    case 'released':
      return machine.release(0);
    case 'door-opened':
      machine.senseDoor('unknown', 0);
      return machine.senseDoor('open', 0);
    case 'door-closed':
      machine.senseDoor('unknown', 0);
      return machine.senseDoor('closed', 0);
    case 'try-over':
      return machine.tick(BOLT_TRAVEL_MS_MAX);
    case 'tries-over':
      for (let i = 1; i < BOLT_TRIES_MAX; i++) machine.tick(i * BOLT_TRAVEL_MS_MAX);
      return machine.tick(BOLT_TRIES_MAX * BOLT_TRAVEL_MS_MAX);
    case 'blind-over':
      // To lose the sensor is a transition of its own in the states that rest.
      if (machine.state !== 'locking' && machine.state !== 'unlocking') return undefined;
      machine.sense('unknown', 0);
      return machine.tick(BOLT_TRAVEL_MS_MAX);
  }
}

describe('BOLT_TRANSITIONS', () => {
  for (const [state, row] of Object.entries(EXPECTED)) {
    for (const [i, cell] of row.split(' ').entries()) {
      const event = EVENTS[i] ?? assert.fail();
      it(`leads from ${state} by ${event} to ${cell}`, () => {
        const [to, act] = BOLT_TRANSITIONS[state as BoltState][event] ?? ['.', undefined];
        assert.equal(act === undefined ? to : `${to}/${act}`, cell);
        const machine = machineIn(state as BoltState);
        assert.equal(machine.state, state);
        const step = happen(machine, event);
        if (step === undefined) return;
        assert.equal(step.to, to === '.' ? state : to);
        assert.equal(step.act, act);
        assert.equal(machine.state, step.to);
      });
    }
  }
});

describe('BoltMachine', () => {
  it('says locked only where the sensor said so', () => {
    for (const state of Object.keys(EXPECTED) as BoltState[]) {
      assert.equal(machineIn(state).position === 'locked', state === 'locked', state);
    }
    const driven = machineIn('locking');
    driven.tick(BOLT_TRAVEL_MS_MAX);
    assert.equal(driven.position, 'moving');
    driven.sense('between', 0);
    assert.equal(driven.position, 'moving');
  });

  it('says unknown wherever its sensor falls silent, and never the last value', () => {
    for (const state of Object.keys(EXPECTED) as BoltState[]) {
      const machine = machineIn(state);
      machine.sense('unknown', 0);
      assert.equal(machine.position, 'unknown', state);
      assert.notEqual(machine.state, 'locked', state);
    }
    const waiting = machineIn('waiting');
    for (const [sensed, position] of [
      ['unlocked', 'unlocked'],
      ['between', 'unknown'],
      ['unlocked', 'unlocked'],
      ['unknown', 'unknown'],
    ] as const) {
      waiting.sense(sensed, 0);
      assert.equal(waiting.position, position);
      assert.equal(waiting.state, 'waiting');
    }
  });

  it('runs once for a wish that no sensor can answer, and says that it does not know', () => {
    for (const target of ['locked', 'unlocked'] as const) {
      const machine = new BoltMachine();
      const begun = machine.want(target, 0);
      assert.equal(begun.act, target === 'locked' ? 'lock' : 'unlock');
      assert.deepEqual(machine.tick(BOLT_TRAVEL_MS_MAX), { act: 'stop', from: begun.to, to: 'unknown' });
      assert.equal(machine.position, 'unknown');
      assert.equal(machine.dueMs, undefined);
    }
  });

  it('lets a strike fall back without driving it, and finds one that is stuck', () => {
    const machine = machineIn('unlocked');
    assert.deepEqual(machine.release(0), { act: undefined, from: 'unlocked', to: 'locking' });
    assert.equal(machine.position, 'moving');
    machine.sense('between', 0);
    const acts = [1, 2, 3].map((i) => machine.tick(i * BOLT_TRAVEL_MS_MAX).act);
    assert.deepEqual(acts, ['lock', 'lock', 'stop']);
    assert.equal(machine.position, 'jammed');
  });

  it('drives no strike while its door stands open', () => {
    const machine = machineIn('unlocked');
    machine.senseDoor('open', 0);
    machine.release(0);
    assert.deepEqual(machine.tick(BOLT_TRAVEL_MS_MAX), { act: 'stop', from: 'locking', to: 'jammed' });
  });

  it('is where the sensor says once a wish that waits is taken back', () => {
    for (const [sensed, to] of [
      ['unlocked', 'unlocked'],
      ['between', 'unknown'],
    ] as const) {
      const machine = machineIn('waiting');
      machine.sense(sensed, 0);
      assert.deepEqual(machine.wantNothing(0), { act: undefined, from: 'waiting', to });
    }
  });

  it('tries three times, then is jammed and stops', () => {
    const machine = machineIn('unlocking');
    const acts = [1, 2, 3, 4].map((i) => machine.tick(i * BOLT_TRAVEL_MS_MAX).act);
    assert.deepEqual(acts, ['unlock', 'unlock', 'stop', undefined]);
    assert.equal(machine.position, 'jammed');
    assert.equal(machine.dueMs, undefined);
  });

  it('gives each try the whole travel time', () => {
    const machine = machineIn('locking');
    assert.equal(machine.dueMs, BOLT_TRAVEL_MS_MAX);
    assert.equal(machine.tick(BOLT_TRAVEL_MS_MAX - 1).act, undefined);
    assert.equal(machine.tick(BOLT_TRAVEL_MS_MAX).act, 'lock');
    assert.equal(machine.dueMs, 2 * BOLT_TRAVEL_MS_MAX);
  });

  it('has all its tries again when it is wanted again', () => {
    const machine = machineIn('jammed');
    assert.equal(machine.want('locked', 100_000).act, 'lock');
    const acts = [1, 2, 3].map((i) => machine.tick(100_000 + i * BOLT_TRAVEL_MS_MAX).act);
    assert.deepEqual(acts, ['lock', 'lock', 'stop']);
  });

  it('throws no bolt into the air: it waits for the door, and stops when the door opens', () => {
    const machine = machineIn('unlocked');
    machine.senseDoor('open', 0);
    assert.deepEqual(machine.want('locked', 0), { act: undefined, from: 'unlocked', to: 'waiting' });
    assert.equal(machine.position, 'unlocked');
    assert.equal(machine.senseDoor('closed', 0).act, 'lock');
    assert.equal(machine.senseDoor('open', 0).act, 'stop');
    assert.equal(machine.senseDoor('closed', 0).act, 'lock');
    assert.equal(machine.sense('locked', 0).act, 'stop');
  });

  it('takes the same word of the door twice as one', () => {
    const machine = machineIn('locking');
    assert.equal(machine.senseDoor('closed', 0).act, undefined);
    assert.equal(machine.senseDoor('open', 0).act, 'stop');
    assert.equal(machine.senseDoor('open', 0).act, undefined);
  });
});
