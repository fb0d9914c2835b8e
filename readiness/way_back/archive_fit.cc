#include "readiness/way_back/archive_fit.h"

#include <set>

#include "readiness/installed.h"

namespace preflight::readiness {
namespace {

using Is = v1::ReturnNeed;

// Of what restores: the Rails nodes; of all nodes where none is known to be one. Unset: not one alone.
v1::Edition edition_in(const Fleet& fleet) {
    std::set<v1::Edition> on_rails;
    std::set<v1::Edition> anywhere;
    for (const auto& installed : installations(fleet)) {
        const auto edition = installed.what->edition();
        anywhere.insert(edition);
        if (has_role(*installed.node, v1::NodeRoles::RAILS)) on_rails.insert(edition);
    }
    const auto& editions = on_rails.empty() ? anywhere : on_rails;
    return editions.size() == 1 ? *editions.begin() : v1::EDITION_UNSPECIFIED;
}

}  // namespace

ArchiveFit fit_of(const Archive& archive, const Version& back_to, const Fleet& fleet) {
    const auto name = archive_name(archive);
    const auto version = parse_version(archive.what->version());
    if (!version) return {Is::NOT_KNOWN, "of which version " + name + " is was not seen"};
    const auto made_on = archive.what->edition();
    const auto wanted = edition_in(fleet);
    const auto both = name + " is of " + version_text(*version, made_on) + ", the way back leads to " +
                      version_text(back_to, wanted);
    if (*version != back_to) return {Is::MISSING, both};
    if (made_on == v1::EDITION_UNSPECIFIED || wanted == v1::EDITION_UNSPECIFIED)
        return {Is::NOT_KNOWN, both + "; the edition of one of them is not known"};
    return {made_on == wanted ? Is::PROVED : Is::MISSING, both};
}

const Archive* fitting(const Archives& archives, const Version& back_to, const Fleet& fleet) {
    if (archives.best == nullptr) return nullptr;
    return fit_of(*archives.best, back_to, fleet).state == Is::PROVED ? archives.best : nullptr;
}

}  // namespace preflight::readiness
