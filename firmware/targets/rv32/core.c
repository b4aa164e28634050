#include "core.h"

#include "rv32-platform.h"

/* The assembler learns of the counters here: Zicsr in -march would pick libraries of another multilib. */
#define READ_COUNTER(name, value) \
	__asm__ volatile(".option push\n.option arch, +zicsr\ncsrr %0, " name "\n.option pop" : "=r"(value))

uint64_t latchkeyInstructions(void)
{
	uint32_t high, low, again;
	do {
		READ_COUNTER("minstreth", high);
		READ_COUNTER("minstret", low);
		READ_COUNTER("minstreth", again);
	} while (high != again);
	return (uint64_t)high << 32 | low;
}

int latchkeyTimeOfDay(c_timeval *time, void *zone)
{
	(void)zone;
	time->tv_sec = 0;
	time->tv_usec = 0;
	return 0;
}

uint32_t modMilliseconds(void)
{
	return 0;
}
