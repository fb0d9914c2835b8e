#include "readiness/collations.h"

#include "readiness/version.h"

namespace preflight::readiness {
namespace {

// The release that took over the rules of ISO 14651 as they were in 2016; none since has moved as much.
constexpr Version sorts_anew{2, 28, 0};

std::optional<bool> sorts_by_new_rules(std::string_view library) {
    const auto version = parse_version(library);
    if (!version) return {};
    return *version >= sorts_anew;
}

}  // namespace

std::optional<bool> order_differs(std::string_view one, std::string_view other) {
    const auto first = sorts_by_new_rules(one);
    const auto second = sorts_by_new_rules(other);
    if (!first || !second) return {};
    return *first != *second;
}

std::optional<bool> order_changes(std::string_view from, std::string_view to) {
    if (sorts_by_new_rules(from).value_or(false) || !sorts_by_new_rules(to).value_or(true)) return false;
    return order_differs(from, to);
}

}  // namespace preflight::readiness
