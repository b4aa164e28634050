/* A key that never leaves the chip: the HMAC peripheral of C3, S2, S3, C6 and later, over a key in the eFuses. */
#include "xsPlatform.h"
#include "xsmc.h"

#include <string.h>

#include "soc/soc_caps.h"

#if SOC_HMAC_SUPPORTED
	#include "esp_efuse.h"
	#include "esp_hmac.h"
#endif

#define LABEL_BYTES_MAX 32
#define MAC_BYTES 32

void xs_latchkey_efuse_hmac(xsMachine *the)
{
#if SOC_HMAC_SUPPORTED
	char label[LABEL_BYTES_MAX + 1];
	uint8_t mac[MAC_BYTES];
	esp_efuse_block_t block;

	xsmcToStringBuffer(xsArg(0), label, sizeof(label));
	/* Purpose HMAC_UP: the result may be read by software. Without such a block, the caller keeps a key in flash. */
	if (!esp_efuse_find_purpose(ESP_EFUSE_KEY_PURPOSE_HMAC_UP, &block))
		return;
	if (ESP_OK != esp_hmac_calculate((hmac_key_id_t)(block - EFUSE_BLK_KEY0), label, strlen(label), mac))
		xsUnknownError("efuse hmac");
	xsmcSetArrayBuffer(xsResult, mac, sizeof(mac));
	volatile uint8_t *wipe = mac;
	for (int i = 0; i < MAC_BYTES; i++)
		*wipe++ = 0;
#endif
}
