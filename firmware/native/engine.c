#include "engine.h"

#include <stdlib.h>
#include <string.h>

/*
 * libsecp256k1 as one unit with this file, in the form for a 32-bit chip, and in the same form everywhere, so that what
 * is tested on a computer is what runs on a lock. The signing table is a constant (in flash): 32 KiB.
 */
#define USE_NUM_NONE 1
#define USE_FIELD_INV_BUILTIN 1
#define USE_SCALAR_INV_BUILTIN 1
#define USE_FIELD_10X26 1
#define USE_SCALAR_8X32 1
#define USE_ENDOMORPHISM 1
#define USE_ECMULT_STATIC_PRECOMPUTATION 1
#define USE_EXTERNAL_DEFAULT_CALLBACKS 1
#define ECMULT_GEN_PREC_BITS 2
#define ECMULT_WINDOW_SIZE 4
#define ENABLE_MODULE_RECOVERY 1
#define ENABLE_MODULE_ECDH 1
#if defined(__GNUC__)
	#pragma GCC diagnostic ignored "-Wunused-function"
#endif
#include "src/secp256k1.c"

/* Two tables of 2^(window - 2) points of 64 bytes, and the context itself. */
#define CONTEXT_BYTES 1024

static union {
	unsigned char bytes[CONTEXT_BYTES];
	/* For its alignment. */
	uint64_t wide;
	void *pointer;
} contextStorage;
static secp256k1_context *contextOnce;

/* Built at the first use, for good. */
static secp256k1_context *context(void)
{
	if (!contextOnce) {
		const unsigned flags = SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY;
		if (secp256k1_context_preallocated_size(flags) > sizeof(contextStorage))
			abort();
		contextOnce = secp256k1_context_preallocated_create(&contextStorage, flags);
	}
	return contextOnce;
}

/* Called on misuse of the library or a fault of the machine: our bug, and nothing that is signed now may leave. */
void secp256k1_default_illegal_callback_fn(const char *text, void *data)
{
	(void)text;
	(void)data;
	abort();
}

void secp256k1_default_error_callback_fn(const char *text, void *data)
{
	(void)text;
	(void)data;
	abort();
}

void latchkeyWipe(void *bytes, size_t size)
{
	volatile unsigned char *at = bytes;
	while (size--)
		*at++ = 0;
}

void latchkeySha256(const uint8_t *bytes, size_t size, uint8_t digest[32])
{
	secp256k1_sha256 hash;
	secp256k1_sha256_initialize(&hash);
	secp256k1_sha256_write(&hash, bytes, size);
	secp256k1_sha256_finalize(&hash, digest);
	/* It may have held a key. */
	latchkeyWipe(&hash, sizeof(hash));
}

void latchkeyHmacSha256(const uint8_t *key, size_t keySize, const uint8_t *bytes, size_t size, uint8_t digest[32])
{
	secp256k1_hmac_sha256 hash;
	secp256k1_hmac_sha256_initialize(&hash, key, keySize);
	secp256k1_hmac_sha256_write(&hash, bytes, size);
	secp256k1_hmac_sha256_finalize(&hash, digest);
	latchkeyWipe(&hash, sizeof(hash));
}

void latchkeyBlind(const uint8_t seed[32])
{
	if (!secp256k1_context_randomize(context(), seed))
		abort();
}

int latchkeyPublicKey(const uint8_t secretKey[32], uint8_t publicKey[33])
{
	secp256k1_pubkey point;
	size_t size = 33;
	memset(publicKey, 0, size);
	return secp256k1_ec_pubkey_create(context(), &point, secretKey)
		&& secp256k1_ec_pubkey_serialize(context(), publicKey, &size, &point, SECP256K1_EC_COMPRESSED);
}

int latchkeySign(const uint8_t digest[32], const uint8_t secretKey[32], const uint8_t extra[32], uint8_t signature[65])
{
	secp256k1_ecdsa_recoverable_signature parts;
	secp256k1_scalar reduced;
	uint8_t reducedDigest[32];
	int recoveryId = 0;
	memset(signature, 0, 65);
	/* RFC 6979 section 2.3.4 reduces a digest modulo n before it goes into the nonce; the library does not. */
	secp256k1_scalar_set_b32(&reduced, digest, NULL);
	secp256k1_scalar_get_b32(reducedDigest, &reduced);
	if (!secp256k1_ecdsa_sign_recoverable(
			context(), &parts, reducedDigest, secretKey, secp256k1_nonce_function_rfc6979, extra))
		return 0;
	secp256k1_ecdsa_recoverable_signature_serialize_compact(context(), signature, &recoveryId, &parts);
	signature[64] = (uint8_t)recoveryId;
	return 1;
}

int latchkeyRecover(const uint8_t digest[32], const uint8_t signature[64], int recoveryId, uint8_t publicKey[65])
{
	secp256k1_ecdsa_recoverable_signature parts;
	secp256k1_pubkey point;
	size_t size = 65;
	memset(publicKey, 0, size);
	return recoveryId >= 0 && recoveryId <= 3
		&& secp256k1_ecdsa_recoverable_signature_parse_compact(context(), &parts, signature, recoveryId)
		&& secp256k1_ecdsa_recover(context(), &point, &parts, digest)
		&& secp256k1_ec_pubkey_serialize(context(), publicKey, &size, &point, SECP256K1_EC_UNCOMPRESSED);
}

int latchkeyVerify(const uint8_t digest[32], const uint8_t signature[64], const uint8_t publicKey[33])
{
	secp256k1_ecdsa_signature parts;
	secp256k1_pubkey point;
	return secp256k1_ecdsa_signature_parse_compact(context(), &parts, signature)
		&& secp256k1_ec_pubkey_parse(context(), &point, publicKey, 33)
		&& secp256k1_ecdsa_verify(context(), &parts, digest, &point);
}

/* Takes the place of the hash that the library would put over the shared point. */
static int copyX(unsigned char *output, const unsigned char *x, const unsigned char *y, void *data)
{
	(void)y;
	(void)data;
	memcpy(output, x, 32);
	return 1;
}

int latchkeyEcdh(const uint8_t secretKey[32], const uint8_t publicKey[33], uint8_t x[32])
{
	secp256k1_pubkey point;
	memset(x, 0, 32);
	return secp256k1_ec_pubkey_parse(context(), &point, publicKey, 33)
		&& secp256k1_ecdh(context(), x, &point, secretKey, copyX, NULL);
}
