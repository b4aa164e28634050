/* The core that is measured. */
#ifndef LATCHKEY_CORE_H
#define LATCHKEY_CORE_H

#include <stdint.h>

/* Instructions that the core has retired since reset; in QEMU with `-icount shift=0` the same from run to run. */
uint64_t latchkeyInstructions(void);

#endif
