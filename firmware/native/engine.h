/*
 * secp256k1, SHA-256 and HMAC on libsecp256k1. Functions that can fail return 1 on success and 0 else; what they
 * were to fill is then all zeros. None checks what firmware/crypto/guarded-engine.ts checks before it calls.
 */
#ifndef LATCHKEY_ENGINE_H
#define LATCHKEY_ENGINE_H

#include <stddef.h>
#include <stdint.h>

/* FIPS 180-4 */
void latchkeySha256(const uint8_t *bytes, size_t size, uint8_t digest[32]);
/* RFC 2104 */
void latchkeyHmacSha256(const uint8_t *key, size_t keySize, const uint8_t *bytes, size_t size, uint8_t digest[32]);

/* Changes the blinding of every later operation with a secret key; results stay the same. */
void latchkeyBlind(const uint8_t seed[32]);
/* SEC 1 section 2.3.3, compressed */
int latchkeyPublicKey(const uint8_t secretKey[32], uint8_t publicKey[33]);
/* r||s and the recovery id, low-S, the nonce from RFC 6979; `extra` may be NULL */
int latchkeySign(const uint8_t digest[32], const uint8_t secretKey[32], const uint8_t extra[32], uint8_t signature[65]);
/* SEC 1 section 4.1.6, uncompressed */
int latchkeyRecover(const uint8_t digest[32], const uint8_t signature[64], int recoveryId, uint8_t publicKey[65]);
int latchkeyVerify(const uint8_t digest[32], const uint8_t signature[64], const uint8_t publicKey[33]);
/* SEC 1 section 3.3.1: the shared point's x */
int latchkeyEcdh(const uint8_t secretKey[32], const uint8_t publicKey[33], uint8_t x[32]);

/* Overwrites what must not stay behind; no compiler may leave it out. */
void latchkeyWipe(void *bytes, size_t size);

#endif
