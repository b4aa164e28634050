import assert from 'node:assert/strict';
import { chooseHostEngine, HOST_ENGINES } from '../../../host-sim/engines/host-engine.js';

describe('chooseHostEngine', () => {
  it('gives what is named, without a word', function () {
    const warnings: string[] = [];
    for (const name of HOST_ENGINES) {
      const engine = chooseHostEngine(name, (line) => warnings.push(line));
      if (name === 'libsecp256k1' && warnings.length > 0) this.skip();
      assert.equal(engine.name, name);
    }
    assert.deepEqual(warnings, []);
  });

  it('says so and gives noble where this machine has no libsecp256k1', () => {
    const warnings: string[] = [];
    const load = () => {
      throw new Error('No native build was found for platform=linux arch=arm64\n    loaded from: somewhere');
    };
    const engine = chooseHostEngine('libsecp256k1', (line) => warnings.push(line), load);
    assert.equal(engine.name, 'noble');
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /^WARNING: no libsecp256k1 .*noble.*No native build was found[^\n]*$/);
  });
});
