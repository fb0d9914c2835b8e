// Process v2's own code, compiled once for the whole project.
#include "model/process.h"
// After the header above, which brings what this one needs.
#include <boost/process/v2/src.hpp>
