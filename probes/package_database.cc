#include "probes/package_database.h"

#include <algorithm>
#include <array>
#include <vector>

#include "probes/config_text.h"
#include "probes/dpkg_status.h"
#include "probes/shown.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

PackageRecord record_of(const DpkgStatus& status) {
    PackageRecord record{.source = std::string(DpkgStatus::path), .state = v1::Installation::NOT_IN_DATABASE};
    const auto package = std::ranges::find_if(status.gitlab, &DpkgPackage::present);
    if (package == status.gitlab.end()) return record;
    record.name = package->name;
    record.version = package->version;
    record.architecture = package->architecture;
    record.state = package->unfinished() ? v1::Installation::HALF_CONFIGURED : v1::Installation::INSTALLED;
    record.held = package->want == "hold";
    return record;
}

// By the numbers in "19.2.1-ee.0.el9", from the first on.
bool is_newer(std::string_view version, std::string_view other) {
    const auto numbers = [](std::string_view text) {
        std::vector<std::uint64_t> found;
        for (const auto part : split(text, ".-")) {
            if (const auto number = number_in(part)) found.push_back(*number);
        }
        return found;
    };
    return numbers(version) > numbers(other);
}

Result<std::optional<PackageRecord>> ask_rpm(const Node& node, Clock::time_point until) {
    if (!has_rpm_database(node)) return std::optional<PackageRecord>();
    // -qa with a pattern answers with status 0 when nothing matches; naming a package that is not there would
    // fail.
    const auto answer = node.run({.argv = {std::string(rpm_program), "-qa", "--qf",
                                           "%{NAME}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\n", "gitlab-*"},
                                  .limit = rpm_limit(until)});
    if (!answer) return answer.error();
    return std::optional(parse_rpm_answer(*answer));
}

}  // namespace

std::chrono::milliseconds rpm_limit(Clock::time_point until) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
    return std::clamp<std::chrono::milliseconds>(left, 1ms, 5s);
}

// Where rpm keeps its database (general knowledge; the second is of newer SUSE and Fedora).
bool has_rpm_database(const Node& node) {
    constexpr std::array<std::string_view, 6> files{
        "/var/lib/rpm/rpmdb.sqlite",      "/var/lib/rpm/Packages",
        "/var/lib/rpm/Packages.db",       "/usr/lib/sysimage/rpm/rpmdb.sqlite",
        "/usr/lib/sysimage/rpm/Packages", "/usr/lib/sysimage/rpm/Packages.db"};
    return std::ranges::any_of(files, [&](auto path) { return node.status(path).has_value(); });
}

// Two rows are an upgrade that died between the new package's scripts and the old one's removal.
PackageRecord parse_rpm_answer(std::string_view text) {
    PackageRecord record{.source = std::string(rpm_program), .state = v1::Installation::NOT_IN_DATABASE};
    std::size_t rows = 0;
    while (const auto line = next_line(text)) {
        const auto fields = split(*line, "\t");
        if (fields.size() != 3 || !is_gitlab_package(fields[0])) continue;
        ++rows;
        if (rows > 1 && !is_newer(fields[1], record.version)) continue;
        record.name = shown(fields[0]);
        record.version = shown(fields[1]);
        record.architecture = shown(fields[2]);
    }
    if (rows > 0) record.state = rows == 1 ? v1::Installation::INSTALLED : v1::Installation::HALF_CONFIGURED;
    return record;
}

Result<std::optional<PackageRecord>> read_package_record(const Node& node, Clock::time_point until) {
    const auto status = read_dpkg_status(node);
    if (status) return std::optional(record_of(*status));
    if (status.error().cause != v1::Gap::ABSENT) return status.error();
    return ask_rpm(node, until);
}

}  // namespace preflight::probes
