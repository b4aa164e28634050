import type { DecodeErrorCode } from '../../../firmware/protocol/errors.js';
import {
  decodeRpcAnswer,
  decodeRpcBatchAnswer,
  type RpcAnswer,
} from '../../../firmware/protocol/json-rpc.js';
import { HTTP_BODY_BYTES_MAX, RPC_MESSAGE_CHARS_MAX } from '../../../firmware/protocol/limits.js';
import { attempt, expect, type Target } from '../target.js';
import { JSON_REFUSALS } from './refusals.js';
import { jsonBytes, linear, utf8Bytes } from './seed-bytes.js';

const REFUSALS: readonly DecodeErrorCode[] = [
  ...JSON_REFUSALS,
  'type',
  'missing',
  'unknown',
  'rpc-id',
  'fields-disagree',
];
const ANSWER = { jsonrpc: '2.0', id: 1, result: '0x10' };
const ERROR = { jsonrpc: '2.0', id: 1, error: { code: -32_000, message: 'no\u0007 such block' } };

/** Answers of a node to a call and to a batch. */
export const jsonRpcTarget: Target = {
  name: 'json-rpc',
  shape: { kind: 'json' },
  share: 60,
  bytesMax: 11_000,
  seeds: () => [
    ...[ANSWER, ERROR, [ANSWER, { ...ANSWER, id: 2 }], [{ ...ERROR, id: null }], { ...ERROR, id: null }].map(
      jsonBytes,
    ),
    utf8Bytes('[{"jsonrpc":"2.0","id":2,"result":[]},{"jsonrpc":"2.0","id":1,"result":null}]'),
    utf8Bytes(`{"jsonrpc":"2.0","id":1,"result":"${'\\\\\\"'.repeat(20)}]]]]"}`),
  ],
  run: (input: Uint8Array) => {
    const one = attempt(() => decodeRpcAnswer(input, 1, HTTP_BODY_BYTES_MAX), REFUSALS);
    if (one !== undefined) checkAnswer(one.value);
    const batch = attempt(() => decodeRpcBatchAnswer(input, 1, 2, HTTP_BODY_BYTES_MAX), REFUSALS);
    if (batch === undefined) return;
    if (batch.value.kind === 'batch-refused') checkAnswer({ ok: false, error: batch.value.error });
    else {
      expect(batch.value.answers.length === 2, `${batch.value.answers.length} answers to 2 calls`);
      batch.value.answers.forEach(checkAnswer);
    }
  },
  stepsMax: linear(600, 6),
};

function checkAnswer(answer: RpcAnswer): void {
  if (answer.ok) return;
  const { code, message } = answer.error;
  expect(Number.isSafeInteger(code), 'an error code that is no integer');
  expect(message.length <= RPC_MESSAGE_CHARS_MAX + 40, `a message of ${message.length} characters`);
  expect(/^[ -~]*$/.test(message), 'a message that a terminal may obey');
}
