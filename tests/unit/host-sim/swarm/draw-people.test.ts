import assert from 'node:assert/strict';
import { addressOf } from '../../../../firmware/crypto/address.js';
import { formatHex } from '../../../../firmware/protocol/hex.js';
import { drawPeople } from '../../../../host-sim/swarm/draw-people.js';
import { Prng } from '../../../../host-sim/world/prng.js';
import { ENGINE } from '../world/people.js';

const draw = (seed: number, guests: number) => drawPeople(ENGINE, new Prng(seed, 'people'), guests);

describe('drawPeople', () => {
  it('draws three owners, so many guests and a thief, each with a key of their own', () => {
    for (const count of [0, 5]) {
      const { owners, guests, thief } = draw(1, count);
      assert.deepEqual([owners.length, guests.length], [3, count]);
      const all = [...owners, ...guests, thief];
      assert.equal(new Set(all.map(({ address20 }) => formatHex(address20))).size, all.length);
      for (const { key32, address20 } of all)
        assert.deepEqual(addressOf(ENGINE, ENGINE.publicKey(key32)), address20);
    }
  });

  it('draws the same of the same seed, and the same owners however many guests there are', () => {
    assert.deepEqual(draw(1, 2), draw(1, 2));
    assert.deepEqual(draw(1, 2).owners, draw(1, 4).owners);
    assert.notDeepEqual(draw(1, 2).owners, draw(2, 2).owners);
  });
});
