#include "digits.h"

// #embed, because a Swift array literal of this length takes the compiler half a minute.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char digits[] = {
#embed "digits.npy"
};

const unsigned char *lse_digits_bytes(void) { return digits; }

size_t lse_digits_size(void) { return sizeof digits; }
