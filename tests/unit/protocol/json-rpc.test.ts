import assert from 'node:assert/strict';
import { RpcError } from '../../../firmware/protocol/errors.js';
import {
  decodeRpcAnswer,
  decodeRpcBatchAnswer,
  encodeRpcBatch,
  encodeRpcCall,
  parseJson,
} from '../../../firmware/protocol/json-rpc.js';
import {
  HTTP_BODY_BYTES_MAX,
  JSON_DEPTH_MAX,
  RPC_MESSAGE_CHARS_MAX,
} from '../../../firmware/protocol/limits.js';
import { throwsDecodeError } from './throws-decode-error.js';

const utf8 = (text: string) => new TextEncoder().encode(text);
const body = (value: unknown) => utf8(JSON.stringify(value));
const result = (id: unknown, value: unknown) => ({ jsonrpc: '2.0', id, result: value });
const failure = (id: unknown, code: unknown = -32_602, message: unknown = 'no') => ({
  jsonrpc: '2.0',
  id,
  error: { code, message },
});
const answer = (value: unknown, id = 7) => decodeRpcAnswer(body(value), id, HTTP_BODY_BYTES_MAX);
const batch = (value: unknown, count = 2) => decodeRpcBatchAnswer(body(value), 7, count, HTTP_BODY_BYTES_MAX);

describe('encodeRpcCall', () => {
  it('writes compact JSON, always the same', () => {
    const bytes = encodeRpcCall(7, { method: 'eth_blockNumber', params: [] });
    assert.deepEqual(bytes, utf8('{"jsonrpc":"2.0","id":7,"method":"eth_blockNumber","params":[]}'));
  });
});

describe('encodeRpcBatch', () => {
  it('numbers its calls from the first id on', () => {
    const bytes = encodeRpcBatch(7, [
      { method: 'a', params: [] },
      { method: 'b', params: [null, '0x1'] },
    ]);
    assert.deepEqual(JSON.parse(Buffer.from(bytes).toString()), [
      { jsonrpc: '2.0', id: 7, method: 'a', params: [] },
      { jsonrpc: '2.0', id: 8, method: 'b', params: [null, '0x1'] },
    ]);
  });
});

describe('decodeRpcAnswer', () => {
  it('gives the result, null among them', () => {
    assert.deepEqual(answer(result(7, ['0x1'])), { ok: true, result: ['0x1'] });
    assert.deepEqual(answer(result(7, null)), { ok: true, result: null });
    assert.deepEqual(answer({ ...result(7, '0x1'), error: null }), { ok: true, result: '0x1' });
  });

  it('gives the error, also one that a node could not match to a call', () => {
    for (const id of [7, null]) {
      const found = answer(failure(id));
      assert.ok(!found.ok && found.error instanceof RpcError);
      assert.equal(found.error.code, -32_602);
    }
  });

  it('keeps no control characters and no end of length of an error message', () => {
    const found = answer(failure(7, 1, `\u001b[2J\n\u0000é${'x'.repeat(10_000)}`));
    assert.ok(!found.ok);
    assert.match(found.error.message, /^RPC error 1: \?\[2J\?\?\?x+$/);
    assert.equal(found.error.message.length, 'RPC error 1: '.length + RPC_MESSAGE_CHARS_MAX);
  });

  it('refuses another id, a missing one and one as text', () => {
    for (const id of [8, '7', null, undefined, 7.5, [7]])
      throwsDecodeError(() => answer(result(id, 1)), 'rpc-id');
    throwsDecodeError(() => answer(failure(8)), 'rpc-id');
  });

  it('refuses what is no answer', () => {
    throwsDecodeError(() => answer([result(7, 1)]), 'type');
    throwsDecodeError(() => answer(null), 'type');
    throwsDecodeError(() => answer({ id: 7, result: 1 }), 'missing');
    throwsDecodeError(() => answer({ ...result(7, 1), jsonrpc: '1.0' }), 'unknown');
    throwsDecodeError(() => answer({ jsonrpc: '2.0', id: 7 }), 'missing');
    throwsDecodeError(() => answer({ ...result(7, 1), error: { code: 1, message: '' } }), 'fields-disagree');
    throwsDecodeError(() => answer({ jsonrpc: '2.0', id: 7, error: 'no' }), 'type');
    for (const code of ['1', 1.5, 2 ** 60]) throwsDecodeError(() => answer(failure(7, code)), 'type');
    throwsDecodeError(() => answer({ jsonrpc: '2.0', id: 7, error: { message: 'x' } }), 'missing');
  });

  it('refuses every truncation', () => {
    const bytes = body(result(7, [{ a: 'é', b: [1, null] }]));
    for (let end = 0; end < bytes.length; end++) {
      assert.throws(
        () => decodeRpcAnswer(bytes.subarray(0, end), 7, 1_000),
        { name: 'DecodeError' },
        `at ${end}`,
      );
    }
  });
});

describe('decodeRpcBatchAnswer', () => {
  it('gives the answers in the order of the calls', () => {
    const found = batch([failure(8), result(7, '0x1')]);
    assert.ok(found.kind === 'answers');
    assert.deepEqual(found.answers[0], { ok: true, result: '0x1' });
    assert.ok(found.answers[1]?.ok === false);
  });

  it('tells a refused batch from answers', () => {
    for (const value of [failure(null), failure(7), failure(undefined), [failure(null)]]) {
      const found = batch(value);
      assert.ok(found.kind === 'batch-refused', JSON.stringify(value));
      assert.equal(found.error.code, -32_602);
    }
  });

  it('refuses answers that are missing, doubled, foreign or too many', () => {
    throwsDecodeError(() => batch([result(7, 1)]), 'rpc-id');
    throwsDecodeError(() => batch([]), 'rpc-id');
    throwsDecodeError(() => batch([result(7, 1), result(7, 2)]), 'rpc-id');
    throwsDecodeError(() => batch([result(7, 1), result(9, 2)]), 'rpc-id');
    throwsDecodeError(() => batch([result(7, 1), result('8', 2)]), 'rpc-id');
    throwsDecodeError(() => batch([result(7, 1), failure(null)]), 'rpc-id');
    throwsDecodeError(() => batch([result(7, 1), result(8, 2), result(9, 3)]), 'rpc-id');
  });

  it('refuses what is no array of objects', () => {
    throwsDecodeError(() => batch(result(7, 1)), 'type');
    throwsDecodeError(() => batch('x'), 'type');
    throwsDecodeError(() => batch([result(7, 1), 8]), 'type');
  });
});

describe('parseJson', () => {
  it('takes the deepest nesting and refuses one deeper, brackets in strings apart', () => {
    const nested = (depth: number) => utf8('['.repeat(depth) + ']'.repeat(depth));
    assert.ok(Array.isArray(parseJson(nested(JSON_DEPTH_MAX), 1_000)));
    throwsDecodeError(() => parseJson(nested(JSON_DEPTH_MAX + 1), 1_000), 'depth');
    const brackets = '[{'.repeat(JSON_DEPTH_MAX);
    assert.equal(parseJson(body(`${brackets}"${brackets}\\`), 1_000), `${brackets}"${brackets}\\`);
    throwsDecodeError(
      () => parseJson(utf8(`["\\\\",${brackets}`), 1_000),
      'depth',
      'after an escaped backslash',
    );
  });

  it('refuses a bomb of brackets before the parser sees it', () => {
    throwsDecodeError(() => parseJson(utf8('['.repeat(HTTP_BODY_BYTES_MAX)), HTTP_BODY_BYTES_MAX), 'depth');
    throwsDecodeError(() => parseJson(utf8('{"a":'.repeat(2_000)), HTTP_BODY_BYTES_MAX), 'depth');
  });

  it('refuses more bytes than the limit, what is no JSON and what is no UTF-8', () => {
    throwsDecodeError(() => parseJson(utf8('  1'), 2), 'size');
    for (const text of ['', '<html>', '{"a":1,}', '1 2', '\ufeff1', "{'a':1}", 'NaN', '"', '"\\']) {
      throwsDecodeError(() => parseJson(utf8(text), 1_000), 'json', text);
    }
    throwsDecodeError(() => parseJson(Uint8Array.of(0x22, 0xff, 0x22), 1_000), 'utf8');
  });
});
