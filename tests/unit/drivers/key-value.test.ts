import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyValue } from '../../../firmware/drivers/key-value.js';
import type { Input } from '../../../firmware/lock/ports.js';
import { FileKeyValue } from '../../../host-sim/io/key-value.js';

describe('KeyValue', () => {
  let directory: string;
  let flash: FileKeyValue;
  let inputs: Input[];
  const open = () => new KeyValue({ io: flash, path: 'lock', onInput: (input) => inputs.push(input) });

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
    flash = new FileKeyValue(directory);
    inputs = [];
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('answers each write in order, and finds it again after a restart', () => {
    const store = open();
    store.persist('journal/a', Uint8Array.of(1, 2, 3));
    store.persist('key', Uint8Array.of());
    store.persist('journal/a', Uint8Array.of(4));
    assert.deepEqual(inputs, [
      { kind: 'stored', key: 'journal/a' },
      { kind: 'stored', key: 'key' },
      { kind: 'stored', key: 'journal/a' },
    ]);
    flash = new FileKeyValue(directory);
    assert.deepEqual(open().get('journal/a'), Uint8Array.of(4));
    assert.deepEqual(open().get('key'), Uint8Array.of());
  });

  it('writes only the view it is given', () => {
    const store = open();
    store.persist('key', Uint8Array.of(9, 8, 7, 6).subarray(1, 3));
    assert.deepEqual(store.get('key'), Uint8Array.of(8, 7));
  });

  it('answers each load, with nothing where the record is missing or cannot be read', () => {
    const store = open();
    store.persist('a', Uint8Array.of(1, 2));
    inputs.length = 0;
    store.load('a');
    store.load('b');
    assert.deepEqual(inputs, [
      { kind: 'loaded', key: 'a', bytes: Uint8Array.of(1, 2) },
      { kind: 'loaded', key: 'b', bytes: undefined },
    ]);
    const broken = new KeyValue({
      io: {
        open: () => ({ ...flash.open({ path: 'lock' }), read: () => assert.fail('flash does not read') }),
      },
      path: 'lock',
      onInput: (input) => inputs.push(input),
    });
    assert.equal(broken.get('a'), undefined);
  });

  it('says when flash fails, and keeps what was there', () => {
    const store = open();
    store.persist('key', Uint8Array.of(1));
    flash.setFailing(true);
    store.persist('key', Uint8Array.of(2));
    store.erase('key');
    assert.deepEqual(inputs.at(-1), { kind: 'store-failed', key: 'key' });
    assert.deepEqual(store.get('key'), Uint8Array.of(1));
  });

  it('says so, and stays alive, when the disk under it is gone', () => {
    const store = open();
    store.persist('key', Uint8Array.of(1));
    rmSync(directory, { recursive: true, force: true });
    inputs.length = 0;
    store.persist('key', Uint8Array.of(2));
    store.load('key');
    store.erase('key');
    assert.deepEqual(inputs, [
      { kind: 'store-failed', key: 'key' },
      { kind: 'loaded', key: 'key', bytes: undefined },
    ]);
  });

  it('erases', () => {
    const store = open();
    store.persist('key', Uint8Array.of(1));
    store.erase('key');
    assert.equal(store.get('key'), undefined);
  });
});

describe('FileKeyValue', () => {
  it('loses, tears or keeps the write at which the power goes', () => {
    const directory = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
    try {
      for (const [moment, expected] of [
        ['before', undefined],
        ['torn', Uint8Array.of(1, 2)],
        ['after', Uint8Array.of(1, 2, 3, 4)],
      ] as const) {
        const flash = new FileKeyValue(directory);
        const domain = flash.open({ path: moment });
        let cut = 0;
        flash.cutPowerAt(2, moment, () => cut++);
        domain.write('first', Uint8Array.of(0).buffer);
        assert.equal(cut, 0);
        domain.write('second', Uint8Array.of(1, 2, 3, 4).buffer);
        assert.equal(cut, 1);
        const found = domain.read('second');
        assert.deepEqual(found && new Uint8Array(found), expected);
        domain.write('third', Uint8Array.of(5).buffer);
        assert.equal(cut, 1);
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
