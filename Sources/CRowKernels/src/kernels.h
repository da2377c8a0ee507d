// One pass: the kernels of one scalar type of one variant. A variant's file defines LSE_VARIANT
// (its name), LSE_ISA (512, 256 or 128: width of a vector in bits), LSE_FMA (1 if a fused
// multiply-add is an instruction), and includes this once with LSE_F32 1 and once with LSE_F32 0.
#if LSE_ISA == 512 && LSE_F32
#define LANES 16
#elif LSE_ISA == 512 || (LSE_ISA == 256 && LSE_F32)
#define LANES 8
#elif LSE_ISA == 256 || LSE_F32
#define LANES 4
#else
#define LANES 2
#endif

#include "vectors.h"
#include "exp.h"
#include "reduce.h"
#include "finish.h"
#include "merge.h"
#include "weigh.h"
#include "map.h"
#include "short.h"
#include "grouped.h"
#include "pack.h"
#include "turn.h"
#include "sweep.h"
#include "scan.h"
#include "elementwise.h"

const lse_kernels NAME(kernels) = {
    .reduce = NAME(reduce),
    .refine = NAME(refine),
    .reduce_storing = NAME(reduce_storing),
    .merge = NAME(merge),
    .merge_stored = NAME(merge_stored),
    .finish_logsumexp = NAME(finish_logsumexp),
    .finish_logsoftmax = NAME(finish_logsoftmax),
    .finish_softmax = NAME(finish_softmax),
    .scale = NAME(scale_rows),
    .scale_streaming = NAME(scale_streaming),
    .subtract = NAME(subtract),
    .reduce_grouped = NAME(reduce_grouped),
    .exponentials = NAME(exponentials),
    .reduce_weighted = NAME(reduce_weighted),
    .finish_weighted = NAME(finish_weighted),
    .pack = NAME(pack),
    .unpack = NAME(unpack_tile),
    .reduce_source = NAME(reduce_source),
    .softmax_turned = NAME(softmax_turned),
    .subtract_turned = NAME(subtract_turned),
    .cumulate = NAME(cumulate),
    .softmax_rows = NAME(softmax_rows),
    .short_columns = SHORT_COLUMNS,
    .softmax_row = NAME(softmax_row),
    .logsumexp_row = NAME(logsumexp_row),
    .logsoftmax_row = NAME(logsoftmax_row),
};

const lse_elementwise NAME(elementwise) = {
    .log_add_exp = NAME(log_add_exp),
    .log_subtract_exp = NAME(log_subtract_exp),
    .softplus = NAME(softplus),
    .log_expm1 = NAME(log_expm1),
    .log1m_exp = NAME(log1m_exp),
    .logistic = NAME(logistic),
    .log_logistic = NAME(log_logistic),
    .log_add_exp2 = NAME(log_add_exp2),
    .logit = NAME(logit),
    .log_cosh = NAME(log_cosh),
    .x_log1p_y = NAME(x_log1p_y),
    .x_log_x = NAME(x_log_x),
    .x_log_y = NAME(x_log_y),
};

#undef LANES
#undef NAME
#undef T
#undef TI
#undef T_MAX
#undef D_LANES
#undef INLINE
#undef V
#undef VI
#undef D
#undef DI
#undef M
#undef EXP_LEAST
#undef LSE_ONE_HIGH
#undef REFERENCE_LIMIT
#undef ROUND_MAGIC
#undef ADD
#undef IS_EXACT
#undef IS_STORED
#undef PREFETCH
#undef PREFETCH_FAR
#undef EXP_NORMAL
#undef EXP_BIAS
#undef MANTISSA
#undef SMALL_REST
#undef SHORT_COLUMNS
#undef DOWN
#undef UP
#undef LEAST_SCALED
#undef SMALL_PART
#undef LEAST_FACTOR
#undef FACTOR_BIAS
#undef GUESS_ABOVE
#undef GUESS_BELOW
#undef NEAR_REST
#undef NEAR_MAXIMUM
#undef NEAR_SLOPE
#undef NEAR_PRODUCT
#undef NEAR_CANCELLED
#undef NEAR_WEIGHTED
#undef FAR
#undef FORM
#undef IS_NEAR
#undef EACH_PART
#undef CANCELLING
#undef MISSING
#undef LSE_ELEMENTWISE
#undef SHORT_ROWS
#undef SEAMLESS_COLUMNS
#undef BATCH_COLUMNS
#undef STRIP
#undef SWEPT_COLUMNS
#undef TURNED_PANELS
#undef TURNED_COLUMNS
#undef STREAMED_BYTES
#undef POSITIVE_RANGE
#undef POSITIVE_ABOVE
#undef POSITIVE_LEAST
#undef LEAST_WEIGHED
#undef WEIGHED_BYTES
#undef OVERLAPS
#undef WEIGHT_BITS_LEAST
#undef WEIGHT_RANGE
#undef WEIGHT_SHIFT
#undef SCAN_BIAS
#undef SCAN_LIMIT
#undef SCAN_HUGE
#undef SCAN_MAGIC
#undef SCAN_PARTS
#undef PLAIN_SCALE
#undef WIDTH
#undef BY_WIDTH
#undef SHORT_PIECE
#undef LEAST_REST
