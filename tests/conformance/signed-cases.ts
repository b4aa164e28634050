import { addressOf } from '../../firmware/crypto/address.js';
import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { signReport, verifyReport } from '../../firmware/crypto/report.js';
import { recoverSender, transactionHash } from '../../firmware/crypto/sender.js';
import { registrationDigest } from '../../firmware/protocol/eip712.js';
import { parseHex } from '../../firmware/protocol/hex.js';
import { encodeReportPayload, readReport } from '../../firmware/protocol/report.js';
import { accessDigest16, domainDigest8 } from '../../firmware/protocol/report-digests.js';
import { signedPayload, signingPayload, transactionFromRpc } from '../../firmware/protocol/transaction.js';
import { line, prefixesOf, type VectorFiles } from './telling.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reports, transactions and typed data from the vectors, with an engine: made, signed, read back, and refused in each
 * of their truncations and with each of their bytes altered. Pure.
 * @param engine - a guarded one
 */
export function* signedTranscript(engine: CryptoEngine, files: VectorFiles): Generator<string, void> {
  yield* reportLines(engine, files);
  yield* transactionLines(engine, files);
  for (const chainId of [1n, 4_690n, 2n ** 64n - 1n]) {
    yield line(`registration on ${chainId}`, () =>
      registrationDigest(
        engine.keccak256,
        { chainId, registry20: new Uint8Array(20).fill(0x11) },
        { lock: new Uint8Array(20).fill(1), owner: new Uint8Array(20).fill(2), deadline: 1_790_000_000 },
      ),
    );
  }
}

function* reportLines(engine: CryptoEngine, files: VectorFiles): Generator<string, void> {
  const vectors = files.read('report.json') as Fields & {
    readonly reports: readonly Fields[];
    readonly domain: Readonly<Record<string, string>>;
    readonly access: readonly {
      readonly floor: number;
      readonly entries: readonly { readonly guest: string; readonly terms: string }[];
    }[];
  };
  const secretKey32 = parseHex(vectors['privateKey'], 32);
  const lock20 = addressOf(engine, engine.publicKey(secretKey32));
  yield line('lock', () => lock20);
  yield line('domain digest', () =>
    domainDigest8(
      engine.sha256,
      BigInt(vectors.domain['chainId'] ?? 0),
      parseHex(vectors.domain['registry']),
    ),
  );
  for (const { floor, entries } of vectors.access) {
    const state = {
      floor,
      entries: entries.map(({ guest, terms }) => ({ guest: parseHex(guest, 20), terms: BigInt(terms) })),
    };
    yield line(`access digest above ${floor}`, () => accessDigest16(engine.sha256, state));
  }
  for (const vector of vectors.reports) {
    const cose = parseHex(vector['cose']);
    const { report } = readReport(cose);
    yield line(`report ${vector['name']}`, () => readReport(cose));
    yield line('its payload', () => encodeReportPayload(report));
    yield line('signed again', () => signReport(engine, secretKey32, lock20, report));
    yield line('verified', () => verifyReport(engine, cose));
    for (const bytes of prefixesOf(cose))
      yield line(`report to ${bytes.length}`, () => readReport(bytes).report.seq);
    for (let i = 0; i < cose.length; i++) {
      const altered = cose.slice();
      altered[i] = (altered[i] as number) ^ 1;
      yield line(`report altered at ${i}`, () => readReport(altered));
    }
  }
}

function* transactionLines(engine: CryptoEngine, files: VectorFiles): Generator<string, void> {
  const { transactions } = files.read('transactions.json') as { readonly transactions: readonly Fields[] };
  for (const vector of transactions) {
    const json = rpcFormOf(vector);
    const name = String(vector['name']);
    // Those that carry coins are refused as the lock refuses them; without, the signer is another.
    for (const form of [json, { ...json, value: '0x0' }]) {
      yield line(`transaction ${name}`, () => transactionFromRpc(form));
      yield line('signing payload', () => signingPayload(transactionFromRpc(form)));
      yield line('signed payload', () => signedPayload(transactionFromRpc(form)));
      yield line('hash', () => transactionHash(engine, transactionFromRpc(form)));
      yield line('sender', () => recoverSender(engine, transactionFromRpc(form)));
    }
    for (const field of Object.keys(json)) {
      yield line(`${name} without ${field}`, () =>
        transactionFromRpc({ ...json, value: '0x0', [field]: undefined }),
      );
      yield line(`${name} with another ${field}`, () =>
        transactionFromRpc({ ...json, value: '0x0', [field]: '0x00' }),
      );
    }
  }
}

/** A vector in the form in which a node tells it. */
function rpcFormOf(vector: Fields): Fields {
  const quantity = (value: unknown) => `0x${BigInt(String(value)).toString(16)}`;
  const word = (hex: unknown) => quantity(`0x${hex}`);
  const type = Number(vector['type']);
  const parity = Number(vector['yParity']);
  const accessList = (vector['accessList'] ?? []) as readonly {
    address: string;
    storageKeys: readonly string[];
  }[];
  return {
    type: quantity(type),
    chainId: quantity(vector['chainId']),
    nonce: quantity(vector['nonce']),
    gas: quantity(vector['gas']),
    to: `0x${vector['to']}`,
    value: quantity(vector['value']),
    input: `0x${vector['data']}`,
    r: word(vector['r']),
    s: word(vector['s']),
    v: quantity(type === 0 ? 35 + 2 * Number(vector['chainId']) + parity : parity),
    ...(type < 2 && { gasPrice: quantity(vector['gasPrice']) }),
    ...(type === 2 && {
      maxFeePerGas: quantity(vector['maxFeePerGas']),
      maxPriorityFeePerGas: quantity(vector['maxPriorityFeePerGas']),
    }),
    ...(type > 0 && {
      yParity: quantity(parity),
      accessList: accessList.map(({ address, storageKeys }) => ({
        address: `0x${address}`,
        storageKeys: storageKeys.map((key) => `0x${key}`),
      })),
    }),
  };
}
