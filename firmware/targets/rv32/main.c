/*
 * XS on a bare rv32imc core: imports one ES module and calls its default export with a `host` object.
 * The command line names the module and a file for it to read; both come from the computer by semihosting.
 * Two more words give XS's heap at its start: slots, and bytes of chunks.
 */
#include <semihost.h>

#include "xsmc.h"

#include "../xs-host/heap.h"
#include "../xs-host/modules.h"
#include "core.h"
#include "meter.h"
#include "native-module.h"

#define EXIT_USAGE 64
#define EXIT_SOFTWARE 70

/* Without words on the heap, room enough that nothing measured has to collect garbage. */
static const xsCreation creation = {
	.initialChunkSize = 4 * 1024 * 1024,
	.incrementalChunkSize = 1024,
	.initialHeapCount = 256 * 1024,
	.incrementalHeapCount = 64,
	.stackCount = 2048,
	.initialKeyCount = 2048,
	.incrementalKeyCount = 64,
	.nameModulo = 127,
	.symbolModulo = 127,
	.parserBufferSize = 64 * 1024,
	.parserTableModulo = 127,
};

static const char *inputPath;

/* read(): string; the whole input file */
static void xs_host_read(xsMachine *the)
{
	FILE *file = fopen(inputPath, "r");
	char *text = NULL;
	size_t size = 0, room = 0;
	if (!file)
		xsUnknownError("no input file");
	while (!feof(file)) {
		if (size + 4096 + 1 > room) {
			room += 16384;
			text = realloc(text, room);
		}
		size += fread(text + size, 1, 4096, file);
	}
	fclose(file);
	text[size] = 0;
	xsmcSetString(xsResult, text);
	free(text);
}

/* print(text: string) */
static void xs_host_print(xsMachine *the)
{
	puts(xsmcToString(xsArg(0)));
	fflush(stdout);
}

/* instructions(): number */
static void xs_host_instructions(xsMachine *the)
{
	xsmcSetNumber(xsResult, (double)latchkeyInstructions());
}

/* collect(): number; what a collection of all garbage takes, in instructions */
static void xs_host_collect(xsMachine *the)
{
	uint64_t before = latchkeyInstructions();
	xsCollectGarbage();
	xsmcSetNumber(xsResult, (double)(latchkeyInstructions() - before));
}

static void defineNumber(xsMachine *the, const char *name, size_t value)
{
	xsmcSetNumber(xsVar(0), (double)value);
	xsmcSet(xsResult, xsID(name), xsVar(0));
}

/* measureHeap(): HeapSample, see rv32-host.ts; collects first */
static void xs_host_measure_heap(xsMachine *the)
{
	LatchkeyHeap heap;
	xsmcVars(1);
	latchkeyMeasureHeap(the, &heap);
	xsmcSetNewObject(xsResult);
	defineNumber(the, "slots", heap.slotCount * LATCHKEY_DEVICE_SLOT_BYTES);
	defineNumber(the, "chunks", heap.chunkBytes);
	defineNumber(the, "slotsPeak", heap.slotCountPeak * LATCHKEY_DEVICE_SLOT_BYTES);
	defineNumber(the, "chunksPeak", heap.chunkBytesPeak);
	defineNumber(the, "stack", heap.stackSlotsPeak * LATCHKEY_DEVICE_SLOT_BYTES);
	defineNumber(the, "code", latchkeyCodeBytes());
	defineNumber(the, "harnessCode", latchkeyHarnessBytes());
}

/* resetPeaks(); of slots and chunks */
static void xs_host_reset_peaks(xsMachine *the)
{
	latchkeyResetPeaks(the);
}

static void defineFunction(xsMachine *the, xsSlot *object, const char *name, xsCallback callback, int length)
{
	xsVar(1) = xsNewHostFunction(callback, length);
	xsmcSet(*object, xsID(name), xsVar(1));
}

/* Leaves the host object in xsVar(0). */
static void createHost(xsMachine *the, const LatchkeyHeap *engine)
{
	const LatchkeyNativeFunction *native;
	xsmcSetNewObject(xsVar(0));
	defineFunction(the, &xsVar(0), "read", xs_host_read, 0);
	defineFunction(the, &xsVar(0), "print", xs_host_print, 1);
	defineFunction(the, &xsVar(0), "instructions", xs_host_instructions, 0);
	defineFunction(the, &xsVar(0), "collect", xs_host_collect, 0);
	defineFunction(the, &xsVar(0), "measureHeap", xs_host_measure_heap, 0);
	defineFunction(the, &xsVar(0), "resetPeaks", xs_host_reset_peaks, 0);
	xsmcSetNumber(xsVar(1), (double)(engine->slotCount * LATCHKEY_DEVICE_SLOT_BYTES));
	xsmcSet(xsVar(0), xsID("engineSlots"), xsVar(1));
	xsmcSetNumber(xsVar(1), (double)engine->chunkBytes);
	xsmcSet(xsVar(0), xsID("engineChunks"), xsVar(1));
	xsmcSetNewObject(xsVar(2));
	for (native = latchkeyNativeFunctions; native->name; native++)
		defineFunction(the, &xsVar(2), native->name, native->callback, native->length);
	xsmcSet(xsVar(0), xsID("native"), xsVar(2));
}

static int runModule(xsMachine *machine, char *path)
{
	int exitCode = 0;
	LatchkeyHeap engine;
	xsBeginHost(machine);
	xsmcVars(4);
	xsTry {
		xsSlot *module;
		latchkeyPaintStack(the);
		latchkeyMeasureHeap(the, &engine);
		module = latchkeyImport(the, path);
		if (module) {
			xsVar(3) = *module;
			createHost(the, &engine);
			xsCall1(xsVar(3), xsID("default"), xsVar(0));
			latchkeyRunJobs(the);
		}
		else {
			fprintf(stderr, "rv32: cannot import %s\n", path);
			exitCode = EXIT_SOFTWARE;
		}
	}
	xsCatch {
		fprintf(stderr, "rv32: %s\n", xsmcToString(xsException));
		exitCode = EXIT_SOFTWARE;
	}
	xsEndHost(machine);
	return exitCode;
}

int main(void)
{
	static char commandLine[512];
	xsCreation mine = creation;
	xsMachine *machine;
	char *module, *slots, *chunks;
	/* The first word is the program's name. */
	if (sys_semihost_get_cmdline(commandLine, sizeof(commandLine)) || !strtok(commandLine, " "))
		return EXIT_USAGE;
	module = strtok(NULL, " ");
	inputPath = strtok(NULL, " ");
	if (!module || !inputPath)
		return EXIT_USAGE;
	slots = strtok(NULL, " ");
	chunks = strtok(NULL, " ");
	if (slots && chunks) {
		mine.initialHeapCount = (xsIntegerValue)strtol(slots, NULL, 10);
		mine.initialChunkSize = (xsIntegerValue)strtol(chunks, NULL, 10);
	}
	machine = xsCreateMachine(&mine, "latchkey", NULL);
	if (!machine)
		return EXIT_SOFTWARE;
	return runModule(machine, module);
}
