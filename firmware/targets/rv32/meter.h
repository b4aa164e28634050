/* What the machine's memory is made of, beyond what its heap says. */
#ifndef LATCHKEY_METER_H
#define LATCHKEY_METER_H

#include <stddef.h>

struct sxMachine;

/* Bytecode of the lock's modules so far. It lies in chunks: XS from npm has no way to leave it in flash. */
size_t latchkeyCodeBytes(void);

/* The same of the modules that only measure: those under targets/. */
size_t latchkeyHarnessBytes(void);

/* Paints the free part of XS's stack, so that its deepest use can be read off. */
void latchkeyPaintStack(struct sxMachine *the);

/* Deepest use of XS's stack since it was painted, in slots. */
size_t latchkeyStackPeak(struct sxMachine *the);

#endif
