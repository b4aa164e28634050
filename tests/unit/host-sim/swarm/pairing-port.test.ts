import assert from 'node:assert/strict';
import type { Input } from '../../../../firmware/lock/ports.js';
import type { Neighbourhood } from '../../../../host-sim/swarm/neighbour.js';
import { type Mischief, PairingPort, type Visit } from '../../../../host-sim/swarm/pairing-port.js';
import { EventQueue } from '../../../../host-sim/world/event-queue.js';
import { Prng } from '../../../../host-sim/world/prng.js';
import { ENGINE } from '../world/people.js';

/** A port at which the lock says nothing: all that a test sees is what the visitor does. */
function play(seed = 1) {
  const queue = new EventQueue();
  const inputs: (readonly [input: Input, atMs: number])[] = [];
  const lock = { give: (input: Input) => inputs.push([input, queue.nowMs]) };
  const prng = new Prng(seed, 'port');
  const port = new PairingPort({ queue, lock, engine: ENGINE } as unknown as Neighbourhood, prng);
  const log = () => inputs.map(([{ kind }, atMs]) => `${kind} ${atMs}`);
  const sent = () => inputs.flatMap(([input]) => (input.kind === 'pairing-received' ? [input.bytes] : []));
  return { queue, port, log, sent };
}

function visit(change: Partial<Visit> = {}): Visit {
  return {
    secret16: new Uint8Array(16),
    pressedSeconds: 3,
    mischief: 'none',
    say: () => undefined,
    ...change,
  };
}

/** What comes of the first frame in worlds of many seeds. */
function frames(mischief: Mischief): readonly (readonly Uint8Array[])[] {
  return Array.from({ length: 30 }, (_, seed) => {
    const { queue, port, sent } = play(seed);
    port.begin(visit({ mischief }));
    queue.runTo(5_000);
    return sent();
  });
}

/** In how many bits two frames of one length differ. */
function bitsBetween(one: Uint8Array | undefined, other: Uint8Array | undefined): number {
  assert.ok(one !== undefined && one.length === other?.length);
  return one.reduce(
    (sum, byte, i) => sum + (byte ^ (other[i] ?? 0)).toString(2).replaceAll('0', '').length,
    0,
  );
}

const sizes = (mischief: Mischief) =>
  [...new Set(frames(mischief).map((sent) => sent.map(({ length }) => length).join('+')))].sort();

describe('PairingPort', () => {
  it('presses, connects, greets, and leaves a lock that is silent', () => {
    const { queue, port, log } = play();
    assert.equal(port.begin(visit()), true);
    assert.equal(port.isBusy, true);
    queue.runTo(600_000);
    assert.deepEqual(log(), [
      'button-pressed 0',
      'pairing-opened 3000',
      'pairing-received 3000',
      'pairing-closed 63000',
    ]);
    assert.equal(port.isBusy, false);
  });

  it('comes without a press where nobody presses', () => {
    const { queue, port, log } = play();
    port.begin(visit({ pressedSeconds: undefined }));
    queue.runTo(2_000);
    assert.deepEqual(log(), ['pairing-opened 1000', 'pairing-received 1000']);
  });

  it('lets one in at a time, and the next once the port is closed', () => {
    const { queue, port, log } = play();
    port.begin(visit());
    assert.equal(port.begin(visit()), false);
    queue.runTo(10_000);
    port.output({ kind: 'pairing-close' });
    queue.runTo(10_400);
    assert.equal(port.isBusy, false);
    assert.equal(port.begin(visit()), true);
    queue.runTo(70_000);
    // The first one's minute is over, and shows nobody else out.
    assert.equal(port.isBusy, true);
    assert.equal(log().filter((line) => line.startsWith('pairing-opened')).length, 2);
  });

  it('leaves where the lock says what is no frame', () => {
    const { queue, port } = play();
    port.begin(visit());
    queue.runTo(4_000);
    port.output({ kind: 'pairing-send', bytes: Uint8Array.of(0, 1, 0xff) });
    queue.runTo(4_400);
    assert.equal(port.isBusy, false);
  });

  it('bends what is sent as the mischief says, and lets it be more often than not', () => {
    const [whole = new Uint8Array(0)] = frames('none')[0] ?? [];
    const { length } = whole;
    assert.deepEqual(sizes('none'), [`${length}`]);
    assert.deepEqual(sizes('tampered'), [`${length}`]);
    assert.deepEqual(sizes('doubled'), [`${length}`, `${length}+${length}`]);
    for (const sent of frames('pieces'))
      assert.equal(
        sent.reduce((sum, piece) => sum + piece.length, 0),
        length,
      );
    const shorter = frames('truncated').filter(([first]) => (first?.length ?? 0) < length);
    assert.ok(shorter.length > 3 && shorter.length < 20, `${shorter.length}`);
    const longer = frames('random').filter(([first]) => (first?.length ?? 0) > length);
    assert.ok(longer.length > 3 && longer.length < 20, `${longer.length}`);
    assert.ok(frames('reordered').some((sent) => sent.length === 0));
    // The same seed says the same hello.
    const bits = frames('bent').map(([bent], seed) => bitsBetween(bent, frames('none')[seed]?.[0]));
    assert.deepEqual([...new Set(bits)].sort(), [0, 1]);
    for (const [first, second = first] of frames('doubled')) assert.deepEqual(first, second);
  });
});
