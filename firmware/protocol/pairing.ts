import { asciiBytes, concatBytes, writeUint } from './bytes.js';
import { type CborValue, decodeCbor, encodeCbor } from './cbor.js';
import { asArray, asBigUint, asBoolean, asBytes, asMap, asText, asUint } from './cbor-fields.js';
import { DecodeError } from './errors.js';
import { ENDPOINTS_MAX, PAIRING_FRAME_BYTES_MAX, SETTING_CHARS_MAX, URL_CHARS_MAX } from './limits.js';
import { type RefusalReason, refusalCode, refusalFromCode } from './refusal.js';
import { SETTING_NAMES } from './setting.js';

/** What pairing pins for good, and the settings that the same channel may change later. */
export interface LockSettings {
  readonly chainId: bigint;
  /** 20-byte address of the LockRegistry. */
  readonly registry: Uint8Array;
  /** The first block that can hold a command for this lock. */
  readonly startBlock: number;
  /** JSON-RPC endpoints, 1 to ENDPOINTS_MAX. */
  readonly endpoints: readonly string[];
  /** Text settings by name: SETTING_NAMES. */
  readonly texts: ReadonlyMap<string, string>;
}

/** The frames of a pairing session, in the order in which they are used. */
export type PairingFrame =
  /** tool: a fresh nonce. */
  | { readonly kind: 'hello'; readonly nonce16: Uint8Array }
  /** lock: who it is, and its nonce. */
  | {
      readonly kind: 'greeting';
      readonly lock20: Uint8Array;
      readonly publicKey33: Uint8Array;
      readonly nonce16: Uint8Array;
      readonly paired: boolean;
    }
  /** both, the tool first: HMAC by the session key over the sender's role. */
  | { readonly kind: 'proof'; readonly mac32: Uint8Array }
  /** both, from here on: another frame, counted and authenticated. */
  | { readonly kind: 'sealed'; readonly inner: Uint8Array; readonly tag16: Uint8Array }
  /** tool: pin this owner. The viewing key's field is reserved and null. */
  | {
      readonly kind: 'pair';
      readonly owner: Uint8Array;
      readonly ownerUnixSeconds: number;
      readonly settings: LockSettings;
    }
  | { readonly kind: 'paired'; readonly owner: Uint8Array; readonly epoch: number }
  /** tool: sign the registration of the pinned owner, until this Unix second. */
  | { readonly kind: 'register'; readonly deadlineSeconds: number }
  /** lock: r, s, v over EIP-712 Registration. */
  | { readonly kind: 'registration'; readonly signature65: Uint8Array }
  /** tool: new endpoints and texts; what is pinned must be the same. */
  | { readonly kind: 'configure'; readonly settings: LockSettings }
  | { readonly kind: 'configured' }
  | { readonly kind: 'refused'; readonly reason: RefusalReason }
  /** tool: give me what an `adopt` of this session is to name. */
  | { readonly kind: 'ask' }
  /** lock: for one `adopt`, in this session. */
  | { readonly kind: 'challenge'; readonly challenge16: Uint8Array }
  /** tool: this owner asks for the lock; r, s, v over EIP-712 Adopt. */
  | {
      readonly kind: 'adopt';
      readonly owner: Uint8Array;
      readonly epoch: number;
      readonly signature65: Uint8Array;
      /** The pinned owner's handover to this owner: the transaction's JSON as a node tells it, in UTF-8. */
      readonly handover: Uint8Array | undefined;
    }
  /** lock: it waits so much longer; 0 seconds: it has taken effect. */
  | {
      readonly kind: 'adoption';
      readonly owner: Uint8Array;
      readonly epoch: number;
      readonly challenge16: Uint8Array;
      readonly waitSeconds: number;
    }
  /** tool: the pinned owner refuses the adoption that waits; r, s, v over EIP-712 Refuse. */
  | { readonly kind: 'refuse'; readonly challenge16: Uint8Array; readonly signature65: Uint8Array }
  /** lock: that adoption is over. */
  | { readonly kind: 'stopped'; readonly challenge16: Uint8Array };

const KINDS = Object.freeze([
  'hello',
  'greeting',
  'proof',
  'sealed',
  'pair',
  'paired',
  'register',
  'registration',
  'configure',
  'configured',
  'refused',
  'ask',
  'challenge',
  'adopt',
  'adoption',
  'refuse',
  'stopped',
] as const);

const VERSION = 1;
const UINT40_MAX = 2 ** 40 - 1;

/**
 * Encodes a frame for the stream: its length in two bytes, then deterministic CBOR `[version, kind, ...fields]`.
 */
export function encodePairingFrame(frame: PairingFrame): Uint8Array {
  const body = encodeCbor([VERSION, KINDS.indexOf(frame.kind), ...fieldsOf(frame)]);
  return concatBytes(writeUint(body.length, 2), body);
}

/**
 * Decodes the body of one frame (without its length).
 * @throws DecodeError `type` | `range` | `size` | `unknown` and the codes of `decodeCbor`
 */
export function decodePairingFrame(body: Uint8Array): PairingFrame {
  const [version, index, ...fields] = asArray(decodeCbor(body));
  if (version !== VERSION) throw new DecodeError('unknown', `expected frame version ${VERSION}`);
  const kind = typeof index === 'number' ? KINDS[index] : undefined;
  if (kind === undefined) throw new DecodeError('unknown', 'unknown kind of frame');
  return frameFrom(kind, fields);
}

/**
 * Cuts a byte stream into frames: feed what arrives, take whole bodies.
 * Holds at most one frame; a longer one is an error at its first two bytes.
 */
export class PairingStream {
  #held: Uint8Array = new Uint8Array(0);

  /** @returns the bodies that are complete now @throws DecodeError `size` */
  feed(bytes: Uint8Array): readonly Uint8Array[] {
    let rest = concatBytes(this.#held, bytes);
    const bodies: Uint8Array[] = [];
    while (rest.length >= 2) {
      const size = ((rest[0] as number) << 8) | (rest[1] as number);
      if (size > PAIRING_FRAME_BYTES_MAX) throw new DecodeError('size', `a frame of ${size} bytes`);
      if (rest.length < 2 + size) break;
      bodies.push(rest.slice(2, 2 + size));
      rest = rest.subarray(2 + size);
    }
    this.#held = rest.slice();
    return bodies;
  }
}

type Hmac = (key: Uint8Array, message: Uint8Array) => Uint8Array;

/**
 * The key of one session: HMAC-SHA-256 of the printed secret over both nonces and the lock's identity.
 * The secret itself never travels.
 */
export function pairingSessionKey(
  hmac: Hmac,
  secret16: Uint8Array,
  toolNonce16: Uint8Array,
  greeting: Extract<PairingFrame, { kind: 'greeting' }>,
): Uint8Array {
  const { nonce16, lock20, publicKey33, paired } = greeting;
  const label = asciiBytes('latchkey pairing 1');
  return hmac(
    secret16,
    concatBytes(label, toolNonce16, nonce16, lock20, publicKey33, writeUint(paired ? 1 : 0, 1)),
  );
}

/** The proof that one side knows the secret. */
export function pairingProof(hmac: Hmac, sessionKey: Uint8Array, side: 'tool' | 'lock'): Uint8Array {
  return hmac(sessionKey, asciiBytes(`proof ${side}`));
}

/** The tag of a sealed frame: direction, its count from 0, and its bytes. */
export function pairingTag(
  hmac: Hmac,
  sessionKey: Uint8Array,
  from: 'tool' | 'lock',
  count: number,
  inner: Uint8Array,
): Uint8Array {
  return hmac(sessionKey, concatBytes(asciiBytes(`frame ${from}`), writeUint(count, 4), inner)).slice(0, 16);
}

/** The settings as CBOR, alike in frames and in flash. */
export function settingsToCbor(settings: LockSettings): CborValue {
  return [settings.chainId, settings.registry, settings.startBlock, settings.endpoints, settings.texts];
}

/** @throws DecodeError `type` | `range` | `size` | `unknown` */
export function settingsFromCbor(value: CborValue | undefined): LockSettings {
  const [chainId, registry, startBlock, endpoints, texts] = asArray(value, 5);
  return {
    chainId: chainIdFrom(chainId),
    registry: asBytes(registry, 20),
    startBlock: asUint(startBlock, 2 ** 48),
    endpoints: endpointsFrom(endpoints),
    texts: textsFrom(texts),
  };
}

function fieldsOf(frame: PairingFrame): readonly CborValue[] {
  switch (frame.kind) {
    case 'hello':
      return [frame.nonce16];
    case 'greeting':
      return [frame.lock20, frame.publicKey33, frame.nonce16, frame.paired];
    case 'proof':
      return [frame.mac32];
    case 'sealed':
      return [frame.inner, frame.tag16];
    case 'pair':
      return [frame.owner, frame.ownerUnixSeconds, settingsToCbor(frame.settings), null];
    case 'paired':
      return [frame.owner, frame.epoch];
    case 'register':
      return [frame.deadlineSeconds];
    case 'registration':
      return [frame.signature65];
    case 'configure':
      return [settingsToCbor(frame.settings)];
    case 'configured':
      return [];
    case 'refused':
      return [refusalCode(frame.reason)];
    case 'ask':
      return [];
    case 'challenge':
    case 'stopped':
      return [frame.challenge16];
    case 'adopt':
      return [frame.owner, frame.epoch, frame.signature65, frame.handover ?? null];
    case 'adoption':
      return [frame.owner, frame.epoch, frame.challenge16, frame.waitSeconds];
    case 'refuse':
      return [frame.challenge16, frame.signature65];
  }
}

function frameFrom(kind: PairingFrame['kind'], fields: readonly CborValue[]): PairingFrame {
  const [a, b, c, d] = fields;
  const counted = (count: number): void => {
    if (fields.length !== count) throw new DecodeError('type', `expected ${count} fields in ${kind}`);
  };
  switch (kind) {
    case 'hello':
      counted(1);
      return { kind, nonce16: asBytes(a, 16) };
    case 'greeting':
      counted(4);
      return {
        kind,
        lock20: asBytes(a, 20),
        publicKey33: asBytes(b, 33),
        nonce16: asBytes(c, 16),
        paired: asBoolean(d),
      };
    case 'proof':
      counted(1);
      return { kind, mac32: asBytes(a, 32) };
    case 'sealed':
      counted(2);
      return { kind, inner: asBytes(a, 0, PAIRING_FRAME_BYTES_MAX), tag16: asBytes(b, 16) };
    case 'pair':
      counted(4);
      if (d !== null) throw new DecodeError('unknown', 'the viewing key is reserved');
      return {
        kind,
        owner: asBytes(a, 20),
        ownerUnixSeconds: asUint(b, UINT40_MAX),
        settings: settingsFromCbor(c),
      };
    case 'paired':
      counted(2);
      return { kind, owner: asBytes(a, 20), epoch: asUint(b, 0xffff) };
    case 'register':
      counted(1);
      return { kind, deadlineSeconds: asUint(a, UINT40_MAX) };
    case 'registration':
      counted(1);
      return { kind, signature65: asBytes(a, 65) };
    case 'configure':
      counted(1);
      return { kind, settings: settingsFromCbor(a) };
    case 'configured':
      counted(0);
      return { kind };
    case 'refused':
      counted(1);
      return { kind, reason: refusalFromCode(asUint(a, 0xffff)) ?? 'malformed' };
    case 'ask':
      counted(0);
      return { kind };
    case 'challenge':
    case 'stopped':
      counted(1);
      return { kind, challenge16: asBytes(a, 16) };
    case 'adopt':
      counted(4);
      return {
        kind,
        owner: asBytes(a, 20),
        epoch: asUint(b, 0xffff),
        signature65: asBytes(c, 65),
        handover: d === null ? undefined : asBytes(d, 0, PAIRING_FRAME_BYTES_MAX),
      };
    case 'adoption':
      counted(4);
      return {
        kind,
        owner: asBytes(a, 20),
        epoch: asUint(b, 0xffff),
        challenge16: asBytes(c, 16),
        waitSeconds: asUint(d, 0xffff_ffff),
      };
    case 'refuse':
      counted(2);
      return { kind, challenge16: asBytes(a, 16), signature65: asBytes(b, 65) };
  }
}

function endpointsFrom(value: CborValue | undefined): readonly string[] {
  const urls = asArray(value);
  if (urls.length === 0 || urls.length > ENDPOINTS_MAX) {
    throw new DecodeError('range', `expected 1 to ${ENDPOINTS_MAX} endpoints`);
  }
  return urls.map((item) => {
    const url = asText(item, URL_CHARS_MAX);
    if (!/^https?:\/\/[!-~]+$/.test(url)) throw new DecodeError('type', 'expected a URL');
    return url;
  });
}

function textsFrom(value: CborValue | undefined): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [name, text] of asMap(value)) {
    if (typeof name !== 'string' || !SETTING_NAMES.includes(name)) {
      throw new DecodeError('unknown', 'unknown setting');
    }
    texts.set(name, asText(text, SETTING_CHARS_MAX));
  }
  return texts;
}

function chainIdFrom(value: CborValue | undefined): bigint {
  const chainId = asBigUint(value, 64);
  if (chainId === 0n) throw new DecodeError('range', 'expected a positive chain id');
  return chainId;
}
