import { encodeAddressWord, encodeUintWord } from './abi.js';
import { asciiBytes, concatBytes } from './bytes.js';

export type Keccak256 = (bytes: Uint8Array) => Uint8Array;

/** Which registry on which chain a signature is for. */
export interface RegistryDomain {
  readonly chainId: bigint | number;
  /** 20-byte address. */
  readonly registry20: Uint8Array;
}

/** What a device signs for its pinned owner. Addresses are 20 bytes. */
export interface Registration {
  readonly lock: Uint8Array;
  readonly owner: Uint8Array;
  /** Unix seconds. */
  readonly deadline: bigint | number;
}

/** How a new owner asks for a lock, in one pairing session. Addresses are 20 bytes. */
export interface Adopt {
  readonly lock: Uint8Array;
  readonly owner: Uint8Array;
  /** Above the lock's; u16. */
  readonly epoch: number;
  /** What the lock gave in the session. */
  readonly challenge16: Uint8Array;
}

/** How the pinned owner stops an adoption. */
export interface Refuse {
  /** 20-byte address. */
  readonly lock: Uint8Array;
  /** The adoption's. */
  readonly challenge16: Uint8Array;
}

const DOMAIN_TYPE = 'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)';
const DOMAIN_NAME = 'LockRegistry';
const DOMAIN_VERSION = '1';
const REGISTRATION_TYPE = 'Registration(address lock,address owner,uint256 deadline)';
const ADOPT_TYPE = 'Adopt(address lock,address owner,uint16 epoch,bytes16 challenge)';
const REFUSE_TYPE = 'Refuse(address lock,bytes16 challenge)';

/** Hashes the registry's domain, 32 bytes. @see EIP-712, definition of domainSeparator */
export function domainSeparator(keccak256: Keccak256, domain: RegistryDomain): Uint8Array {
  return structHash(keccak256, DOMAIN_TYPE, [
    keccak256(asciiBytes(DOMAIN_NAME)),
    keccak256(asciiBytes(DOMAIN_VERSION)),
    encodeUintWord(domain.chainId),
    encodeAddressWord(domain.registry20),
  ]);
}

/**
 * Hashes one struct without nested ones, 32 bytes.
 * @param type - as `Name(type member,…)`
 * @param words - each member as EIP-712 encodes it: 32 bytes; `bytes` and `string` as their keccak-256
 * @throws RangeError where a word is not 32 bytes
 * @see EIP-712, definition of hashStruct
 */
export function structHash(keccak256: Keccak256, type: string, words: readonly Uint8Array[]): Uint8Array {
  for (const word of words)
    if (word.length !== 32) throw new RangeError(`structHash: a word of ${word.length} bytes`);
  return keccak256(concatBytes(keccak256(asciiBytes(type)), ...words));
}

/** Encodes `bytesN` for `structHash`: zeros follow. @throws RangeError past 32 bytes */
export function encodeFixedBytesWord(bytes: Uint8Array): Uint8Array {
  const word = new Uint8Array(32);
  word.set(bytes);
  return word;
}

/** The 32-byte digest that is signed. @see EIP-712, definition of eth_signTypedData */
export function typedDataDigest(
  keccak256: Keccak256,
  separator32: Uint8Array,
  structHash32: Uint8Array,
): Uint8Array {
  return keccak256(concatBytes(Uint8Array.of(0x19, 0x01), separator32, structHash32));
}

/** The digest by which a device consents to be registered by one owner until a deadline. @see EIP-712 */
export function registrationDigest(
  keccak256: Keccak256,
  domain: RegistryDomain,
  consent: Registration,
): Uint8Array {
  const hash = structHash(keccak256, REGISTRATION_TYPE, [
    encodeAddressWord(consent.lock),
    encodeAddressWord(consent.owner),
    encodeUintWord(consent.deadline),
  ]);
  return typedDataDigest(keccak256, domainSeparator(keccak256, domain), hash);
}

/** The digest by which a new owner asks for a lock. @throws RangeError where a field does not fit @see EIP-712 */
export function adoptDigest(keccak256: Keccak256, domain: RegistryDomain, adopt: Adopt): Uint8Array {
  const hash = structHash(keccak256, ADOPT_TYPE, [
    encodeAddressWord(adopt.lock),
    encodeAddressWord(adopt.owner),
    encodeUintWord(adopt.epoch, 16),
    encodeFixedBytesWord(adopt.challenge16),
  ]);
  return typedDataDigest(keccak256, domainSeparator(keccak256, domain), hash);
}

/** The digest by which the pinned owner stops an adoption. @see EIP-712 */
export function refuseDigest(keccak256: Keccak256, domain: RegistryDomain, refuse: Refuse): Uint8Array {
  const hash = structHash(keccak256, REFUSE_TYPE, [
    encodeAddressWord(refuse.lock),
    encodeFixedBytesWord(refuse.challenge16),
  ]);
  return typedDataDigest(keccak256, domainSeparator(keccak256, domain), hash);
}
