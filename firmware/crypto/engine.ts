/** A signature whose signer can be recovered. */
export interface RecoverableSignature {
  /** 64 bytes r||s, low-S. */
  readonly signature64: Uint8Array;
  /** Parity of the nonce point's y. */
  readonly recoveryId: 0 | 1;
}

/**
 * Everything that the lock asks of cryptography, so that one implementation can take another's place.
 * All work on 32-byte digests and never hash a message themselves. Use one through `guardEngine` only.
 */
export interface CryptoEngine {
  readonly name: string;
  /** @returns 32 bytes. @see Keccak with the padding that Ethereum uses, not FIPS 202's */
  keccak256(bytes: Uint8Array): Uint8Array;
  /** @returns 32 bytes. @see FIPS 180-4 */
  sha256(bytes: Uint8Array): Uint8Array;
  /** @returns 32 bytes. @see RFC 2104 */
  hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array;
  /** @returns 33 bytes, compressed. @see SEC 1 section 2.3.3 */
  publicKey(secretKey32: Uint8Array): Uint8Array;
  /** Signs with a nonce from RFC 6979, into which extra entropy goes as section 3.6 says. */
  signRecoverable(
    digest32: Uint8Array,
    secretKey32: Uint8Array,
    extraEntropy32?: Uint8Array,
  ): RecoverableSignature;
  /**
   * Checks a signature of one's own for less than recovering costs, where an engine has such a way. It must compute
   * the nonce's point anew and from other steps than signing did. Without it the seam recovers the key.
   * @param signature - well-formed and low-S
   * @returns whether the key gives this signature with this recovery id
   */
  isOwn?(digest32: Uint8Array, signature: RecoverableSignature, secretKey32: Uint8Array): boolean;
  /** @returns the signer's public key, 65 bytes, uncompressed. @see SEC 1 section 4.1.6 */
  recover(digest32: Uint8Array, signature64: Uint8Array, recoveryId: number): Uint8Array;
  verify(digest32: Uint8Array, signature64: Uint8Array, publicKey33: Uint8Array): boolean;
  /** @returns the shared point's x, 32 bytes, not hashed. @see SEC 1 section 3.3.1 */
  ecdh(secretKey32: Uint8Array, publicKey33: Uint8Array): Uint8Array;
}
