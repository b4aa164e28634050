import type { CborMap, CborValue } from './cbor.js';
import { asText, asUint, expectArray, expectBytes, expectText, expectUint } from './cbor-fields.js';
import { DecodeError, InvariantError } from './errors.js';
import { VERSION_CHARS_MAX } from './limits.js';

/**
 * The claims of RFC 8392 and RFC 9711 that a report carries. RFC 9711 section 4.2.7 allows `swversion` only
 * beside `swname`.
 */
export const EAT_CLAIM = Object.freeze({
  /** Unix seconds. RFC 8392 section 3.1.6 */
  iat: 6,
  /** 8 to 64 bytes. RFC 9711 section 4.1 */
  nonce: 10,
  /** Type byte and identifier. RFC 9711 section 4.2.1 */
  ueid: 256,
  /** Seconds since boot. RFC 9711 section 4.2.11 */
  uptime: 261,
  /** RFC 9711 section 4.2.12 */
  bootcount: 267,
  /** Text. RFC 9711 section 4.2.6 */
  swname: 270,
  /** `[version, ? scheme]`; the scheme is left out here. RFC 9711 section 4.2.7 */
  swversion: 271,
} as const);

/** The name that every report gives its firmware. */
export const SOFTWARE_NAME = 'latchkey';

/** The claims that say which device speaks, and when; every field of a report that is not ours. */
export interface EatClaims {
  readonly issuedAtSeconds?: number;
  readonly nonce: Uint8Array;
  readonly ueid: Uint8Array;
  readonly uptimeSeconds: number;
  readonly bootCount: number;
  readonly firmwareVersion: string;
}

/**
 * Makes the device's universal entity id: type RAND, 128 bits.
 * @param sha256OfPublicKey32 - SHA-256 over the 33-byte compressed public key
 * @returns 17 bytes: 0x01 and the first 16 of the digest
 * @throws InvariantError where it is not 32 bytes
 * @see RFC 9711 section 4.2.1.1
 */
export function ueidOf(sha256OfPublicKey32: Uint8Array): Uint8Array {
  if (sha256OfPublicKey32.length !== 32) throw new InvariantError('ueidOf: expected a digest of 32 bytes');
  const ueid = new Uint8Array(UEID_BYTES);
  ueid[0] = UEID_RAND;
  ueid.set(sha256OfPublicKey32.subarray(0, 16), 1);
  return ueid;
}

/** Puts the claims into a map; absent ones are left out. Checks nothing. */
export function eatClaimsToMap(claims: EatClaims): Map<number, CborValue> {
  const map = new Map<number, CborValue>();
  if (claims.issuedAtSeconds !== undefined) map.set(EAT_CLAIM.iat, claims.issuedAtSeconds);
  map.set(EAT_CLAIM.nonce, claims.nonce);
  map.set(EAT_CLAIM.ueid, claims.ueid);
  map.set(EAT_CLAIM.uptime, claims.uptimeSeconds);
  map.set(EAT_CLAIM.bootcount, claims.bootCount);
  map.set(EAT_CLAIM.swname, SOFTWARE_NAME);
  map.set(EAT_CLAIM.swversion, [claims.firmwareVersion]);
  return map;
}

/**
 * Reads the claims out of a map, each checked for its type and range. Leaves other keys to the caller.
 * @throws DecodeError `missing` | `type` | `range` | `size` | `unknown`
 */
export function eatClaimsFromMap(map: CborMap): EatClaims {
  const issuedAt = map.get(EAT_CLAIM.iat);
  const ueid = expectBytes(map, EAT_CLAIM.ueid, UEID_BYTES);
  if (ueid[0] !== UEID_RAND)
    throw new DecodeError('unknown', `expected a UEID of type ${UEID_RAND}, found ${ueid[0]}`);
  if (expectText(map, EAT_CLAIM.swname, VERSION_CHARS_MAX) !== SOFTWARE_NAME) {
    throw new DecodeError('unknown', `expected the firmware ${SOFTWARE_NAME}`);
  }
  return {
    ...(issuedAt === undefined ? {} : { issuedAtSeconds: asUint(issuedAt, UINT40_MAX) }),
    nonce: expectBytes(map, EAT_CLAIM.nonce, NONCE_BYTES_MIN, NONCE_BYTES_MAX),
    ueid,
    uptimeSeconds: expectUint(map, EAT_CLAIM.uptime, UINT32_MAX),
    bootCount: expectUint(map, EAT_CLAIM.bootcount, UINT32_MAX),
    firmwareVersion: asText(expectArray(map, EAT_CLAIM.swversion, 1)[0] as CborValue, VERSION_CHARS_MAX),
  };
}

/** UEID type 0x01: a random number, or a digest of what identifies the device. */
const UEID_RAND = 0x01;
const UEID_BYTES = 17;
const NONCE_BYTES_MIN = 8;
const NONCE_BYTES_MAX = 64;
const UINT32_MAX = 0xffff_ffff;
const UINT40_MAX = 0xff_ffff_ffff;
