#include "xsAll.h"
#include "heap.h"

static size_t heapLimit = SIZE_MAX;

static size_t takenBytes(txMachine *the)
{
	return (size_t)the->maximumHeapCount * LATCHKEY_DEVICE_SLOT_BYTES + (size_t)the->maximumChunksSize;
}

void latchkeyMeasureHeap(void *machine, LatchkeyHeap *heap)
{
	txMachine *the = machine;
	fxCollectGarbage(the);
	heap->slotCount = (size_t)the->currentHeapCount;
	heap->chunkBytes = (size_t)the->currentChunksSize;
	heap->slotCountPeak = (size_t)the->peakHeapCount;
	heap->chunkBytesPeak = (size_t)the->peakChunksSize;
}

void latchkeyLimitHeap(void *machine, size_t bytes)
{
	txMachine *the = machine;
	txBlock *block;
	fxCollectGarbage(the);
	/* A collection leaves the free part of each block at its end. */
	for (block = the->firstBlock; block; block = block->nextBlock) {
		the->maximumChunksSize -= (txSize)(block->limit - block->current);
		block->limit = block->current;
	}
	heapLimit = (size_t)the->currentHeapCount * LATCHKEY_DEVICE_SLOT_BYTES + (size_t)the->maximumChunksSize + bytes;
}

void latchkeyResetPeaks(void *machine)
{
	txMachine *the = machine;
	the->peakHeapCount = the->currentHeapCount;
	the->peakChunksSize = the->currentChunksSize;
}

void fxCreateMachinePlatform(txMachine *the)
{
	the->promiseJobs = 0;
}

void fxDeleteMachinePlatform(txMachine *the)
{
	(void)the;
}

void *fxAllocateChunks(txMachine *the, txSize size)
{
	if (takenBytes(the) + (size_t)size > heapLimit)
		return NULL;
	return c_malloc((size_t)size);
}

void fxFreeChunks(txMachine *the, void *chunks)
{
	(void)the;
	c_free(chunks);
}

txSlot *fxAllocateSlots(txMachine *the, txSize count)
{
	if (takenBytes(the) + (size_t)count * LATCHKEY_DEVICE_SLOT_BYTES > heapLimit)
		return NULL;
	return (txSlot *)c_malloc((size_t)count * sizeof(txSlot));
}

void fxFreeSlots(txMachine *the, void *slots)
{
	(void)the;
	c_free(slots);
}

void fxQueuePromiseJobs(txMachine *the)
{
	the->promiseJobs = 1;
}

static const char *reasonOf(int status)
{
	switch (status) {
	case XS_STACK_OVERFLOW_EXIT: return "stack overflow";
	case XS_NOT_ENOUGH_MEMORY_EXIT: return "memory full";
	case XS_NO_MORE_KEYS_EXIT: return "no more keys";
	case XS_UNHANDLED_EXCEPTION_EXIT: return "unhandled exception";
	case XS_UNHANDLED_REJECTION_EXIT: return "unhandled rejection";
	default: return "fatal";
	}
}

/* A device restarts here; the host ends, and whoever started it sees the end of its channel. */
void fxAbort(txMachine *the, int status)
{
	(void)the;
	fprintf(stderr, "xs-host: %s\n", reasonOf(status));
	exit(70);
}
