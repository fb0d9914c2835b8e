#include "model/result.h"

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace preflight {

void throw_exception_from_error(const Problem& problem, const boost::source_location& /*where*/) {
    throw std::logic_error("unchecked result: " + problem.source + ": " + problem.detail);
}

Problem problem_from_errno(int error, std::string source) {
    auto detail = std::generic_category().message(error);
    switch (error) {
        case ENOENT:
        case ENOTDIR:
            return {v1::Gap::ABSENT, std::move(source), "there is no such file"};
        case EACCES:
        case EPERM:
            return {v1::Gap::DENIED, std::move(source), "permission denied"};
        case ELOOP:
            return {v1::Gap::REFUSED, std::move(source), "the path runs through too many links"};
        case EFBIG:
        case EMSGSIZE:
        case ENAMETOOLONG:
            return {v1::Gap::TOO_LARGE, std::move(source), std::move(detail)};
        case ETIMEDOUT:
            return {v1::Gap::TIMED_OUT, std::move(source), "not finished in time"};
        case ECONNREFUSED:
            return {v1::Gap::REFUSED, std::move(source), "connection refused"};
        default:
            return {v1::Gap::FAILED, std::move(source), std::move(detail)};
    }
}

}  // namespace preflight
