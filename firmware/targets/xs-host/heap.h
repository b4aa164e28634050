/* The memory of one XS machine: metered, and limited as a device's is. */
#ifndef LATCHKEY_HEAP_H
#define LATCHKEY_HEAP_H

#include <stddef.h>

/* A slot takes two pointers' room: 16 bytes on a 32-bit chip. Here it is counted as there. */
#define LATCHKEY_DEVICE_SLOT_BYTES 16

typedef struct {
	/* Live after a collection. */
	size_t slotCount;
	size_t chunkBytes;
	/* Most that was ever taken, garbage included. */
	size_t slotCountPeak;
	size_t chunkBytesPeak;
} LatchkeyHeap;

/* Collects all garbage, then counts. */
void latchkeyMeasureHeap(void *machine, LatchkeyHeap *heap);

/*
 * Collects all garbage and gives back what is free. From now on slots (at a device's size) and chunks together take at
 * most `bytes` more than what is live, or XS aborts: memory full.
 */
void latchkeyLimitHeap(void *machine, size_t bytes);

/* Starts the peaks anew from what is taken now. */
void latchkeyResetPeaks(void *machine);

#endif
