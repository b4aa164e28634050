import assert from 'node:assert/strict';
import { EventQueue } from '../../../../host-sim/world/event-queue.js';
import { Prng } from '../../../../host-sim/world/prng.js';
import { Room } from '../../../../host-sim/world/room.js';

function play() {
  const queue = new EventQueue();
  const told: string[] = [];
  const room = new Room(queue, new Prng(1, 'room'), {
    bolt: (bolt) => told.push(`bolt ${bolt}`),
    door: (door) => told.push(`door ${door}`),
  });
  /** What was told since the last call, once a second has passed. */
  const later = () => {
    queue.runTo(queue.nowMs + 1_000);
    return told.splice(0);
  };
  return { room, later };
}

describe('Room', () => {
  it('moves the bolt where it is driven, over a while, and says so at once where it is there already', () => {
    const { room, later } = play();
    room.drive('unlocked');
    assert.equal(room.bolt, 'between');
    assert.deepEqual(later(), ['bolt between', 'bolt unlocked']);
    room.drive('unlocked');
    assert.deepEqual(later().slice(0, 1), ['bolt unlocked']);
  });

  it('leaves the bolt half-way where it jams, is stopped, or is driven back', () => {
    const { room, later } = play();
    room.jamChance = 1;
    room.drive('unlocked');
    assert.deepEqual(later(), ['bolt between']);
    room.jamChance = 0;
    room.drive('unlocked');
    room.stop();
    assert.deepEqual(later(), []);
    assert.equal(room.bolt, 'between');
    room.drive('unlocked');
    room.drive('locked');
    assert.deepEqual(later(), ['bolt locked']);
  });

  it('lets a hand turn the bolt at once, against the motor too', () => {
    const { room, later } = play();
    room.drive('unlocked');
    room.turn('locked');
    assert.deepEqual(later(), ['bolt between', 'bolt locked']);
  });

  it('flutters at the end of a travel', () => {
    const { room, later } = play();
    room.bounceChance = 1;
    room.drive('unlocked');
    assert.deepEqual(later(), ['bolt between', 'bolt unlocked', 'bolt between', 'bolt unlocked']);
  });

  it('is told of wrongly by each fault of a sensor, and truly once it is over', () => {
    for (const [fault, sensed] of [
      ['dead', ['bolt unknown']],
      ['lies', ['bolt unlocked', 'bolt locked']],
      ['stuck', []],
    ] as const) {
      const { room, later } = play();
      room.sensorFault = fault;
      room.senseChanges();
      room.turn('unlocked');
      assert.deepEqual(
        later().filter((line) => line.startsWith('bolt')),
        sensed,
        fault,
      );
      room.sensorFault = 'none';
      room.senseChanges();
      assert.equal(later().at(-1), 'bolt unlocked', fault);
    }
  });

  it('tells of the door, unless its contact is dead', () => {
    const { room, later } = play();
    room.moveDoor('open');
    room.moveDoor('open');
    room.isContactDead = true;
    room.moveDoor('closed');
    assert.deepEqual(later(), ['door open']);
    room.senseAll();
    assert.deepEqual(later(), ['door unknown', 'bolt locked']);
    assert.equal(room.door, 'closed');
  });
});
