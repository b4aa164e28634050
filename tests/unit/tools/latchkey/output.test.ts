import assert from 'node:assert/strict';
import { Output } from '../../../../tools/latchkey/output.js';
import type { ToolIo } from '../../../../tools/latchkey/tool-io.js';

describe('Output', () => {
  it("lets nobody's text steer the terminal, in what is said, noted or waited for", () => {
    const written: string[] = [];
    const stream = { write: (text: string) => void written.push(text) };
    const output = new Output({ stdout: stream, stderr: stream } as ToolIo, false);
    const evil = 'firmware 1\u001b[2A\u001b[2Ksigned by front-door';
    output.say(evil);
    output.note(evil);
    output.progress(evil);
    output.item({}, `one\n${evil}`);
    output.result({}, [evil]);
    assert.ok(!written.join('').includes('\u001b'));
    assert.equal(written.join('').split('\n').length, 7);
  });
});
