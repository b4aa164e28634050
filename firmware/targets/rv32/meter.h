/* What the modules take of the machine's memory. */
#ifndef LATCHKEY_METER_H
#define LATCHKEY_METER_H

#include <stddef.h>

/* Bytecode of the lock's modules so far. It lies in chunks: XS from npm has no way to leave it in flash. */
size_t latchkeyCodeBytes(void);

/* The same of the modules that only measure: those under targets/. */
size_t latchkeyHarnessBytes(void);

#endif
