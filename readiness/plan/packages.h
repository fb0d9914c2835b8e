// Packages: with which words a node's package manager installs, holds and releases GitLab's package.
//
// Words for a person's command line, so nothing of them is taken over from a node as it stands: names and
// versions are those of closed lists, or there are no words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/command.pb.h"
#include "preflight/v1/finding.pb.h"
#include "readiness/version.h"

namespace preflight::readiness {

enum class PackageManager { unknown, apt, dnf, yum, zypper };

struct PackageWay {
    PackageManager manager = PackageManager::unknown;
    std::string package;  // "gitlab-ee"; empty: not one of GitLab's
    std::string edition;  // as it stands in versions: "ee"; empty: not known
    std::string build;    // what ends an rpm's release: "el9"; empty for deb, or not known

    friend bool operator==(const PackageWay&, const PackageWay&) = default;
};

PackageWay package_way(const v1::Installation& installation, const v1::OperatingSystem* system);

using Words = std::vector<std::string>;

// Each empty where the node does not tell enough.
Words refresh_words(const PackageWay& way);
Words install_words(const PackageWay& way, const Version& version);
// The same over a package of that version, which was built for another system.
Words reinstall_words(const PackageWay& way, const Version& version);
// `held_by`: the file that keeps the package at its version. Nothing where no command, but an editor lifts
// it.
Words release_words(const PackageWay& way, std::string_view held_by);
Words hold_words(const PackageWay& way, std::string_view held_by);
// What shows the holds; which version is installed; and from which source which one would be.
Words holds_words(const PackageWay& way, std::string_view held_by);
Words installed_words(const PackageWay& way);
Words offered_words(const PackageWay& way);
// Of GitLab's own that adds its package source: "script.deb.sh".
std::string source_script(const PackageWay& way);
// "gitlab/gitlab-ee:19.2.4-ee.0"
std::string image_name(const v1::Installation& installation, const Version& version);

// Is it a command of another package manager than this one? Not where the manager is not known.
bool is_of_other(const v1::Command& command, PackageManager manager);

}  // namespace preflight::readiness
