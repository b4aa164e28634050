/* Randomness of the computer. What the SDK's simulator has of its own is rand(). */
#include "xsPlatform.h"
#include "xsmc.h"

#include <sys/random.h>

#define RANDOM_BYTES_MAX 64

void xs_latchkey_random(xsMachine *the)
{
	int count = xsmcToInteger(xsArg(0));
	if (count < 1 || count > RANDOM_BYTES_MAX)
		xsRangeError("count");
	uint8_t bytes[RANDOM_BYTES_MAX];
	if (getrandom(bytes, count, 0) != count)
		xsUnknownError("no randomness");
	xsmcSetArrayBuffer(xsResult, bytes, count);
	explicit_bzero(bytes, sizeof bytes);
}
