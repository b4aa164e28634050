/* What XS asks of the system below it, for a bare rv32imc core with picolibc: no threads, no clock, no network. */
#ifndef LATCHKEY_RV32_PLATFORM_H
#define LATCHKEY_RV32_PLATFORM_H

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Counts must not depend on when they were taken, so the time stands still. */
#define c_gettimeofday latchkeyTimeOfDay
typedef struct {
	int32_t tv_sec;
	int32_t tv_usec;
} c_timeval;
#define c_timezone void
int latchkeyTimeOfDay(c_timeval *time, void *zone);

/* Paths of modules; the C library of a bare core names no limit. */
#define C_PATH_MAX 256

#define mxMachinePlatform \
	int promiseJobs;

#define mxUseDefaultBuildKeys 1
#define mxUseDefaultParseScript 1
#define mxUseDefaultSharedChunks 1

#endif
