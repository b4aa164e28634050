import assert from 'node:assert/strict';
import { VETO_FIRST_ID } from '../../../../firmware/lock/veto-watch.js';
import { asciiBytes } from '../../../../firmware/protocol/bytes.js';
import { RpcExchanges } from '../../../../host-sim/checkers/rpc-exchange.js';
import { answerOf, HEAD, logsOf, NODE_A, NODE_B, postOf } from './node-talk.js';

const CALLS = [HEAD, logsOf(1)];
const done = (id: number, body: Uint8Array, status = 200) =>
  ({ kind: 'http-done', id, status, body }) as const;

function asked(id = 7): RpcExchanges {
  const exchanges = new RpcExchanges();
  exchanges.ask(postOf(id, NODE_A, CALLS));
  return exchanges;
}

describe('RpcExchanges', () => {
  it('reads what is asked, and lets other outputs be', () => {
    const exchanges = new RpcExchanges();
    const { url, calls } = exchanges.ask(postOf(1, NODE_A, CALLS)) ?? {};
    assert.equal(url, NODE_A);
    assert.deepEqual(
      calls?.map(({ method, params }) => ({ method, params })),
      CALLS,
    );
    assert.equal(exchanges.ask({ kind: 'stop-bolt' }), undefined);
  });

  it('gives each call the answer of its number, in whichever order they come', () => {
    const body = asciiBytes(JSON.stringify([{ id: 2, result: [] }, { id: 1, result: '0x5' }, 4, null]));
    const exchange = asked().answer(done(7, body));
    assert.equal(exchange?.url, NODE_A);
    assert.deepEqual(
      exchange?.calls.map(({ method, result }) => [method, result]),
      [
        ['eth_blockNumber', '0x5'],
        ['eth_getLogs', []],
      ],
    );
    assert.equal(exchange?.isTooLarge, false);
  });

  it('reads an answer alone, without a list', () => {
    const exchanges = new RpcExchanges();
    exchanges.ask(postOf(1, NODE_A, [HEAD]));
    const exchange = exchanges.answer(done(1, asciiBytes('{"id":1,"result":"0x9"}')));
    assert.deepEqual(
      exchange?.calls.map(({ result }) => result),
      ['0x9'],
    );
  });

  it('knows which exchange is of which node', () => {
    const exchanges = asked(1);
    exchanges.ask(postOf(2, NODE_B, CALLS));
    assert.equal(exchanges.answer(done(2, answerOf(['0x1', []])))?.url, NODE_B);
    assert.equal(exchanges.answer(done(1, answerOf(['0x1', []])))?.url, NODE_A);
  });

  it('has no result where the node errs, says something else or is no JSON at all', () => {
    for (const text of ['[{"id":1,"error":{}},{"id":9,"result":1}]', '{', '"x"', 'null'])
      assert.deepEqual(
        asked()
          .answer(done(7, asciiBytes(text)))
          ?.calls.map(({ result }) => result),
        [undefined, undefined],
        text,
      );
  });

  it('counts an answer once, none of an earlier boot, and none to what nobody asked', () => {
    const exchanges = asked();
    const answer = done(7, answerOf(['0x1', []]));
    assert.equal(exchanges.answer(done(8, answer.body)), undefined);
    assert.notEqual(exchanges.answer(answer), undefined);
    assert.equal(exchanges.answer(answer), undefined);
    const booted = asked();
    booted.boot();
    assert.equal(booted.answer(answer), undefined);
  });

  it('takes a failure for no answer, but says of one that it was too large', () => {
    assert.equal(asked().answer(done(7, answerOf(['0x1', []]), 500)), undefined);
    for (const reason of ['timeout', 'connection'] as const)
      assert.equal(asked().answer({ kind: 'http-failed', id: 7, reason }), undefined);
    const exchange = asked().answer({ kind: 'http-failed', id: 7, reason: 'too-large' });
    assert.equal(exchange?.isTooLarge, true);
    assert.deepEqual(
      exchange?.calls.map(({ result }) => result),
      [undefined, undefined],
    );
  });

  it('lets the search for a veto be', () => {
    const exchanges = new RpcExchanges();
    assert.equal(exchanges.ask(postOf(VETO_FIRST_ID, NODE_A, CALLS)), undefined);
    assert.equal(exchanges.answer(done(VETO_FIRST_ID, answerOf(['0x1', []]))), undefined);
  });
});
