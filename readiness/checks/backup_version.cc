#include "readiness/checks/backup_version.h"

#include <set>
#include <utility>

#include "readiness/archives.h"
#include "readiness/installed.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Running = std::set<std::pair<Version, v1::Edition>>;

// What runs where backups are restored: on Rails nodes; on any node when none is known to be one.
Running running(const Fleet& fleet) {
    Running on_rails;
    Running anywhere;
    for (const auto& installed : installations(fleet)) {
        if (!installed.version) continue;
        const std::pair both(*installed.version, installed.what->edition());
        anywhere.insert(both);
        if (has_role(*installed.node, v1::NodeRoles::RAILS)) on_rails.insert(both);
    }
    return on_rails.empty() ? anywhere : on_rails;
}

v1::Verdict compare(const Archive& archive, const Running& all) {
    const auto name = archive_name(archive);
    const auto version = parse_version(archive.what->version());
    if (all.empty()) {
        return verdict(v1::UNKNOWN, "running_unseen",
                       "the running version was not seen, so " + name + " cannot be compared");
    }
    if (all.size() > 1) {
        return verdict(v1::UNKNOWN, "mixed",
                       "Rails nodes run more than one version or edition, so " + name + " fits not all");
    }
    if (!version) return verdict(v1::UNKNOWN, "unseen", "of which version " + name + " is was not seen");
    const auto& [running_version, running_edition] = *all.begin();
    const auto edition = archive.what->edition();
    const auto both = name + " is of " + version_text(*version, edition) + ", " +
                      version_text(running_version, running_edition) + " runs";
    if (!version->same_minor(running_version)) return verdict(v1::BLOCKER, "other_version", both);
    if (edition == v1::EDITION_UNSPECIFIED || running_edition == v1::EDITION_UNSPECIFIED) {
        return verdict(v1::UNKNOWN, "edition_unseen", both + "; an edition was not seen");
    }
    if (edition != running_edition) return verdict(v1::BLOCKER, "other_edition", both);
    if (*version != running_version) return verdict(v1::BLOCKER, "other_patch", both);
    return verdict(v1::READY, "same", both);
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    const auto archives = archives_of(fleet);
    if (archives.best == nullptr) {
        if (archives.absence == Absence::none) {
            return {verdict(v1::NOT_APPLICABLE, "no_backup",
                            "there is no complete backup whose version could be compared")};
        }
        return {verdict(v1::UNKNOWN, "no_archive", "no backup was seen whose version could be compared")};
    }
    auto judged = compare(*archives.best, running(fleet));
    const auto& said = archives.best->what->version();
    about(judged, *archives.best->node, *archives.best->finding,
          said.empty() ? "says no version" : "version " + said);
    return {judged};
}

}  // namespace

constexpr Check backup_version{
    .id = "backup.version",
    .asks = "Is the backup of exactly the version and edition that run?",
    .judge = judge,
};

}  // namespace preflight::readiness
