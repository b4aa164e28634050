/* `console` and the timers of the host: what a program on a computer expects to find. */
#ifndef LATCHKEY_TIMERS_H
#define LATCHKEY_TIMERS_H

#include "xsmc.h"

/* Defines console.log, setTimeout, setInterval, clearTimeout and clearInterval. Uses the caller's xsVar(0) and xsVar(1). */
void latchkeyDefineTimers(xsMachine *the);

/* Sleeps from timer to timer and calls back, until none is left. */
void latchkeyRunTimers(xsMachine *the);

#endif
