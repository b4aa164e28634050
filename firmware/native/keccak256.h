/* Keccak-256 with the padding that Ethereum uses (0x01), not FIPS 202's. */
#ifndef LATCHKEY_KECCAK256_H
#define LATCHKEY_KECCAK256_H

#include <stddef.h>
#include <stdint.h>

void latchkeyKeccak256(const uint8_t *bytes, size_t size, uint8_t digest[32]);

#endif
