// EditionChanges: when one edition's package was installed after that of the other, by the logs of the
// package managers: dpkg, yum, dnf and zypper, with those that were rotated away.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "preflight/v1/package.pb.h"
#include "probes/node/node.h"
#include "probes/parsed.h"

namespace preflight::probes {

// Of logs that are there, the oldest first; each that could not be read whole is a problem, and so is a log
// that is there in no other form than packed, and not by gzip. That there is none proves nothing, and is no
// problem: what is not found here is asked of a person.
Parsed<v1::EditionChange> read_edition_changes(const Node& node);

enum class PackageLog { dpkg, yum, dnf, zypper };

struct EditionInstall {
    std::string day;      // as the log writes it
    std::string package;  // "gitlab-ee", "gitlab-ce"
};

// The pure part: what one line tells of an edition's package that came; nothing of any other line.
std::optional<EditionInstall> parse_install(PackageLog log, std::string_view line);

}  // namespace preflight::probes
