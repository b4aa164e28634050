import assert from 'node:assert/strict';
import { XS_ENGINES } from '../../firmware/targets/xs-host/engine-choice.js';
import { transcriptOnNode, transcriptOnXs } from '../../tools/xs/transcript.js';
import { describeOnXs } from './xs-runner.js';

/** Fewer would mean that vectors were not read. */
const LINES_MIN = 7_000;

describeOnXs('protocol and crypto on XS', (runner) => {
  let reference: readonly string[];
  before(async () => {
    reference = await transcriptOnNode();
  });

  it('have a transcript of every section, without an error of the engine', () => {
    assert.ok(reference.length > LINES_MIN, `${reference.length} lines`);
    for (const start of [
      'cbor ',
      'cose ',
      'rlp ',
      'call ',
      'pairing ',
      'json ',
      'utf8 ',
      'report ',
      'sender: ',
    ]) {
      assert.ok(
        reference.some((line) => line.startsWith(start)),
        start,
      );
    }
    assert.deepEqual(
      reference.filter((line) => /: another error |outside the seam/.test(line)),
      [],
    );
  });

  for (const engine of XS_ENGINES) {
    it(`say the same as on Node, line by line, with the engine ${engine}`, () => {
      const told = transcriptOnXs(runner(), engine);
      const different = told.filter((line, i) => line !== reference[i]);
      assert.deepEqual(different.slice(0, 5), []);
      assert.equal(told.length, reference.length);
    });
  }
});
