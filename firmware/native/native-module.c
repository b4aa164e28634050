/*
 * XS glue: each function reads its arguments into fixed buffers on the C stack (a chunk of XS moves whenever anything is
 * allocated), does its work, wipes what was secret, and only then allocates its result.
 * Under Moddable a JavaScript class names these functions by `@ "xs_latchkey_…"`.
 */
#include "native-module.h"

#include <string.h>

#include "engine.h"
#include "keccak256.h"

/* Throws before anything is copied. */
static void readBytes(xsMachine *the, xsSlot *slot, uint8_t *to, xsUnsignedValue size)
{
	void *bytes;
	xsUnsignedValue found;
	xsmcGetBufferReadable(*slot, &bytes, &found);
	if (found != size)
		xsRangeError("native: bytes of another size");
	memcpy(to, bytes, size);
}

static void setBytes(xsMachine *the, uint8_t *bytes, xsIntegerValue size)
{
	xsmcSetArrayBuffer(xsResult, bytes, size);
}

void xs_latchkey_keccak256(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue size;
	uint8_t digest[32];
	xsmcGetBufferReadable(xsArg(0), &bytes, &size);
	latchkeyKeccak256(bytes, size, digest);
	setBytes(the, digest, sizeof(digest));
}

void xs_latchkey_sha256(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue size;
	uint8_t digest[32];
	xsmcGetBufferReadable(xsArg(0), &bytes, &size);
	latchkeySha256(bytes, size, digest);
	setBytes(the, digest, sizeof(digest));
}

void xs_latchkey_hmac_sha256(xsMachine *the)
{
	void *key, *bytes;
	xsUnsignedValue keySize, size;
	uint8_t digest[32];
	xsmcGetBufferReadable(xsArg(0), &key, &keySize);
	xsmcGetBufferReadable(xsArg(1), &bytes, &size);
	latchkeyHmacSha256(key, keySize, bytes, size, digest);
	setBytes(the, digest, sizeof(digest));
	latchkeyWipe(digest, sizeof(digest));
}

void xs_latchkey_blind(xsMachine *the)
{
	uint8_t seed[32];
	readBytes(the, &xsArg(0), seed, sizeof(seed));
	latchkeyBlind(seed);
	latchkeyWipe(seed, sizeof(seed));
}

void xs_latchkey_public_key(xsMachine *the)
{
	uint8_t secretKey[32], publicKey[33];
	int isDone;
	readBytes(the, &xsArg(0), secretKey, sizeof(secretKey));
	isDone = latchkeyPublicKey(secretKey, publicKey);
	latchkeyWipe(secretKey, sizeof(secretKey));
	if (!isDone)
		xsRangeError("native: no secret key");
	setBytes(the, publicKey, sizeof(publicKey));
}

void xs_latchkey_sign(xsMachine *the)
{
	uint8_t digest[32], secretKey[32], extra[32], signature[65];
	int hasExtra = xsmcArgc > 2 && xsmcTypeOf(xsArg(2)) != xsUndefinedType;
	int isDone;
	readBytes(the, &xsArg(0), digest, sizeof(digest));
	if (hasExtra)
		readBytes(the, &xsArg(2), extra, sizeof(extra));
	/* Last: what could still throw would leave it behind. */
	readBytes(the, &xsArg(1), secretKey, sizeof(secretKey));
	isDone = latchkeySign(digest, secretKey, hasExtra ? extra : NULL, signature);
	latchkeyWipe(secretKey, sizeof(secretKey));
	latchkeyWipe(extra, sizeof(extra));
	if (!isDone)
		xsRangeError("native: no secret key");
	setBytes(the, signature, sizeof(signature));
}

void xs_latchkey_recover(xsMachine *the)
{
	uint8_t digest[32], signature[64], publicKey[65];
	readBytes(the, &xsArg(0), digest, sizeof(digest));
	readBytes(the, &xsArg(1), signature, sizeof(signature));
	if (!latchkeyRecover(digest, signature, xsmcToInteger(xsArg(2)), publicKey))
		xsRangeError("native: no public key");
	setBytes(the, publicKey, sizeof(publicKey));
}

void xs_latchkey_verify(xsMachine *the)
{
	uint8_t digest[32], signature[64], publicKey[33];
	readBytes(the, &xsArg(0), digest, sizeof(digest));
	readBytes(the, &xsArg(1), signature, sizeof(signature));
	readBytes(the, &xsArg(2), publicKey, sizeof(publicKey));
	xsmcSetBoolean(xsResult, latchkeyVerify(digest, signature, publicKey));
}

void xs_latchkey_ecdh(xsMachine *the)
{
	uint8_t secretKey[32], publicKey[33], x[32];
	int isDone;
	readBytes(the, &xsArg(1), publicKey, sizeof(publicKey));
	readBytes(the, &xsArg(0), secretKey, sizeof(secretKey));
	isDone = latchkeyEcdh(secretKey, publicKey, x);
	latchkeyWipe(secretKey, sizeof(secretKey));
	if (!isDone)
		xsRangeError("native: no shared point");
	setBytes(the, x, sizeof(x));
	latchkeyWipe(x, sizeof(x));
}

const LatchkeyNativeFunction latchkeyNativeFunctions[] = {
	{ "keccak256", xs_latchkey_keccak256, 1 },
	{ "sha256", xs_latchkey_sha256, 1 },
	{ "hmacSha256", xs_latchkey_hmac_sha256, 2 },
	{ "blind", xs_latchkey_blind, 1 },
	{ "publicKey", xs_latchkey_public_key, 1 },
	{ "sign", xs_latchkey_sign, 3 },
	{ "recover", xs_latchkey_recover, 3 },
	{ "verify", xs_latchkey_verify, 3 },
	{ "ecdh", xs_latchkey_ecdh, 2 },
	{ NULL, NULL, 0 },
};
