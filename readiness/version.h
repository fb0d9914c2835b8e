// Version: a GitLab version as three numbers, compared field by field (18.10 is above 18.9).
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace preflight::readiness {

struct Version {
    int major = 0;
    int minor = 0;
    int patch = 0;

    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the defaulted operator for a null pointer
    friend auto operator<=>(const Version&, const Version&) = default;

    Version minor_release() const { return {major, minor, 0}; }  // 18.11.4 → 18.11.0
    bool same_minor(const Version& other) const { return major == other.major && minor == other.minor; }
    std::string text() const;        // "18.11.4"
    std::string minor_text() const;  // "18.11"
};

// "19.2", "19.2.1", "19.2.1-ee", "19.2.1-ee.0", "v19.2.1", "19.2.1+rnightly…": what follows the numbers is
// passed over. Nothing for anything else, and for numbers past 9999.
std::optional<Version> parse_version(std::string_view text);

// Of a server: as parse_version, but its major alone will do ("17", "16.8 (Debian 16.8-1)").
std::optional<Version> parse_server_version(std::string_view text);

// As parse_version, but strict: two or three numbers and nothing more. For what a person types as --target.
std::optional<Version> parse_target(std::string_view text);

}  // namespace preflight::readiness
