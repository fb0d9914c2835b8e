#include "readiness/way_back/packages_back.h"

#include <algorithm>
#include <utility>

#include "readiness/installed.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Is = v1::ReturnNeed;

struct Cases {
    explicit Cases(const std::string& package)
        : there(said(package + " is on the node")),
          absent(said(package + " is not on the node yet")),
          to_fetch(said(package + " is not on the node; a source is enabled, and whether it still has that "
                                  "version was not seen")),
          unseen(said("whether " + package + " is on the node was not seen")) {}

    // Sentence, nodes and evidence of a need; no verdict.
    static v1::Verdict said(std::string_view sentence) {
        return verdict(v1::LEVEL_UNSPECIFIED, "", sentence);
    }

    v1::Verdict there;
    v1::Verdict absent;
    v1::Verdict to_fetch;
    v1::Verdict unseen;
};

bool has_source(const FleetNode& node) {
    const auto sources = findings_of<&v1::Finding::has_package_source, &v1::Finding::package_source>(node);
    return std::ranges::any_of(sources, [](const auto& source) { return source.first->enabled(); });
}

// Its file in the cache of the node's package manager; nullptr: none.
const v1::Finding* cached_on(const FleetNode& node, const Version& version) {
    const auto here = installations(node);
    const auto cached = findings_of<&v1::Finding::has_package_cache, &v1::Finding::package_cache>(node);
    const auto found = std::ranges::find_if(cached, [&](const auto& entry) {
        const auto& package = *entry.first;
        return parse_version(package.version()) == version &&
               std::ranges::any_of(here, [&package](const Installed& installed) {
                   return installed.what->package_name() == package.package_name();
               });
    });
    return found == cached.end() ? nullptr : (*found).second;
}

// `fetched`: a source that may have it counts; else it has to be there already.
void say_cached(Need& need, const Version& version, bool fetched, const Fleet& fleet) {
    Cases cases("the package of " + version.text());
    for (const auto& node : fleet.nodes) {
        if (installation_unseen(node)) about_unseen(cases.unseen, node, "installation");
        if (!from_package(node)) continue;
        if (const auto* found = cached_on(node, version); found != nullptr) {
            about(cases.there, node, *found, clipped(found->package_cache().path(), 200));
        } else if (!saw_all(node, "packages")) {
            about_unseen(cases.unseen, node, "packages");
        } else {
            about_inspection(fetched && has_source(node) ? cases.to_fetch : cases.absent, node,
                             "no such file in the package manager's cache");
        }
    }
    const auto say = [&need](v1::ReturnNeed::State state, v1::Verdict& one) {
        if (!one.nodes().empty()) need.say(state, std::move(one));
    };
    say(Is::PROVED, cases.there);
    say(Is::MISSING, cases.absent);
    say(Is::NOT_KNOWN, cases.to_fetch);
    say(Is::NOT_KNOWN, cases.unseen);
}

}  // namespace

bool runs_another(const Fleet& fleet, const Version& version) {
    const auto all = installations(fleet);
    return std::ranges::any_of(all, [&version](const Installed& installed) {
        return installed.what->method() == v1::Installation::LINUX_PACKAGE && installed.version &&
               *installed.version != version;
    });
}

void say_packages(Need& need, const Leg& leg, bool first, const Return& back) {
    if (first && !runs_another(back.fleet, leg.from)) {
        need.say_checks(back.told, {"packages.way_back"});
    } else {
        say_cached(need, leg.from, first, back.fleet);
    }
}

}  // namespace preflight::readiness
