import assert from 'node:assert/strict';
import { InvariantError } from '../../firmware/protocol/errors.js';
import { decodeMessage, encodeMessage, type Message } from '../../firmware/targets/xs-host/frame.js';
import { throwsDecodeError } from '../unit/protocol/throws-decode-error.js';

const messages: readonly Message[] = [
  { kind: 'boot' },
  { kind: 'http-done', id: 7, status: 200, body: new Uint8Array(20_000).fill(0x7b), uptimeMs: 2 ** 41 },
  { kind: 'persist', key: 'state-a', bytes: new Uint8Array(0) },
  {
    kind: 'notice',
    notice: { event: 'seen', tx: Uint8Array.of(1, 2), url: 'http://é/', list: [[], { a: null }] },
  },
  { kind: 'x', big: 2n ** 64n - 1n, negative: -1, yes: true, no: false },
];

describe('encodeMessage', () => {
  for (const message of messages) {
    it(`comes back: ${message.kind}`, () => {
      assert.deepEqual(decodeMessage(encodeMessage(message)), message);
    });
  }

  it('leaves undefined fields out', () => {
    assert.deepEqual(decodeMessage(encodeMessage({ kind: 'a', b: undefined })), { kind: 'a' });
  });

  it('refuses what has no bytes', () => {
    for (const odd of [() => 1, Symbol('x'), 0.5]) {
      assert.throws(() => encodeMessage({ kind: 'a', odd }), InvariantError);
    }
  });
});

describe('decodeMessage', () => {
  it('refuses every truncation of its head', () => {
    const bytes = encodeMessage({ kind: 'abc', number: 5 });
    for (let end = 4; end < bytes.length; end++)
      throwsDecodeError(() => decodeMessage(bytes.subarray(0, end)), 'truncated');
  });
});
