#include "readiness/checks/packages_repository.h"

#include <algorithm>
#include <array>
#include <optional>

#include "readiness/installed.h"
#include "readiness/support.h"
#include "readiness/telling.h"

namespace preflight::readiness {
namespace {

using System = v1::OperatingSystem;

struct Cases {
    v1::Verdict other = verdict(v1::BLOCKER, "other_system", "the package source is for another system");
    v1::Verdict built =
        verdict(v1::BLOCKER, "built_for_other", "the installed package was built for another system");
    v1::Verdict unseen = verdict(v1::UNKNOWN, "unseen", "where the package comes from was not seen");
    v1::Verdict unclear =
        verdict(v1::UNKNOWN, "not_comparable", "for which system the package source is was not understood");
    v1::Verdict none = verdict(v1::WARNING, "none_enabled", "no source of GitLab's packages is enabled");
    v1::Verdict also = verdict(v1::WARNING, "also_other",
                               "a package source for another system is enabled beside the right one");
    v1::Verdict ready = verdict(v1::READY, "fits", "the package source is for this system");
};

enum class Fit { yes, no, unclear };

std::string digits_in(std::string_view text) {
    const auto start = text.find_first_of("0123456789");
    if (start == std::string_view::npos) return {};
    const auto rest = text.substr(start);
    return std::string(rest.substr(0, rest.find_first_not_of("0123456789")));
}

// Names of GitLab's repositories and packages for families of systems; nothing of one that is not known here.
std::optional<bool> is_family(std::string_view family, const System& system) {
    const std::string_view id = system.id();
    const auto like = [&](std::string_view other) {
        return id == other || std::ranges::find(system.id_like(), other) != system.id_like().end();
    };
    if (family == "el" || family == "ol")
        return id != "amzn" && id != "fedora" && (like("rhel") || like("fedora") || like("centos"));
    if (family == "amazon" || family == "amzn") return id == "amzn";
    if (family == "sles" || family == "opensuse") return id.starts_with("sles") || id.starts_with("opensuse");
    if (family == "ubuntu" || family == "debian" || family == "raspbian") return id == family;
    return {};
}

// "el9", "el/9", "amazon2023", "sles15", "ubuntu"; a version counts where one stands there.
Fit fit_of(std::string_view name, const System& system) {
    const auto family = name.substr(0, name.find_first_not_of("abcdefghijklmnopqrstuvwxyz"));
    const auto is = is_family(family, system);
    if (!is) return Fit::unclear;
    if (!*is) return Fit::no;
    const auto version = digits_in(name.substr(family.size()));
    return version.empty() || version == digits_in(system.version_id()) ? Fit::yes : Fit::no;
}

Fit fit_of(const v1::PackageSource& source, const System& system, const v1::Knowledge& knowledge) {
    const auto* row = find_support(system, knowledge);
    const auto is_suite_of_any = [&](const std::string& suite) {
        return !suite.empty() &&
               std::ranges::find(knowledge.operating_systems(), suite, &v1::OperatingSystemSupport::suite) !=
                   knowledge.operating_systems().end();
    };
    if (row != nullptr && !row->suite().empty() && source.suite() == row->suite()) return Fit::yes;
    if (is_suite_of_any(source.suite())) return row == nullptr ? Fit::unclear : Fit::no;
    // Of apt the path alone does not tell the version.
    const auto fit = fit_of(source.path_element(), system);
    return source.suite().empty() || fit == Fit::no ? fit : Fit::unclear;
}

std::string what_of(const v1::PackageSource& source) {
    return clipped(source.uri(), 160) + (source.suite().empty() ? "" : " " + clipped(source.suite(), 40));
}

std::string name_of(const System& system) { return clipped(system.id() + " " + system.version_id(), 60); }

class Judging {
  public:
    Judging(Cases& cases, const v1::Knowledge& knowledge) : cases_(cases), knowledge_(knowledge) {}

    void judge(const FleetNode& node) {
        const auto systems =
            findings_of<&v1::Finding::has_operating_system, &v1::Finding::operating_system>(node);
        if (systems.empty() || systems.front().first->id().empty())
            return about_unseen(cases_.unseen, node, "system");
        if (!saw_all(node, "packages")) about_unseen(cases_.unseen, node, "packages");
        judge_sources(node, *systems.front().first);
        judge_suffix(node, *systems.front().first);
    }

  private:
    void judge_sources(const FleetNode& node, const System& system) {
        std::array<std::vector<std::pair<const v1::PackageSource*, const v1::Finding*>>, 3> found;
        for (const auto& one :
             findings_of<&v1::Finding::has_package_source, &v1::Finding::package_source>(node)) {
            if (one.first->enabled())
                found.at(static_cast<std::size_t>(fit_of(*one.first, system, knowledge_))).push_back(one);
        }
        const auto& [fit, other, unclear] = found;
        const auto show = [&](v1::Verdict& verdict, const auto& sources) {
            for (const auto& [source, finding] : sources)
                about(verdict, node, *finding, what_of(*source) + " on " + name_of(system));
        };
        show(cases_.ready, fit);
        show(fit.empty() ? cases_.other : cases_.also, other);
        if (fit.empty()) show(cases_.unclear, unclear);
        if (fit.empty() && other.empty() && unclear.empty() && saw_all(node, "packages"))
            about_inspection(cases_.none, node, "no source of GitLab's is enabled");
    }

    void judge_suffix(const FleetNode& node, const System& system) {
        const auto found = findings_of<&v1::Finding::has_package_suffix, &v1::Finding::package_suffix>(node);
        for (const auto& [suffix, finding] : found) {
            if (suffix->suffix().empty() || fit_of(suffix->suffix(), system) == Fit::yes) continue;
            const bool no = fit_of(suffix->suffix(), system) == Fit::no;
            about(no ? cases_.built : cases_.unclear, node, *finding,
                  clipped(suffix->package_version(), 80) + " on " + name_of(system));
        }
        if (found.empty()) about_inspection(cases_.unseen, node, "the package's own version was not told");
    }

    Cases& cases_;
    const v1::Knowledge& knowledge_;
};

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge& knowledge) {
    Cases cases;
    Judging judging(cases, knowledge);
    for (const auto& node : fleet.nodes) {
        if (installation_unseen(node)) about_unseen(cases.unseen, node, "installation");
        if (from_package(node)) judging.judge(node);
    }
    return kept(
        {&cases.other, &cases.built, &cases.unseen, &cases.unclear, &cases.none, &cases.also, &cases.ready},
        fleet, "no_package", "no node has GitLab from a Linux package");
}

}  // namespace

constexpr Check packages_repository{
    .id = "packages.repository",
    .asks = "Does the package come from a repository for this system?",
    .judge = judge,
};

}  // namespace preflight::readiness
