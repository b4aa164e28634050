/* The native engine as functions for XS; each takes and gives bytes. */
#ifndef LATCHKEY_NATIVE_MODULE_H
#define LATCHKEY_NATIVE_MODULE_H

#include "xsmc.h"

void xs_latchkey_keccak256(xsMachine *the);
void xs_latchkey_sha256(xsMachine *the);
void xs_latchkey_hmac_sha256(xsMachine *the);
void xs_latchkey_blind(xsMachine *the);
void xs_latchkey_public_key(xsMachine *the);
void xs_latchkey_sign(xsMachine *the);
void xs_latchkey_recover(xsMachine *the);
void xs_latchkey_verify(xsMachine *the);
void xs_latchkey_ecdh(xsMachine *the);

typedef struct {
	const char *name;
	xsCallback callback;
	int length;
} LatchkeyNativeFunction;

/* For hosts that define functions by hand; ends with a name of NULL. */
extern const LatchkeyNativeFunction latchkeyNativeFunctions[];

#endif
