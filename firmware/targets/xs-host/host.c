/*
 * The real XS engine as a process: imports one ES module and calls its default export with a `host` object.
 * Frames on stdin and stdout are 4 bytes of length, highest first, and that many bytes; stderr is for people.
 */
#include <errno.h>

#include "xsmc.h"

#include "heap.h"
#include "modules.h"
#include "native-module.h"
#include "timers.h"

/* 16 KiB on a 32-bit chip; boards have 20. The lock needs 770 (measured: npm run xs). */
#define LATCHKEY_STACK_SLOTS 1024
/* The largest output is a node's answer on its way in, and a record of flash on its way out. */
#define FRAME_BYTES_MAX 65536

static const xsCreation creation = {
	.initialChunkSize = 16 * 1024,
	.incrementalChunkSize = 1024,
	.initialHeapCount = 1024,
	.incrementalHeapCount = 64,
	.stackCount = LATCHKEY_STACK_SLOTS,
	.initialKeyCount = 1024,
	.incrementalKeyCount = 64,
	.nameModulo = 127,
	.symbolModulo = 127,
	.parserBufferSize = 64 * 1024,
	.parserTableModulo = 127,
};

/* Frames */

/* Returns 0 at the end of stdin between two frames; an end within one is an error. */
static int readAll(unsigned char *bytes, size_t count, int mayEnd)
{
	size_t at = 0;
	while (at < count) {
		ssize_t n = read(STDIN_FILENO, bytes + at, count - at);
		if (n > 0)
			at += (size_t)n;
		else if (n == 0 && at == 0 && mayEnd)
			return 0;
		else if (n == 0 || errno != EINTR) {
			fprintf(stderr, "xs-host: the channel broke\n");
			exit(74);
		}
	}
	return 1;
}

static void writeAll(const unsigned char *bytes, size_t count)
{
	while (count > 0) {
		ssize_t n = write(STDOUT_FILENO, bytes, count);
		if (n >= 0) {
			bytes += n;
			count -= (size_t)n;
		}
		else if (errno != EINTR)
			exit(74);
	}
}

/* receive(): ArrayBuffer | undefined */
static void xs_host_receive(xsMachine *the)
{
	static unsigned char frame[FRAME_BYTES_MAX];
	unsigned char head[4];
	uint32_t size;
	if (!readAll(head, sizeof(head), 1))
		return;
	size = (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 | (uint32_t)head[2] << 8 | head[3];
	if (size > sizeof(frame)) {
		fprintf(stderr, "xs-host: a frame of %lu bytes\n", (unsigned long)size);
		exit(74);
	}
	readAll(frame, size, 0);
	xsmcSetArrayBuffer(xsResult, frame, (xsIntegerValue)size);
}

/* send(bytes: Uint8Array) */
static void xs_host_send(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue size;
	unsigned char head[4];
	xsmcGetBufferReadable(xsArg(0), &bytes, &size);
	head[0] = (unsigned char)(size >> 24);
	head[1] = (unsigned char)(size >> 16);
	head[2] = (unsigned char)(size >> 8);
	head[3] = (unsigned char)size;
	writeAll(head, sizeof(head));
	writeAll(bytes, size);
}

/* log(text: string) */
static void xs_host_log(xsMachine *the)
{
	fprintf(stderr, "%s\n", xsmcToString(xsArg(0)));
}

/* Memory */

static void defineNumber(xsMachine *the, const char *name, size_t value)
{
	xsmcSetNumber(xsVar(0), (double)value);
	xsmcSet(xsResult, xsID(name), xsVar(0));
}

/* measureHeap(): { slotCount, slotBytes, chunkBytes, slotCountPeak, chunkBytesPeak, stackSlotsPeak } */
static void xs_host_measure_heap(xsMachine *the)
{
	LatchkeyHeap heap;
	xsmcVars(1);
	latchkeyMeasureHeap(the, &heap);
	xsmcSetNewObject(xsResult);
	defineNumber(the, "slotCount", heap.slotCount);
	defineNumber(the, "slotBytes", heap.slotCount * LATCHKEY_DEVICE_SLOT_BYTES);
	defineNumber(the, "chunkBytes", heap.chunkBytes);
	defineNumber(the, "slotCountPeak", heap.slotCountPeak);
	defineNumber(the, "chunkBytesPeak", heap.chunkBytesPeak);
	defineNumber(the, "stackSlotsPeak", heap.stackSlotsPeak);
}

/* resetPeaks() */
static void xs_host_reset_peaks(xsMachine *the)
{
	latchkeyResetPeaks(the);
}

/* limitHeap(dataBytes: number) */
static void xs_host_limit_heap(xsMachine *the)
{
	latchkeyLimitHeap(the, (size_t)xsmcToNumber(xsArg(0)));
}

/* Start */

static void defineFunction(xsMachine *the, xsSlot *object, const char *name, xsCallback callback, int length)
{
	xsVar(1) = xsNewHostFunction(callback, length);
	xsmcSet(*object, xsID(name), xsVar(1));
}

/* Leaves the host object in xsVar(0). */
static void createHost(xsMachine *the)
{
	const LatchkeyNativeFunction *native;
	xsmcSetNewObject(xsVar(0));
	defineFunction(the, &xsVar(0), "log", xs_host_log, 1);
	defineFunction(the, &xsVar(0), "receive", xs_host_receive, 0);
	defineFunction(the, &xsVar(0), "send", xs_host_send, 1);
	defineFunction(the, &xsVar(0), "measureHeap", xs_host_measure_heap, 0);
	defineFunction(the, &xsVar(0), "resetPeaks", xs_host_reset_peaks, 0);
	defineFunction(the, &xsVar(0), "limitHeap", xs_host_limit_heap, 1);
	xsmcSetNewObject(xsVar(2));
	for (native = latchkeyNativeFunctions; native->name; native++)
		defineFunction(the, &xsVar(2), native->name, native->callback, native->length);
	xsmcSet(xsVar(0), xsID("native"), xsVar(2));
}

static int runModule(xsMachine *machine, char *path)
{
	/* Outlives a jump out of the engine. */
	volatile int exitCode = 0;
	xsBeginHost(machine);
	xsmcVars(4);
	xsTry {
		xsSlot *module;
		/* Before the import: a module may name them at its top. */
		latchkeyDefineTimers(the);
		module = latchkeyImport(the, path);
		if (module) {
			xsVar(3) = *module;
			createHost(the);
			xsCall1(xsVar(3), xsID("default"), xsVar(0));
			latchkeyRunJobs(the);
			latchkeyRunTimers(the);
		}
		else {
			fprintf(stderr, "xs-host: cannot import %s\n", path);
			exitCode = 70;
		}
	}
	xsCatch {
		fprintf(stderr, "xs-host: %s\n", xsmcToString(xsException));
		exitCode = 70;
	}
	xsEndHost(machine);
	return exitCode;
}

int main(int argc, char *argv[])
{
	xsCreation mine = creation;
	xsMachine *machine;
	int exitCode;
	if (argc != 2) {
		fprintf(stderr, "usage: xs-host MODULE, a path from the working directory\n");
		return 64;
	}
	machine = xsCreateMachine(&mine, "latchkey", NULL);
	if (!machine)
		return 70;
	latchkeyPaintStack(machine);
	exitCode = runModule(machine, argv[1]);
	xsDeleteMachine(machine);
	return exitCode;
}
