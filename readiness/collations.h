// Collations: whether text that one C library put in order is still in order by another's rules.
#pragma once

#include <optional>
#include <string_view>

namespace preflight::readiness {

// By the versions of the libraries ("2.31"): do they lie on two sides of glibc 2.28, which sorts text anew?
// Text indexes made by the one are then wrong for the other. Nothing where a version that decides it is not
// known.
std::optional<bool> order_differs(std::string_view one, std::string_view other);

// The same of a move from a system to a newer one, whose library is never older.
std::optional<bool> order_changes(std::string_view from, std::string_view to);

}  // namespace preflight::readiness
