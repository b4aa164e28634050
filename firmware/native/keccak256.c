/* Keccak-f[1600] as FIPS 202 section 3 defines it, with a rate of 1,088 bits. */
#include "keccak256.h"

#include <string.h>

#define LANES 25
#define ROUNDS 24
#define RATE_BYTES 136

/* Iota: FIPS 202 section 3.2.5. */
static const uint64_t roundConstants[ROUNDS] = {
	0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
	0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
	0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
	0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
	0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};
/* Rho and pi in one walk over the lanes, from lane 1 on: where it goes and how far it turns. */
static const uint8_t laneOrder[LANES - 1] = {
	10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1,
};
static const uint8_t rotations[LANES - 1] = {
	1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44,
};

static uint64_t rotate(uint64_t lane, unsigned count)
{
	return lane << count | lane >> (64 - count);
}

static void permute(uint64_t state[LANES])
{
	uint64_t column[5], lane, next;
	int round, x, y, i;
	for (round = 0; round < ROUNDS; round++) {
		for (x = 0; x < 5; x++)
			column[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20];
		for (x = 0; x < 5; x++) {
			lane = column[(x + 4) % 5] ^ rotate(column[(x + 1) % 5], 1);
			for (y = 0; y < LANES; y += 5)
				state[y + x] ^= lane;
		}
		lane = state[1];
		for (i = 0; i < LANES - 1; i++) {
			next = state[laneOrder[i]];
			state[laneOrder[i]] = rotate(lane, rotations[i]);
			lane = next;
		}
		for (y = 0; y < LANES; y += 5) {
			memcpy(column, state + y, sizeof(column));
			for (x = 0; x < 5; x++)
				state[y + x] = column[x] ^ (~column[(x + 1) % 5] & column[(x + 2) % 5]);
		}
		state[0] ^= roundConstants[round];
	}
}

/* Lanes are little-endian bytes whatever the machine is. */
static void absorbByte(uint64_t state[LANES], size_t at, uint8_t byte)
{
	state[at / 8] ^= (uint64_t)byte << 8 * (at % 8);
}

void latchkeyKeccak256(const uint8_t *bytes, size_t size, uint8_t digest[32])
{
	uint64_t state[LANES] = { 0 };
	size_t at = 0, i;
	for (i = 0; i < size; i++) {
		absorbByte(state, at++, bytes[i]);
		if (at == RATE_BYTES) {
			permute(state);
			at = 0;
		}
	}
	absorbByte(state, at, 0x01);
	absorbByte(state, RATE_BYTES - 1, 0x80);
	permute(state);
	for (i = 0; i < 32; i++)
		digest[i] = (uint8_t)(state[i / 8] >> 8 * (i % 8));
}
