import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../firmware/crypto/noble-engine.js';
import { recoverSender } from '../../firmware/crypto/sender.js';
import { decodeCommand } from '../../firmware/protocol/command.js';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { parseBlockNumber, parseLogs } from '../../firmware/protocol/ethereum-rpc.js';
import { parseHex } from '../../firmware/protocol/hex.js';
import { decodeRpcAnswer, decodeRpcBatchAnswer, parseJson } from '../../firmware/protocol/json-rpc.js';
import { HTTP_BODY_BYTES_MAX } from '../../firmware/protocol/limits.js';
import { SELECTOR, TOPIC } from '../../firmware/protocol/lock-registry.js';
import { registryEventFromLog } from '../../firmware/protocol/registry-event.js';
import { transactionFromRpc } from '../../firmware/protocol/transaction.js';
import type { OracleShare } from './transaction-oracle.js';

const PER_TYPE = 10_000;
const RUNS = 2_000;

/** Runs `run` and lets through only the error that a hostile peer may cause. */
function decodesOrRefuses(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
}

function compareInWorker(share: OracleShare): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./transaction-oracle.js', import.meta.url), { workerData: share });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the oracle's worker ended with ${code}`)));
  });
}

describe('recoverSender', () => {
  const workers = Math.max(1, Math.min(4, availableParallelism()));
  for (const type of [0, 1, 2] as const) {
    it(`agrees with viem on ${PER_TYPE} signed transactions of type ${type}`, async function () {
      this.timeout(300_000);
      const share = Math.ceil(PER_TYPE / workers);
      const counts = await Promise.all(
        Array.from({ length: workers }, (_, i) =>
          compareInWorker({ type, seed: `share ${i}`, count: Math.min(share, PER_TYPE - i * share) }),
        ),
      );
      assert.equal(
        counts.reduce((sum, count) => sum + count, 0),
        PER_TYPE,
      );
    });
  }
});

const word = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => `0x${Buffer.from(bytes).toString('hex')}`);
const quantity = fc.bigInt({ min: 0n, max: 2n ** 70n }).map((value) => `0x${value.toString(16)}`);
const oddHex = fc.oneof(
  quantity,
  word,
  fc.constantFrom('0x', '0x0', '0x1', '0x2', '0x25', '0x1b', '1', '0X1', null, 0, ''),
);
const address = fc.constantFrom(`0x${'ab'.repeat(20)}`, `0x${'AB'.repeat(20)}`, '0xab', null);
const storageKeys = fc.array(fc.oneof(word, fc.anything()), { maxLength: 10 });
const accessList = fc.array(
  fc.oneof(fc.record({ address, storageKeys }, { requiredKeys: [] }), fc.anything()),
  {
    maxLength: 10,
  },
);
/** JSON that is nearly a transaction: the fields are there, each right, odd or absent. */
const nearTransaction = fc.record(
  {
    type: fc.constantFrom('0x0', '0x1', '0x2', '0x3', 2, null),
    chainId: oddHex,
    nonce: oddHex,
    gasPrice: oddHex,
    maxFeePerGas: oddHex,
    maxPriorityFeePerGas: oddHex,
    gas: oddHex,
    to: address,
    value: fc.constantFrom('0x0', '0x0', '0x1', '0x'),
    input: oddHex,
    data: oddHex,
    v: oddHex,
    yParity: oddHex,
    r: fc.oneof(word, oddHex),
    s: fc.oneof(word, oddHex),
    accessList: fc.oneof(accessList, fc.constant(undefined)),
  },
  { requiredKeys: ['type', 'to', 'value'] },
);

describe('transactionFromRpc', () => {
  it('reads or refuses any JSON, and never fails otherwise', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.anything(), nearTransaction), (json) => {
        decodesOrRefuses(() => transactionFromRpc(json));
      }),
      { numRuns: RUNS },
    );
  });

  it('gives nothing that recoverSender fails on otherwise', () => {
    const engine = guardEngine(createNobleEngine());
    const scalar = fc.oneof(word, fc.constantFrom('0x0', '0x1', `0x${'ff'.repeat(32)}`));
    const signed = fc.record({ r: scalar, s: scalar, yParity: fc.constantFrom('0x0', '0x1') });
    fc.assert(
      fc.property(signed, (signature) => {
        const fields = { type: '0x2', chainId: '0x1', nonce: '0x0', gas: '0x0', maxFeePerGas: '0x0' };
        const rest = { maxPriorityFeePerGas: '0x0', to: `0x${'ab'.repeat(20)}`, value: '0x0', input: '0x' };
        const transaction = transactionFromRpc({ ...fields, ...rest, ...signature });
        decodesOrRefuses(() => assert.equal(recoverSender(engine, transaction).length, 20));
      }),
      { numRuns: 300 },
    );
  });
});

describe('decodeCommand', () => {
  const lock20 = new Uint8Array(20).fill(0x55);
  const selectors = Object.values(SELECTOR).map((selector) => parseHex(selector));

  it('reads or refuses any calldata, and never fails otherwise', () => {
    const head = fc.constantFrom(new Uint8Array(0), ...selectors);
    const words = fc.array(
      fc.oneof(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.constantFrom(
          Uint8Array.from([...new Uint8Array(12), ...lock20]),
          Uint8Array.from([...lock20, ...new Uint8Array(12)]),
          Uint8Array.from([...new Uint8Array(31), 0x20]),
          Uint8Array.from([...new Uint8Array(31), 0x01]),
          new Uint8Array(32),
        ),
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(head, words, fc.uint8Array({ maxLength: 3 }), (selector, body, tail) => {
        decodesOrRefuses(() => decodeCommand(Buffer.concat([selector, ...body, tail]), lock20));
        decodesOrRefuses(() => decodeCommand(Uint8Array.from(Buffer.concat([selector, ...body])), lock20));
      }),
      { numRuns: RUNS },
    );
  });
});

describe("an RPC node's answer", () => {
  it('is read or refused, whatever bytes it is', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((text) => Uint8Array.from(Buffer.from(text))),
      fc.string({ unit: 'binary' }).map((text) => Uint8Array.from(Buffer.from(text))),
    );
    fc.assert(
      fc.property(bytes, (body) => {
        decodesOrRefuses(() => parseJson(body, HTTP_BODY_BYTES_MAX));
        decodesOrRefuses(() => decodeRpcAnswer(body, 1, HTTP_BODY_BYTES_MAX));
        decodesOrRefuses(() => decodeRpcBatchAnswer(body, 1, 2, HTTP_BODY_BYTES_MAX));
      }),
      { numRuns: RUNS },
    );
  });

  it('is read or refused where it is nearly an answer', () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom(1, 2, '2.0', null));
    const near = fc.record(
      {
        jsonrpc: fc.constantFrom('2.0', '2.0', '1.0'),
        id: fc.oneof(fc.constantFrom(1, 2), value),
        result: value,
        error: fc.oneof(value, fc.record({ code: value, message: value }, { requiredKeys: [] })),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(near, fc.array(near, { maxLength: 3 })), (json) => {
        const body = Uint8Array.from(Buffer.from(JSON.stringify(json)));
        decodesOrRefuses(() => decodeRpcAnswer(body, 1, HTTP_BODY_BYTES_MAX));
        decodesOrRefuses(() => decodeRpcBatchAnswer(body, 1, 2, HTTP_BODY_BYTES_MAX));
      }),
      { numRuns: RUNS },
    );
  });

  it('holds logs and block numbers that are read or refused', () => {
    const near = fc.record(
      {
        topics: fc.oneof(
          fc.array(fc.oneof(word, fc.constantFrom(...Object.values(TOPIC))), { maxLength: 5 }),
          oddHex,
        ),
        data: fc.oneof(word, oddHex),
        blockNumber: oddHex,
        transactionHash: word,
        transactionIndex: oddHex,
        logIndex: oddHex,
        removed: fc.oneof(fc.boolean(), fc.anything()),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(near, fc.anything()), (log) => {
        decodesOrRefuses(() => registryEventFromLog(log));
        decodesOrRefuses(() => parseLogs([log]));
        decodesOrRefuses(() => parseLogs(log));
        decodesOrRefuses(() => parseBlockNumber(log));
      }),
      { numRuns: RUNS },
    );
  });
});
