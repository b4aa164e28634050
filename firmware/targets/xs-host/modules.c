#include "xsAll.h"
#include "xsScript.h"
#include "modules.h"

#define PACKAGES "node_modules/"

static txSlot imported;
static int isImported;

static void fulfilled(txMachine *the)
{
	imported = *mxArgv(0);
	fxRemember(the, &imported);
	isImported = 1;
}

static void rejected(txMachine *the)
{
	fxReport(the, "%s\n", fxToString(the, mxArgv(0)));
}

void *latchkeyImport(void *machine, char *path)
{
	txMachine *the = machine;
	txSlot *realm = mxProgram.value.reference->next->value.module.realm;
	isImported = 0;
	mxPushStringC(path);
	fxRunImport(the, realm, XS_NO_ID);
	mxDub();
	fxGetID(the, mxID(_then));
	mxCall();
	fxNewHostFunction(the, fulfilled, 1, XS_NO_ID, XS_NO_ID);
	fxNewHostFunction(the, rejected, 1, XS_NO_ID, XS_NO_ID);
	mxRunCount(2);
	mxPop();
	latchkeyRunJobs(the);
	return isImported ? &imported : NULL;
}

void latchkeyRunJobs(void *machine)
{
	txMachine *the = machine;
	while (the->promiseJobs) {
		the->promiseJobs = 0;
		fxRunPromiseJobs(the);
	}
	fxEndJob(the);
}

/* Takes `.` and `..` out of a path, in place. */
static void normalise(char *path)
{
	char *from = path, *to = path;
	while (*from) {
		if (!strncmp(from, "./", 2))
			from += 2;
		else if (!strncmp(from, "../", 3)) {
			from += 3;
			if (to > path)
				to--;
			while (to > path && to[-1] != '/')
				to--;
		}
		else {
			while (*from && *from != '/')
				*to++ = *from++;
			if (*from)
				*to++ = *from++;
		}
	}
	*to = 0;
}

txID fxFindModule(txMachine *the, txSlot *realm, txID moduleID, txSlot *slot)
{
	char name[C_PATH_MAX];
	char path[C_PATH_MAX];
	const char *start = "";
	(void)realm;
	fxToStringBuffer(the, slot, name, sizeof(name));
	path[0] = 0;
	if (name[0] == '.' && moduleID != XS_NO_ID) {
		char *slash;
		snprintf(path, sizeof(path), "%s", fxGetKeyName(the, moduleID));
		slash = strrchr(path, '/');
		if (slash)
			slash[1] = 0;
		else
			path[0] = 0;
	}
	else if (moduleID != XS_NO_ID)
		start = PACKAGES;
	if (strlen(path) + strlen(start) + strlen(name) + sizeof("/index.js") > sizeof(path))
		mxRangeError("path too long");
	strcat(strcat(path, start), name);
	/* A package by its name alone: ours have their entry there. */
	if (*start && !strstr(name, ".js"))
		strcat(path, "/index.js");
	normalise(path);
	return fxNewNameC(the, path);
}

void fxLoadModule(txMachine *the, txSlot *module, txID moduleID)
{
	char *path = fxGetKeyName(the, moduleID);
	FILE *file = fopen(path, "r");
	txScript *script;
	if (!file)
		return;
	script = fxParseScript(the, file, (txGetter)fgetc, 0);
	fclose(file);
	if (script)
		fxResolveModule(the, module, moduleID, script, C_NULL, C_NULL);
}
