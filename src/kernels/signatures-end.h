/** @file Forgets the macros that signatures.def was read with, so that it can be read again with others. */
#undef COUNT
#undef FLAG
#undef SEED
#undef SCALAR
#undef CELL
#undef FLOATS
#undef INDICES
#undef RESULT
#undef POSITIONS
#undef DOUBLES
#undef FLOATS_LIST
#undef RESULT_LIST
#undef MAYBE_FLOATS
#undef MAYBE_INDICES
#undef MAYBE_RESULT
#undef REQUIRE
#undef KERNEL
