import assert from 'node:assert/strict';
import { Journal, keyOf, RECORD_EXTRA_BYTES } from '../../../firmware/lock/journal.js';
import { asciiBytes } from '../../../firmware/protocol/bytes.js';
import { OUTBOX_REPORTS_MAX, RECORD_BYTES_MAX } from '../../../firmware/protocol/limits.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { LockWorld } from './fixture.js';
import { engine, GUEST, OWNER } from './signer.js';

const KEY = new Uint8Array(32).fill(9);
const payload = (text: string) => asciiBytes(text);
const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

/** Flash that does what it is told, and a journal on it. */
class Flash {
  readonly records = new Map<string, Uint8Array>();

  open(key = KEY): Journal<string> {
    return new Journal<string>(engine, key, this.records);
  }

  /** Writes the payloads one after the other. @returns the keys that were written */
  write(name: string, ...texts: readonly string[]): string[] {
    const journal = this.open();
    journal.readDouble(name);
    return texts.map((each) => {
      const [output] = journal.writeDouble(name, payload(each), each);
      assert.ok(output?.kind === 'persist');
      this.records.set(output.key, output.bytes);
      assert.equal(journal.answered(output.key, true)?.task, each);
      return output.key;
    });
  }

  read(name = 'state'): string | undefined {
    return text(this.open().readDouble(name));
  }
}

describe('Journal', () => {
  it('reads what was written last, and nothing where nothing was', () => {
    const flash = new Flash();
    assert.equal(flash.read(), undefined);
    for (const each of ['one', 'two', 'three', '']) {
      flash.write('state', each);
      assert.equal(flash.read(), each);
    }
  });

  it('writes the two keys in turn, over boots too', () => {
    const flash = new Flash();
    assert.deepEqual(flash.write('state', '1', '2', '3'), ['state-a', 'state-b', 'state-a']);
    assert.deepEqual(flash.write('state', '4'), ['state-b']);
  });

  it('falls back to the record before at a write that was torn after any byte', () => {
    const flash = new Flash();
    flash.write('state', 'old', 'new');
    const whole = flash.records.get('state-b') ?? assert.fail();
    for (let size = 0; size < whole.length; size++) {
      flash.records.set('state-b', whole.slice(0, size));
      const journal = flash.open();
      assert.equal(text(journal.readDouble('state')), 'old', `${size} bytes`);
      assert.equal(journal.refusedCount, 1);
    }
    for (let size = 0; size < whole.length; size++) {
      const torn = new Uint8Array(whole.length).fill(0xff);
      torn.set(whole.subarray(0, size));
      flash.records.set('state-b', torn);
      assert.equal(flash.read(), 'old', `${size} bytes, then erased flash`);
    }
  });

  it('falls back at any flipped bit, and at bytes too many', () => {
    const flash = new Flash();
    flash.write('state', 'old', 'new');
    const whole = flash.records.get('state-b') ?? assert.fail();
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const flipped = whole.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      flash.records.set('state-b', flipped);
      assert.equal(flash.read(), 'old', `bit ${bit}`);
    }
    flash.records.set('state-b', Uint8Array.of(...whole, 0));
    assert.equal(flash.read(), 'old');
  });

  it('writes over a record that is broken, never over the one that is whole', () => {
    const flash = new Flash();
    flash.write('state', 'old', 'new');
    flash.records.set('state-b', new Uint8Array(5));
    assert.deepEqual(flash.write('state', 'next'), ['state-b']);
    flash.records.set('state-a', new Uint8Array(5));
    assert.equal(flash.read(), 'next');
  });

  it('takes no record under another name, nor one of another chip', () => {
    const flash = new Flash();
    flash.write('state', 'mine');
    flash.write('identity', 'other');
    const other = flash.records.get('identity-a') ?? assert.fail();
    flash.records.set('state-a', other);
    flash.records.set('state-b', other);
    assert.equal(flash.read(), undefined);
    assert.equal(flash.read('identity'), 'other');
    assert.equal(text(flash.open(new Uint8Array(32).fill(8)).readDouble('identity')), undefined);
  });

  it('tells single records apart by name', () => {
    const flash = new Flash();
    const journal = flash.open();
    const [output] = journal.writeSingle('report-1', payload('one'), 'task');
    assert.ok(output?.kind === 'persist' && output.key === 'report-1');
    flash.records.set('report-1', output.bytes);
    flash.records.set('report-2', output.bytes);
    assert.equal(text(flash.open().readSingle('report-1')), 'one');
    const opened = flash.open();
    assert.equal(opened.readSingle('report-2'), undefined);
    assert.equal(opened.refusedCount, 1);
    assert.equal(opened.readSingle('report-3'), undefined);
    assert.equal(opened.refusedCount, 1);
  });

  it('writes at the same place again where flash did not take it', () => {
    const flash = new Flash();
    flash.write('state', 'old', 'new');
    const journal = flash.open();
    journal.readDouble('state');
    for (let i = 0; i < 5; i++) {
      const [output] = journal.writeDouble('state', payload('lost'), 'lost');
      assert.ok(output?.kind === 'persist');
      assert.equal(output.key, 'state-a');
      // What a failed write leaves there is anything.
      flash.records.set('state-a', output.bytes.slice(0, 9));
      assert.equal(journal.answered('state-a', false)?.task, 'lost');
      assert.equal(flash.read(), 'new');
    }
  });

  it('sends one write at a time, in order, each beside what is newest by then', () => {
    const journal = new Flash().open();
    const first = journal.writeDouble('state', payload('1'), '1');
    assert.deepEqual(journal.writeDouble('state', payload('2'), '2'), []);
    assert.deepEqual(journal.writeSingle('report-0', payload('3'), '3'), []);
    assert.deepEqual(journal.writeDouble('state', payload('4'), '4'), []);
    assert.equal(journal.isIdle, false);
    const keys: string[] = [];
    const tasks: string[] = [];
    for (let output = first[0]; output !== undefined; ) {
      assert.ok(output.kind === 'persist');
      keys.push(output.key);
      // The second fails: the fourth goes to its place.
      const answer = journal.answered(output.key, keys.length !== 2);
      tasks.push(answer?.task ?? assert.fail());
      output = answer?.outputs[0];
    }
    assert.deepEqual(keys, ['state-a', 'state-b', 'report-0', 'state-b']);
    assert.deepEqual(tasks, ['1', '2', '3', '4']);
    assert.equal(journal.isIdle, true);
  });

  it('takes no answer to what it did not ask', () => {
    const journal = new Flash().open();
    assert.equal(journal.answered('state-a', true), undefined);
    journal.writeDouble('state', payload('1'), '1');
    assert.equal(journal.answered('state-b', true), undefined);
    assert.equal(journal.answered('', true), undefined);
    assert.equal(journal.answered('state-a', true)?.task, '1');
    assert.equal(journal.answered('state-a', true), undefined);
  });

  it('tells what another firmware wrote from what is broken', () => {
    const flash = new Flash();
    flash.write('state', 'old', 'new');
    const whole = flash.records.get('state-b') ?? assert.fail();
    const other = whole.slice();
    other[2] = 9;
    flash.records.set('state-b', other);
    const broken = flash.open();
    assert.equal(text(broken.readDouble('state')), 'old');
    assert.deepEqual([broken.refusedCount, broken.foreignCount], [1, 0], 'a bit has flipped');
    other.set(fletcher16(other.subarray(0, 11)), 11);
    const foreign = flash.open();
    assert.equal(text(foreign.readDouble('state')), 'old');
    assert.deepEqual([foreign.refusedCount, foreign.foreignCount], [0, 1]);
    const version = other[2];
    other.set(whole);
    other.set(fletcher16(other.subarray(0, 11)), 11);
    assert.deepEqual([...other], [...whole], 'the checksum is the one of RFC 1146');
    assert.equal(version, 9);
  });

  it('reads no record longer than the longest that there can be', () => {
    const flash = new Flash();
    const journal = flash.open();
    const largest = new Uint8Array(RECORD_BYTES_MAX - RECORD_EXTRA_BYTES);
    for (const [payload, isRead] of [
      [largest, true],
      [new Uint8Array(largest.length + 1), false],
    ] as const) {
      const [output] = journal.writeSingle('big', payload, 'task');
      assert.ok(output?.kind === 'persist');
      flash.records.set('big', output.bytes);
      journal.answered('big', true);
      assert.equal(flash.open().readSingle('big') !== undefined, isRead);
    }
  });

  it('goes on when the generations are used up', () => {
    const flash = new Flash();
    const journal = flash.open();
    journal.startLog('state', 2 ** 32 - 3);
    for (const each of ['a', 'b', 'c', 'd', 'e']) {
      const [output] = journal.writeDouble('state', payload(each), each);
      assert.ok(output?.kind === 'persist');
      flash.records.set(output.key, output.bytes);
      assert.equal(journal.answered(output.key, true)?.task, each);
      assert.equal(flash.read(), each);
    }
    assert.equal(flash.read(), 'e');
  });

  it('does not change with the bytes that it was given', () => {
    const flash = new Flash();
    flash.write('state', 'kept');
    const journal = flash.open();
    const read = journal.readDouble('state') ?? assert.fail();
    flash.records.get('state-a')?.fill(0);
    assert.equal(text(read), 'kept');
  });
});

describe('Journal’s logs', () => {
  const PLACES = 5;

  function written(count: number): Flash {
    const flash = new Flash();
    const journal = flash.open();
    journal.startLog('log', 0);
    for (let i = 1; i <= count; i++) put(flash, journal, `record ${i}`);
    return flash;
  }

  function put(flash: Flash, journal: Journal<string>, words: string, isStored = true): string {
    const [output] = journal.writeLog('log', PLACES, payload(words), words);
    assert.ok(output?.kind === 'persist');
    if (isStored) flash.records.set(output.key, output.bytes);
    assert.equal(journal.answered(output.key, isStored)?.task, words);
    return output.key;
  }

  it('use their places in turn, and the same again where flash did not take a record', () => {
    const flash = written(7);
    assert.equal(flash.records.size, PLACES);
    const journal = flash.open();
    journal.startLog('log', 7);
    const keys = [put(flash, journal, 'x', false), put(flash, journal, 'y', false), put(flash, journal, 'z')];
    assert.deepEqual(keys, ['log-3', 'log-3', 'log-3']);
    assert.deepEqual(flash.open().readLog('log', PLACES, 8), {
      kind: 'record',
      generation: 8,
      payload: payload('z'),
    });
  });

  it('tell a record from one of a round before and from nothing', () => {
    const flash = written(7);
    const journal = flash.open();
    const read = (generation: number) => journal.readLog('log', PLACES, generation);
    assert.deepEqual(read(7), { kind: 'record', generation: 7, payload: payload('record 7') });
    assert.deepEqual(read(8), { kind: 'older' });
    // Whoever has lost count finds where it stands.
    assert.deepEqual(read(2), { kind: 'record', generation: 7, payload: payload('record 7') });
    assert.equal(journal.refusedCount, 0);
    flash.records.delete('log-3');
    assert.deepEqual(read(8), { kind: 'nothing' });
    assert.equal(journal.refusedCount, 0);
    flash.records.set('log-3', new Uint8Array(40));
    assert.deepEqual(read(8), { kind: 'nothing' });
    assert.equal(journal.refusedCount, 1);
  });

  it('open bytes that came later only where they are that very record', () => {
    const flash = written(7);
    const journal = flash.open();
    const bytes = (place: number) => flash.records.get(`log-${place}`);
    assert.equal(text(journal.openLog('log', PLACES, 6, bytes(1))), 'record 6');
    assert.equal(journal.refusedCount, 0);
    const wrong: readonly (readonly [number, Uint8Array | undefined])[] = [
      [6, bytes(2)],
      [1, bytes(1)],
      [11, bytes(1)],
      [6, undefined],
      [6, new Uint8Array(0)],
    ];
    for (const [i, [generation, given]] of wrong.entries()) {
      assert.equal(journal.openLog('log', PLACES, generation, given), undefined);
      assert.equal(journal.refusedCount, i + 1);
    }
  });
});

describe('Journal and a whole lock’s records', () => {
  const world = new LockWorld().boot().pair();
  world.grant(OWNER, 0, GUEST, { uses: 3 });
  world.pass(2_000);
  world.order(GUEST, 0, { action: ACTION.unlock });
  world.pass(2_000);
  const keys = [...world.flash.keys()];
  const open = (key: string, bytes: Uint8Array | undefined) =>
    new Journal<string>(
      engine,
      new Uint8Array(32).fill(0x99),
      new Map(bytes === undefined ? [] : [[key, bytes]]),
    );
  /** What is read of this record by whoever asks for it. */
  const read = (key: string, bytes: Uint8Array): Uint8Array | undefined => {
    const journal = open(key, bytes);
    if (!key.startsWith('report-')) return journal.readDouble(key.slice(0, -2));
    const place = journal.readLog('report', OUTBOX_REPORTS_MAX, Number(key.slice('report-'.length)));
    return place.kind === 'record' ? place.payload : undefined;
  };

  it('are of every kind', () => {
    for (const key of ['identity-a', 'identity-b', 'state-a', 'state-b', 'report-1', 'report-2']) {
      assert.ok(keys.includes(key), key);
      assert.ok(read(key, world.flash.get(key) ?? assert.fail()), key);
    }
  });

  for (const key of keys) {
    it(`refuses ${key} with any bit flipped, cut at any byte, or under any other key`, () => {
      const whole = world.flash.get(key) ?? assert.fail();
      for (let bit = 0; bit < whole.length * 8; bit++) {
        const flipped = whole.slice();
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        assert.equal(read(key, flipped), undefined, `bit ${bit}`);
      }
      for (let size = 0; size < whole.length; size++) {
        assert.equal(read(key, whole.slice(0, size)), undefined, `${size} bytes`);
      }
      for (const other of keys) if (other !== key) assert.equal(read(other, whole), undefined, other);
    });
  }
});

describe('keyOf', () => {
  it('fits the 15 characters that a device’s flash has for a key', () => {
    assert.ok(keyOf('report', OUTBOX_REPORTS_MAX, OUTBOX_REPORTS_MAX - 1).length <= 15);
    assert.deepEqual(
      [1, 2, 3].map((generation) => keyOf('state', 2, generation)),
      ['state-a', 'state-b', 'state-a'],
    );
  });
});

/** @see RFC 1146, with sums modulo 255 */
function fletcher16(bytes: Uint8Array): Uint8Array {
  const low = bytes.reduce((sum, byte) => sum + byte, 0) % 255;
  const high = bytes.reduce((sum, byte, i) => sum + byte * (bytes.length - i), 0) % 255;
  return Uint8Array.of(high, low);
}
