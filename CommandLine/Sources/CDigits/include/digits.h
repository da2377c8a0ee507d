// The data of `lse demo`, a .npy file inside the executable, so that it runs wherever it is moved.
#ifndef LSE_DIGITS_H
#define LSE_DIGITS_H

#include <stddef.h>

/// The bytes of digits.npy.
const unsigned char *lse_digits_bytes(void);
/// Their number.
size_t lse_digits_size(void);

#endif
