#include "xsAll.h"
#include "xsScript.h"

#include "meter.h"

#define PAINT 0xA5

static size_t codeBytes;
static size_t harnessBytes;

/* The linker turns calls of one into calls of the other (`--wrap`). */
void __real_fxResolveModule(txMachine *, txSlot *, txID, txScript *, void *, txDestructor);
void __wrap_fxResolveModule(txMachine *, txSlot *, txID, txScript *, void *, txDestructor);

void __wrap_fxResolveModule(txMachine *the, txSlot *module, txID id, txScript *script, void *data,
                            txDestructor destructor)
{
	const char *path = fxGetKeyName(the, id);
	size_t size = (size_t)script->codeSize;
	if (path && c_strstr(path, "/targets/"))
		harnessBytes += size;
	else
		codeBytes += size;
	__real_fxResolveModule(the, module, id, script, data, destructor);
}

size_t latchkeyCodeBytes(void)
{
	return codeBytes;
}

size_t latchkeyHarnessBytes(void)
{
	return harnessBytes;
}

void latchkeyPaintStack(txMachine *the)
{
	c_memset(the->stackBottom, PAINT, (size_t)(the->stack - the->stackBottom) * sizeof(txSlot));
}

size_t latchkeyStackPeak(txMachine *the)
{
	const txU1 *bottom = (const txU1 *)the->stackBottom;
	size_t size = (size_t)((const txU1 *)the->stackTop - bottom);
	size_t free = 0;
	while (free < size && bottom[free] == PAINT)
		free++;
	return (size - free) / sizeof(txSlot);
}
