import { concatBytes } from '../../firmware/protocol/bytes.js';
import { decodeCbor, encodeCbor } from '../../firmware/protocol/cbor.js';
import {
  decodeCommand,
  encodeCommandCall,
  encodeCommandManyCall,
  encodeGrantCall,
  encodeHandoverCall,
} from '../../firmware/protocol/command.js';
import { decodeSign1, sigStructure } from '../../firmware/protocol/cose.js';
import { formatHex, parseHex, parseQuantity } from '../../firmware/protocol/hex.js';
import { decodeRpcAnswer, decodeRpcBatchAnswer, parseJson } from '../../firmware/protocol/json-rpc.js';
import { encodeOrder } from '../../firmware/protocol/order.js';
import {
  decodePairingFrame,
  encodePairingFrame,
  type PairingFrame,
} from '../../firmware/protocol/pairing.js';
import { REFUSAL_REASONS, refusalCode } from '../../firmware/protocol/refusal.js';
import { registryEventFromLog } from '../../firmware/protocol/registry-event.js';
import { decodeRlp, encodeRlp, type RlpItem } from '../../firmware/protocol/rlp.js';
import { decodeTerms } from '../../firmware/protocol/terms.js';
import { decodeUtf8, encodeUtf8 } from '../../firmware/protocol/utf8.js';
import { line, prefixesOf, type VectorFiles } from './telling.js';

const LOCK = new Uint8Array(20).fill(0x71);
const OTHER = new Uint8Array(20).fill(0x72);
const GUEST = new Uint8Array(20).fill(0x33);

/**
 * All that the wire formats must say alike on every engine, told line by line: what they make of the vectors, of
 * every truncation, and of what only an engine's own JSON, strings, numbers and sorting could tell apart. Pure.
 */
export function* protocolTranscript(files: VectorFiles): Generator<string, void> {
  yield* cborLines(files);
  yield* coseLines(files);
  yield* rlpLines(files);
  yield* commandLines();
  yield* pairingLines();
  yield* jsonLines();
  yield* textLines();
}

function* cborLines(files: VectorFiles): Generator<string, void> {
  const vectors = files.read('cbor-rfc8949-appendix-a.json') as readonly { readonly hex: string }[];
  for (const { hex } of vectors) {
    for (const bytes of prefixesOf(parseHex(`0x${hex}`))) {
      yield line(`cbor ${formatHex(bytes)}`, () => decodeCbor(bytes));
      yield line(`cbor again ${formatHex(bytes)}`, () => encodeCbor(decodeCbor(bytes)));
    }
  }
  const keys: readonly (number | string)[] = [-1, 300, 'b', 0, 'aa', -300, 24, '\u{1f511}', 'é', '', 23, 'a'];
  const map = new Map(keys.map((key, index) => [key, index]));
  yield line('cbor keys in order', () => encodeCbor(map));
  for (const edge of [0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]) {
    yield line(`cbor ${edge}`, () => encodeCbor([edge, -edge, BigInt(edge), -1n - BigInt(edge)]));
  }
  for (const wide of [2n ** 53n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 64n, -(2n ** 64n), -(2n ** 64n) - 1n]) {
    yield line(`cbor ${wide}`, () => encodeCbor(wide));
    yield line(`cbor back ${wide}`, () => decodeCbor(encodeCbor(wide)));
  }
  for (const bad of [0.5, Number.NaN, 2 ** 53, -Infinity]) yield line(`cbor ${bad}`, () => encodeCbor(bad));
}

function* coseLines(files: VectorFiles): Generator<string, void> {
  const vector = files.read('cose.json') as Readonly<Record<string, string>>;
  yield line('cose sig structure', () =>
    sigStructure(parseHex(vector['protectedHeader']), parseHex(vector['payload'])),
  );
  for (const bytes of prefixesOf(parseHex(vector['cose'])))
    yield line(`cose ${bytes.length}`, () => decodeSign1(bytes));
}

function* rlpLines(files: VectorFiles): Generator<string, void> {
  const vectors = files.read('rlp.json') as {
    readonly valid: readonly { readonly item: HexItem; readonly rlp: string }[];
    readonly invalid: readonly { readonly rlp: string }[];
  };
  for (const { item, rlp } of vectors.valid) {
    yield line(`rlp of ${rlp.slice(0, 40)}`, () => encodeRlp(fromHex(item)));
    for (const bytes of prefixesOf(parseHex(`0x${rlp}`)))
      yield line(`rlp ${rlp.slice(0, 40)} to ${bytes.length}`, () => decodeRlp(bytes));
  }
  for (const { rlp } of vectors.invalid) yield line(`rlp ${rlp}`, () => decodeRlp(parseHex(`0x${rlp}`)));
}

type HexItem = string | readonly HexItem[];

function fromHex(item: HexItem): RlpItem {
  return typeof item === 'string' ? parseHex(`0x${item}`) : item.map(fromHex);
}

function* commandLines(): Generator<string, void> {
  const order = {
    lock: LOCK,
    challenge4: Uint8Array.of(0xff, 0, 1, 2),
    epoch: 65_535,
    notAfterSeconds: 2 ** 40 - 1,
    action: 255,
  };
  const terms = {
    notBeforeSeconds: 1_790_000_000,
    notAfterSeconds: 2 ** 40 - 1,
    rights: 7,
    weekdays: 0x7f,
    dayStartMinutes: 1_439,
    dayEndMinutes: 0,
    uses: 3,
    epoch: 2,
    serial: 2 ** 32 - 1,
  };
  yield line('order', () => encodeOrder(order));
  const calls = [
    encodeCommandCall(order),
    encodeCommandManyCall([order, { ...order, lock: OTHER, action: 2 }]),
    encodeGrantCall(LOCK, GUEST, terms),
    encodeHandoverCall(LOCK, GUEST, { epoch: 1, newEpoch: 2, notAfterSeconds: 1_800_000_000 }),
  ];
  for (const call of calls) {
    yield line('call', () => call);
    for (const bytes of [...prefixesOf(call), concatBytes(call, Uint8Array.of(0))]) {
      yield line(`call of ${bytes.length}`, () => decodeCommand(bytes, LOCK));
    }
    yield line('call for another lock', () => decodeCommand(call, GUEST));
    for (let i = 0; i < call.length; i++) {
      const altered = call.slice();
      altered[i] = (altered[i] as number) ^ 0x80;
      yield line(`call altered at ${i}`, () => decodeCommand(altered, LOCK));
    }
  }
  for (const word of [0n, 1n, 2n ** 256n - 1n, 2n ** 192n - 1n, 2n ** 192n])
    yield line(`terms ${word}`, () => decodeTerms(word));
  yield line('refusal codes', () => REFUSAL_REASONS.map((reason) => [reason, refusalCode(reason)]));
}

function* pairingLines(): Generator<string, void> {
  const frames: readonly PairingFrame[] = [
    { kind: 'hello', nonce16: new Uint8Array(16).fill(1) },
    {
      kind: 'pair',
      owner: GUEST,
      ownerUnixSeconds: 1_790_000_000,
      settings: {
        chainId: 2n ** 64n - 1n,
        registry: OTHER,
        startBlock: 12,
        endpoints: ['http://a/', 'https://b.example/x?y=1'],
        texts: new Map([
          ['wifi-ssid', 'Café \u{1f511}'],
          ['time-zone', 'CET-1CEST'],
        ]),
      },
    },
    { kind: 'register', deadlineSeconds: 2 ** 40 - 1 },
    {
      kind: 'adopt',
      owner: GUEST,
      epoch: 0xffff,
      signature65: new Uint8Array(65).fill(3),
      handover: new Uint8Array(40).fill(4),
    },
    { kind: 'refuse', challenge16: new Uint8Array(16).fill(5), signature65: new Uint8Array(65) },
  ];
  for (const frame of frames) {
    const bytes = encodePairingFrame(frame);
    yield line(`pairing ${frame.kind}`, () => bytes);
    for (const body of prefixesOf(bytes.subarray(2)))
      yield line(`pairing ${frame.kind} to ${body.length}`, () => decodePairingFrame(body));
  }
}

/** JSON comes from nodes that may lie, and goes through the engine's own parser. */
function* jsonLines(): Generator<string, void> {
  const texts = [
    '{"jsonrpc":"2.0","id":7,"result":"0x10"}',
    '{"jsonrpc":"2.0","id":7,"result":{"a":[1,null,true,1e3,-0,0.1,"\\u00e9\\n\\"\\\\\\/"]}}',
    '{"jsonrpc":"2.0","id":7,"result":1,"result":2}',
    '{"jsonrpc":"2.0","id":7,"result":"\\ud83d\\udd11","x":"\u{1f511}"}',
    '{"jsonrpc":"2.0","id":7,"error":{"code":-32602,"message":"no \\u001b[31m \u00e9"}}',
    '{"__proto__":{"id":7},"jsonrpc":"2.0","id":7,"result":{"__proto__":1,"constructor":2}}',
    '[{"jsonrpc":"2.0","id":8,"result":"0x1"},{"jsonrpc":"2.0","id":7,"result":[]}]',
    '[{"jsonrpc":"2.0","id":7,"result":"0x1"}]',
    '{"jsonrpc":"2.0","id":7.5,"result":1}',
    '{"jsonrpc":"2.0","id":123456789012345678901234567890,"result":1e400}',
    ...['', ' ', '1 2', '{"a":1,}', '[1,]', "{'a':1}", '{a:1}', 'NaN', 'Infinity', '01', '+1', '.5', '1.'],
    ...[
      '"\t"',
      '"\\x41"',
      '"\\u12"',
      '"\\',
      '"',
      'nul',
      'tru',
      '\ufeff1',
      '/**/1',
      '[1]//',
      '\u00a01',
      '1\v',
    ],
    ...['"\u2028"', '"\u007f"', '-', '-0', '1E+2', '0x10', '[,]', '{"a"}', '{"a":}', '[1 2]', ']', '\u0000'],
    `${'['.repeat(12)}${']'.repeat(12)}`,
    `${'['.repeat(13)}${']'.repeat(13)}`,
  ];
  for (const text of texts) {
    const bytes = encodeUtf8(text);
    yield line(`json ${text}`, () => parseJson(bytes, 1_000));
    yield line(`answer ${text}`, () => decodeRpcAnswer(bytes, 7, 1_000));
    yield line(`answers ${text}`, () => decodeRpcBatchAnswer(bytes, 7, 2, 1_000));
  }
  for (const bytes of prefixesOf(encodeUtf8(texts[1] ?? '')))
    yield line(`answer to ${bytes.length}`, () => decodeRpcAnswer(bytes, 7, 1_000));
  for (const log of [{}, { topics: [] }, { topics: ['0x'], data: '0x', removed: false }, null, 'x', [1]])
    yield line(`log ${JSON.stringify(log)}`, () => registryEventFromLog(log));
}

function* textLines(): Generator<string, void> {
  // Overlong, surrogates, beyond the last code point, lone and missing continuations.
  const sequences = [
    'c080',
    'e08080',
    'eda080',
    'edbfbf',
    'f4908080',
    'f0808080',
    '80',
    'c3',
    'e282',
    'ff',
    'f09f9491',
  ];
  for (const hex of [...sequences, '00', '7f', 'c280', 'dfbf', 'e0a080', 'ee8080', 'efbfbf', 'f48fbfbf']) {
    const bytes = parseHex(`0x${hex}`);
    yield line(`utf8 ${hex}`, () => encodeUtf8(decodeUtf8(bytes)));
  }
  for (const text of [
    '0x',
    '0X00',
    '0x0',
    '0x00',
    '0xAb',
    '0xg0',
    '0x 0',
    '00',
    '',
    '0x0000000000000001',
    '０x00',
  ]) {
    yield line(`hex ${text}`, () => parseHex(text));
    yield line(`quantity ${text}`, () => parseQuantity(text, 64));
  }
  for (const text of [
    '0x1',
    '0x01',
    '0x10000000000000000',
    '0xffffffffffffffff',
    '0x-1',
    '0x1n',
    '1',
    ' 0x1',
  ])
    yield line(`quantity ${text}`, () => parseQuantity(text, 64));
  for (const value of [1, null, undefined, {}, []]) yield line(`hex ${String(value)}`, () => parseHex(value));
}
