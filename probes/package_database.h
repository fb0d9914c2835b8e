// PackageDatabase: what the package manager says of GitLab's package on this node.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "model/result.h"
#include "preflight/v1/finding.pb.h"
#include "probes/node/node.h"

namespace preflight::probes {

struct PackageRecord {
    std::string source;   // the database
    std::string name;     // "gitlab-ee"; empty: the database knows no GitLab
    std::string version;  // "19.2.1-ee.0", with rpm "19.2.1-ee.0.el9"
    std::string architecture;
    v1::Installation::PackageState state = v1::Installation::PACKAGE_STATE_UNSPECIFIED;
    bool held = false;  // dpkg's own hold
};

// dpkg's status file, else rpm's answer on a live machine. Nothing when the node has no database that could
// be asked; a Problem when it has one that does not answer, `until` at the latest.
Result<std::optional<PackageRecord>> read_package_record(const Node& node,
                                                         std::chrono::steady_clock::time_point until);

constexpr std::string_view rpm_program = "/usr/bin/rpm";
// What rpm may take: five seconds, and no more than is left until then.
std::chrono::milliseconds rpm_limit(std::chrono::steady_clock::time_point until);
// Whether rpm has a database here, of whatever packages.
bool has_rpm_database(const Node& node);

// Lines "name\tversion-release\tarchitecture" as rpm was told to write them.
PackageRecord parse_rpm_answer(std::string_view text);

}  // namespace preflight::probes
