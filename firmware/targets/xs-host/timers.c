/* One list of timers, run after the program's own start has returned: nothing interrupts JavaScript. */
#include <errno.h>
#include <time.h>

#include "modules.h"
#include "timers.h"

typedef struct Timer {
	struct Timer *next;
	xsSlot callback;
	double dueMs;
	/* Negative: once. */
	double periodMs;
	xsIntegerValue id;
} Timer;

static Timer *timers = NULL;
static xsIntegerValue lastId = 0;

static double nowMs(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void sleepMs(double ms)
{
	struct timespec rest;
	if (ms <= 0)
		return;
	rest.tv_sec = (time_t)(ms / 1e3);
	rest.tv_nsec = (long)((ms - (double)rest.tv_sec * 1e3) * 1e6);
	while (nanosleep(&rest, &rest) < 0 && errno == EINTR)
		;
}

static void drop(xsMachine *the, xsIntegerValue id)
{
	Timer **link = &timers;
	while (*link && (*link)->id != id)
		link = &(*link)->next;
	if (*link) {
		Timer *timer = *link;
		*link = timer->next;
		xsForget(timer->callback);
		free(timer);
	}
}

static void start(xsMachine *the, int repeats)
{
	double delayMs = xsmcArgc > 1 ? xsmcToNumber(xsArg(1)) : 0;
	Timer *timer;
	if (xsmcArgc < 1 || !fxIsCallable(the, &xsArg(0)))
		xsTypeError("a timer needs a function");
	/* Not a number, and the past, are now. */
	if (!(delayMs > 0))
		delayMs = 0;
	timer = calloc(1, sizeof(Timer));
	if (!timer)
		xsRangeError("no memory for a timer");
	timer->callback = xsArg(0);
	xsRemember(timer->callback);
	timer->id = ++lastId;
	timer->dueMs = nowMs() + delayMs;
	timer->periodMs = repeats ? delayMs : -1;
	timer->next = timers;
	timers = timer;
	xsmcSetInteger(xsResult, timer->id);
}

static void xs_set_timeout(xsMachine *the)
{
	start(the, 0);
}

static void xs_set_interval(xsMachine *the)
{
	start(the, 1);
}

/* Nothing, and a number that no timer has, are nothing to do. */
static void xs_clear_timer(xsMachine *the)
{
	if (xsmcArgc > 0)
		drop(the, xsmcToInteger(xsArg(0)));
}

static void xs_console_log(xsMachine *the)
{
	xsIntegerValue i;
	for (i = 0; i < xsmcArgc; i++)
		fprintf(stderr, "%s%s", i > 0 ? " " : "", xsmcToString(xsArg(i)));
	fprintf(stderr, "\n");
}

static void define(xsMachine *the, const char *name, xsCallback callback, int length)
{
	xsVar(1) = xsNewHostFunction(callback, length);
	xsmcSet(xsGlobal, xsID(name), xsVar(1));
}

void latchkeyDefineTimers(xsMachine *the)
{
	define(the, "setTimeout", xs_set_timeout, 2);
	define(the, "setInterval", xs_set_interval, 2);
	define(the, "clearTimeout", xs_clear_timer, 1);
	define(the, "clearInterval", xs_clear_timer, 1);
	xsmcSetNewObject(xsVar(0));
	xsVar(1) = xsNewHostFunction(xs_console_log, 1);
	xsmcSet(xsVar(0), xsID("log"), xsVar(1));
	xsmcSet(xsGlobal, xsID("console"), xsVar(0));
}

/* The earliest; of two that are due together, the one that was set first. */
static Timer *nextTimer(void)
{
	Timer *best = timers;
	Timer *timer;
	for (timer = timers; timer; timer = timer->next) {
		if (timer->dueMs < best->dueMs || (timer->dueMs == best->dueMs && timer->id < best->id))
			best = timer;
	}
	return best;
}

void latchkeyRunTimers(xsMachine *the)
{
	Timer *timer;
	while ((timer = nextTimer()) != NULL) {
		sleepMs(timer->dueMs - nowMs());
		xsVar(0) = xsAccess(timer->callback);
		if (timer->periodMs < 0)
			drop(the, timer->id);
		else
			timer->dueMs += timer->periodMs;
		xsCallFunction0(xsVar(0), xsUndefined);
		latchkeyRunJobs(the);
	}
}
