import assert from 'node:assert/strict';
import { FaultyFlash } from '../../../host-sim/world/faulty-flash.js';
import { Prng } from '../../../host-sim/world/prng.js';

const flash = () => new FaultyFlash(new Prng(1, 'flash'));
const bytes = (value: number) => new Uint8Array(40).fill(value);

describe('FaultyFlash', () => {
  it('keeps nothing of a write before which the power failed, and all of one after which it failed', () => {
    const one = flash();
    assert.equal(one.write('k', bytes(1), 'before'), false);
    assert.equal(one.get('k'), undefined);
    assert.equal(one.write('k', bytes(1), 'after'), true);
    assert.deepEqual(one.get('k'), bytes(1));
  });

  it('leaves old bytes behind new ones where a write is torn', () => {
    const one = flash();
    one.write('k', bytes(1));
    assert.equal(one.write('k', bytes(2), 'torn'), false);
    const torn = one.get('k') ?? new Uint8Array(0);
    const split = torn.indexOf(1);
    assert.ok(split >= 0 && torn.subarray(0, split).every((each) => each === 2));
    assert.ok(torn.subarray(split).every((each) => each === 1));
  });

  it('refuses all writes, or those of one kind of record', () => {
    const one = flash();
    one.refuses = 'state';
    assert.equal(one.write('state-a', bytes(1)), false);
    assert.equal(one.write('report-1', bytes(1)), true);
    one.refuses = true;
    assert.equal(one.write('report-2', bytes(1)), false);
    assert.equal(one.writes, 3);
    assert.equal(one.bytesWritten, 40);
  });

  it('rots the older of two records, never one that is needed because the newer is torn', () => {
    const one = flash();
    one.write('state-a', bytes(1));
    assert.equal(one.rot(), undefined);
    one.write('state-b', bytes(2));
    assert.equal(one.rot(), 'state-a');
    assert.deepEqual(one.get('state-b'), bytes(2));
    one.write('state-a', bytes(3), 'torn');
    assert.equal(one.rot(), 'state-a');
    assert.deepEqual(one.get('state-b'), bytes(2));
  });

  it('has what an image had once it is rolled back', () => {
    const one = flash();
    one.write('k', bytes(1));
    const image = one.image();
    one.write('k', bytes(2));
    one.write('l', bytes(2));
    one.rollBack(image);
    assert.deepEqual(one.get('k'), bytes(1));
    assert.equal(one.get('l'), undefined);
  });
});
