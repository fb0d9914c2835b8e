#include "model/core_dumps.h"

#include <sys/prctl.h>

namespace preflight {

void refuse_dumps() { ::prctl(PR_SET_DUMPABLE, 0); }

}  // namespace preflight
