import assert from 'node:assert/strict';
import { Journal } from '../../../firmware/lock/journal.js';
import { asciiBytes } from '../../../firmware/protocol/bytes.js';
import { engine } from './signer.js';

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

  it('does not change with the bytes that it was given', () => {
    const flash = new Flash();
    flash.write('state', 'kept');
    const journal = flash.open();
    const read = journal.readDouble('state') ?? assert.fail();
    flash.records.get('state-a')?.fill(0);
    assert.equal(text(read), 'kept');
  });
});
