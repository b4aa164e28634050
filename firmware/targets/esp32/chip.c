/* Randomness, OTA rollback and restart: what the lock needs of ESP-IDF and Moddable has no module for. */
#include "xsPlatform.h"
#include "xsmc.h"

#include "bootloader_random.h"
#include "esp_ota_ops.h"
#include "esp_random.h"
#include "esp_system.h"

#define RANDOM_BYTES_MAX 64

void xs_latchkey_random(xsMachine *the)
{
	int count = xsmcToInteger(xsArg(0));
	if (count < 1 || count > RANDOM_BYTES_MAX)
		xsRangeError("count");
	uint8_t bytes[RANDOM_BYTES_MAX];
	/* The radio may be off. The source is shared with the ADC, so it is on for these bytes alone. */
	bootloader_random_enable();
	esp_fill_random(bytes, count);
	bootloader_random_disable();
	xsmcSetArrayBuffer(xsResult, bytes, count);
	volatile uint8_t *wipe = bytes;
	while (count--)
		*wipe++ = 0;
}

void xs_latchkey_keep_image(xsMachine *the)
{
	/* Fails on an image that is not on probation, which is as good. */
	(void)esp_ota_mark_app_valid_cancel_rollback();
}

void xs_latchkey_restart(xsMachine *the)
{
	esp_restart();
}
