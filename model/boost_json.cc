// Boost.JSON's own code, compiled once for the whole project.
#include <boost/json/src.hpp>
