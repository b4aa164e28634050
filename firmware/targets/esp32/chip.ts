// The parts of the chip that Moddable has no module for; the functions are in `chip.c` and `efuse-hmac.c`.

/**
 * Bytes from the chip's noise source, which the function switches on: without a radio its generator alone is not
 * random. Call it before Wi-Fi and the ADC are in use. @see ESP-IDF, "Random Number Generation"
 */
export function chipRandom(count: number): Uint8Array {
  return new Uint8Array(native('xs_latchkey_random')(count) as ArrayBuffer);
}

/** @returns HMAC-SHA-256 of an ASCII label under the key in the eFuses, or undefined where there is none */
export function chipHmac(label: string): Uint8Array | undefined {
  const mac = native('xs_latchkey_efuse_hmac')(label) as ArrayBuffer | undefined;
  return mac === undefined ? undefined : new Uint8Array(mac);
}

/** Tells the boot loader that this image works. @see ESP-IDF, "App Rollback" */
export function keepImage(): void {
  native('xs_latchkey_keep_image')();
}

export function restartChip(): void {
  native('xs_latchkey_restart')();
}
