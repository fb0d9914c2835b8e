#include "readiness/checks/geo_sites_agree.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "readiness/condition.h"
#include "readiness/sites.h"
#include "readiness/telling.h"

namespace preflight::readiness {
namespace {

using Verdicts = std::vector<v1::Verdict>;

// Of GitLab Shell, wherever it was installed.
constexpr std::string_view key_lookup = "/gitlab-shell-authorized-keys-check";

struct Cases {
    v1::Verdict unseen =
        verdict(v1::UNKNOWN, "unseen", "not everything was seen that all Geo sites must have in common");
    v1::Verdict trust = verdict(v1::WARNING, "trust_differs",
                                "a node does not trust certificates that other nodes of the Geo sites trust");
    v1::Verdict lookup =
        verdict(v1::WARNING, "no_key_lookup", "OpenSSH on a node of a Geo site does not ask GitLab for keys");
    v1::Verdict url = verdict(v1::WARNING, "url_differs", "a node has another URL than its Geo site");
    v1::Verdict ready = verdict(v1::READY, "agree", "the nodes of all Geo sites agree in what they must");
};

// Certificates by fingerprint, each as an administrator would find it.
using Trusted = std::map<std::string, std::string>;

// Nothing where not all of them were seen.
std::optional<Trusted> trusted_on(const FleetNode& node) {
    if (!saw_all(node, "certificates")) return std::nullopt;
    Trusted trusted;
    for (const auto& [file, finding] :
         findings_of<&v1::Finding::has_certificate_file, &v1::Finding::certificate_file>(node)) {
        const auto& uses = file->used_by();
        if (std::ranges::find(uses, "trusted") == uses.end()) continue;
        const auto& certificate = file->certificate();
        if (certificate.fingerprint().empty()) return std::nullopt;
        trusted[certificate.fingerprint()] =
            clipped(file->path(), 120) + " (" + clipped(certificate.subject(), 80) + ")";
    }
    return trusted;
}

// The row of the database that the node's site has; nullptr where that is not one row.
const Site* row_of(const FleetNode& node, const std::vector<Site>& sites) {
    const auto name = site_of(node);
    const bool unnamed = name.empty() || name == "primary" || name == "secondary";
    const bool secondary = is_of_secondary(node);
    const auto is_own = [&](const Site& site) {
        return unnamed ? site.what().primary() != secondary
                       : without_slash(clipped(site.what().name(), 120)) == without_slash(name);
    };
    const auto row = std::ranges::find_if(sites, is_own);
    return std::ranges::count_if(sites, is_own) == 1 ? &*row : nullptr;
}

class Judging {
  public:
    Judging(const std::vector<Site>& sites, Cases& cases) : sites_(sites), cases_(cases) {}

    void judge(const FleetNode& node) {
        const auto settings = findings_of<&v1::Finding::has_site_settings, &v1::Finding::site_settings>(node);
        if (settings.empty() || !saw_all(node, "geo")) about_unseen(cases_.unseen, node, "geo");
        for (const auto& [said, finding] : settings) {
            telling_.begin(node, *finding, "");
            judge_url(node, *said);
            if (has_role(node, v1::NodeRoles::RAILS)) judge_lookup(*said);
            telling_.end(cases_.ready, clipped(said->external_url(), 120));
        }
        if (auto trusted = trusted_on(node)) {
            all_.insert(trusted->begin(), trusted->end());
            trusted_.emplace_back(&node, std::move(*trusted));
        } else {
            about_unseen(cases_.unseen, node, "certificates");
        }
    }

    void judge_together() {
        for (const auto& [node, trusted] : trusted_) {
            std::vector<std::string> lacking;
            for (const auto& [fingerprint, text] : all_) {
                if (!trusted.contains(fingerprint)) lacking.push_back(text);
            }
            if (!lacking.empty())
                about_inspection(cases_.trust, *node, "does not trust " + listed_first(lacking, 3));
        }
        for (const auto& site : sites_) {
            if (!site.what().enabled() || seen_.contains(&site)) continue;
            about(cases_.unseen, *site.node, *site.finding,
                  site_text(site) + ": none of its nodes told of itself");
        }
    }

  private:
    void judge_url(const FleetNode& node, const v1::SiteSettings& said) {
        const auto* row = row_of(node, sites_);
        if (row != nullptr) seen_.insert(row);
        if (row == nullptr || row->what().url().empty() || said.external_url().empty())
            return telling_.say(cases_.unseen, "its URL, or which one its site has, is not known");
        const auto own = without_slash(said.external_url());
        if (own == without_slash(row->what().url()) || own == without_slash(row->what().internal_url()))
            return;
        telling_.say(cases_.url, clipped(own, 120) + ", its site " + clipped(row->what().name(), 120) +
                                     " has " + clipped(row->what().url(), 120));
    }

    // GitLab's own SSH server needs nobody to tell it; beside it OpenSSH is for administrators.
    void judge_lookup(const v1::SiteSettings& said) {
        if (said.gitlab_sshd() || (said.sshd_known() && !said.sshd())) return;
        if (!said.sshd_known()) return telling_.say(cases_.unseen, "the configuration of OpenSSH");
        const auto& programs = said.key_commands();
        if (std::ranges::any_of(programs, [](const auto& one) { return one.ends_with(key_lookup); })) return;
        const std::vector<std::string> others(programs.begin(), programs.end());
        telling_.say(cases_.lookup, others.empty() ? "no AuthorizedKeysCommand is set"
                                                   : "it asks " + clipped(listed_first(others, 3), 200));
    }

    const std::vector<Site>& sites_;
    Cases& cases_;
    Telling telling_;
    Trusted all_;
    std::vector<std::pair<const FleetNode*, Trusted>> trusted_;
    std::set<const Site*> seen_;
};

Verdicts judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    v1::Condition asked;
    asked.mutable_geo();
    const auto geo = evaluate(asked, fleet, upgrade, knowledge);
    const auto sites = sites_of(fleet);
    const auto is_secondary = [](const Site& site) { return !site.what().primary(); };
    if (geo.truth == Truth::fails) return {verdict(v1::NOT_APPLICABLE, "no_geo", "Geo is not used")};
    if (!sites.empty() && std::ranges::none_of(sites, is_secondary))
        return {verdict(v1::NOT_APPLICABLE, "no_secondary", "Geo has no secondary site")};
    Cases cases;
    if (geo.truth == Truth::unknown) {
        *cases.unseen.mutable_nodes() = geo.shown.nodes();
        *cases.unseen.mutable_evidence() = geo.shown.evidence();
        cases.unseen.set_summary("whether Geo is used was not seen");
        return {cases.unseen};
    }
    Judging judging(sites, cases);
    for (const auto& node : fleet.nodes) {
        if (runs_application(node)) judging.judge(node);
        if (!roles_seen(node)) about_unseen(cases.unseen, node, "services");
    }
    judging.judge_together();
    return kept({&cases.unseen, &cases.trust, &cases.lookup, &cases.url, &cases.ready}, fleet, "none",
                "no node runs the application");
}

}  // namespace

constexpr Check geo_sites_agree{
    .id = "geo.sites_agree",
    .asks = "Do all Geo sites have in common what they must?",
    .judge = judge,
};

}  // namespace preflight::readiness
