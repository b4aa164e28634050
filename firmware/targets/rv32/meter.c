#include "xsAll.h"
#include "xsScript.h"

#include "meter.h"

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
