/* libsecp256k1's ECDH names this file from its `src` folder. A search path to that folder would let its util.h,
   hash.h and others stand in for files of the same names elsewhere. */
#include "src/ecmult_const_impl.h"
