// Result: a value, or the Problem that kept the world from giving it.
//
// For what the world refuses (missing, forbidden, late, nonsense). Our own bugs are exceptions. A Problem's
// cause is the gap's cause, so that what a probe could not see needs no translation. Values; any thread.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <utility>

#include "preflight/v1/finding.pb.h"

namespace preflight {

struct Problem {
    using Cause = v1::Gap::Cause;

    Cause cause = v1::Gap::FAILED;
    std::string source;  // path, command or address that was tried
    std::string detail;  // one sentence; never holds content of what was read

    friend bool operator==(const Problem&, const Problem&) = default;
};

// Called by Result::value() on a problem: nobody looked first, which is a bug of ours.
[[noreturn]] void throw_exception_from_error(const Problem& problem, const boost::source_location& where);

template <typename T>
using Result = boost::system::result<T, Problem>;

// The Problem for errno `error` met at `source`: ENOENT is absent, EACCES denied, ELOOP refused, …
Problem problem_from_errno(int error, std::string source);

inline Problem malformed(std::string source, std::string detail) {
    return Problem{v1::Gap::MALFORMED, std::move(source), std::move(detail)};
}

}  // namespace preflight
