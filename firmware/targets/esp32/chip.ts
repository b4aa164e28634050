// The parts of the chip that Moddable has no module for; the functions are in `chip.c` and `efuse-hmac.c`.
// Each body is one `native(name).call(this, …)` and nothing else: only that form becomes a host function.

/** @returns `count` bytes, at most 64, from the chip's noise source; with the ADC and the radio still off */
export function chipRandom(count: number): Uint8Array {
  return new Uint8Array(random(count));
}

/** @returns HMAC-SHA-256 of an ASCII label under the key in the eFuses, or undefined where there is none */
export function chipHmac(label: string): Uint8Array | undefined {
  const mac = efuseHmac(label);
  return mac === undefined ? undefined : new Uint8Array(mac);
}

/** Tells the boot loader that this image works. @see ESP-IDF, "App Rollback" */
export function keepImage(this: unknown): void {
  native('xs_latchkey_keep_image').call(this);
}

export function restartChip(this: unknown): void {
  native('xs_latchkey_restart').call(this);
}

function random(this: unknown, count: number): ArrayBuffer {
  return native('xs_latchkey_random').call(this, count) as ArrayBuffer;
}

function efuseHmac(this: unknown, label: string): ArrayBuffer | undefined {
  return native('xs_latchkey_efuse_hmac').call(this, label) as ArrayBuffer | undefined;
}
