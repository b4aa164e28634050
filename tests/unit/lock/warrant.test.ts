import assert from 'node:assert/strict';
import {
  drivesToOpen,
  isWarranted,
  NO_WARRANT,
  obeyingWarrant,
  openingWarrant,
} from '../../../firmware/lock/warrant.js';

describe('a warrant', () => {
  it('allows what it is for, and no more', () => {
    assert.deepEqual(drivesToOpen(openingWarrant(0)), [{ kind: 'drive-bolt', target: 'unlocked' }]);
    assert.ok(isWarranted(openingWarrant(0)));
    assert.ok(isWarranted(obeyingWarrant(0)));
    assert.deepEqual(drivesToOpen(obeyingWarrant(0)), []);
    assert.ok(!isWarranted(NO_WARRANT));
    assert.deepEqual(drivesToOpen(NO_WARRANT), []);
  });

  it('is spoilt by any fact that is missing', () => {
    for (let missing = 1; missing < 0x1_0000; missing++) {
      assert.ok(!isWarranted(openingWarrant(missing)) && !isWarranted(obeyingWarrant(missing)));
      assert.equal(drivesToOpen(openingWarrant(missing)).length, 0);
    }
  });

  it('is spoilt by any bit of either word, by one word alone and by words that are no complements', () => {
    const { word, inverse } = openingWarrant(0);
    for (let bit = 0; bit < 32; bit++) {
      for (const spoilt of [
        { word: word ^ (1 << bit), inverse },
        { word, inverse: inverse ^ (1 << bit) },
      ]) {
        assert.equal(drivesToOpen(spoilt).length, 0);
        assert.ok(!isWarranted(spoilt));
      }
    }
    for (const other of [0, -1, word, obeyingWarrant(0).inverse]) {
      assert.equal(drivesToOpen({ word, inverse: other }).length, 0);
      assert.ok(!isWarranted({ word, inverse: other }));
    }
  });
});
