#include "readiness/checks/secrets_present.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "readiness/installed.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

struct Cases {
    v1::Verdict missing =
        verdict(v1::BLOCKER, "missing", "gitlab-secrets.json is missing on a node that runs the application");
    v1::Verdict malformed = verdict(v1::BLOCKER, "malformed", "gitlab-secrets.json is not whole JSON");
    std::vector<v1::Verdict> keys_missing;  // one for each set of keys
    v1::Verdict unseen = verdict(v1::UNKNOWN, "unseen", "the secrets could not be seen");
    v1::Verdict cloud_native = verdict(v1::UNKNOWN, "cloud_native",
                                       "secrets of a cloud native instance cannot be seen from its nodes");
    v1::Verdict missing_elsewhere = verdict(
        v1::WARNING, "missing_elsewhere", "gitlab-secrets.json is missing on a node beside the application");
    v1::Verdict configuration_missing = verdict(v1::BLOCKER, "configuration_missing",
                                                "gitlab.rb is missing on a node that runs the application");
    v1::Verdict configuration_missing_elsewhere = verdict(
        v1::WARNING, "configuration_missing", "gitlab.rb is missing on a node beside the application");
    v1::Verdict configuration_malformed =
        verdict(v1::BLOCKER, "configuration_malformed", "gitlab.rb is empty or not text");
    v1::Verdict configuration_malformed_elsewhere =
        verdict(v1::WARNING, "configuration_malformed", "gitlab.rb is empty or not text");
    v1::Verdict key_malformed = verdict(v1::WARNING, "key_malformed", "a host key or TLS key is not whole");
    v1::Verdict readable = verdict(v1::WARNING, "readable_by_others",
                                   "other users of the node can read a file that holds secrets");
    v1::Verdict ready = verdict(v1::READY, "present", "the secrets are there, whole, and closed to others");
};

struct Asked {
    const FleetNode& node;
    bool application;    // Rails or Sidekiq, or not known to be something else
    bool active_record;  // the keys of Active Record encryption are needed
    bool well = true;
};

// The keys of Active Record encryption came with GitLab 17.8 (from general knowledge: the change notes
// of 17.9 to 17.11 were not seen). Where the version is not known they are asked for.
bool needs_active_record_keys(const FleetNode& node) {
    const auto all = installations(node);
    return std::ranges::none_of(all, [](const Installed& installed) {
        return installed.version && *installed.version < Version{17, 8, 0};
    });
}

std::vector<std::string> needed_keys_missing(const v1::SecretsFile& file, bool active_record) {
    std::set<std::string> keys;
    for (const auto& key : file.keys_missing()) {
        if (active_record || key.find("active_record_") == std::string::npos) keys.insert(clipped(key, 80));
    }
    return {keys.begin(), keys.end()};
}

bool gap_hides(const FleetNode& node, const v1::SecretsFile& file) {
    const auto gaps = gaps_of(node, "secrets");
    return std::ranges::any_of(gaps, [&](const v1::Finding* gap) {
        return gap->source() == file.path() && gap->gap().cause() != v1::Gap::MALFORMED &&
               gap->gap().cause() != v1::Gap::ABSENT;
    });
}

void judge_keys(Asked& asked, const v1::Finding& finding, const v1::SecretsFile& file, Cases& cases) {
    const auto keys = needed_keys_missing(file, asked.active_record);
    if (keys.empty()) return;
    asked.well = false;
    const auto text = "gitlab-secrets.json lacks " + listed(keys);
    auto lacking = asked.application ? verdict(v1::BLOCKER, "keys_missing", text)
                                     : verdict(v1::WARNING, "keys_missing_elsewhere", text);
    about(lacking, asked.node, finding, counted(keys.size(), "key") + " missing in " + file.path());
    cases.keys_missing.push_back(std::move(lacking));
}

void judge_secrets(Asked& asked, const v1::Finding& finding, const v1::SecretsFile& file, Cases& cases) {
    if (gap_hides(asked.node, file)) {
        asked.well = false;
        return about_unseen(cases.unseen, asked.node, "secrets");
    }
    if (!file.present()) {
        asked.well = false;
        return about(asked.application ? cases.missing : cases.missing_elsewhere, asked.node, finding,
                     file.path() + " is not there");
    }
    if (!file.well_formed()) {
        asked.well = false;
        return about(cases.malformed, asked.node, finding, file.path() + " is malformed");
    }
    judge_keys(asked, finding, file, cases);
}

void judge_configuration(Asked& asked, const v1::Finding& finding, const v1::SecretsFile& file,
                         Cases& cases) {
    if (gap_hides(asked.node, file)) {
        asked.well = false;
        return about_unseen(cases.unseen, asked.node, "secrets");
    }
    if (file.present() && file.well_formed()) return;
    asked.well = false;
    auto& missing = asked.application ? cases.configuration_missing : cases.configuration_missing_elsewhere;
    auto& malformed =
        asked.application ? cases.configuration_malformed : cases.configuration_malformed_elsewhere;
    about(file.present() ? malformed : missing, asked.node, finding,
          file.path() + (file.present() ? " is malformed" : " is not there"));
}

void judge_key(Asked& asked, const v1::Finding& finding, const v1::SecretsFile& file, Cases& cases) {
    if (!file.present() || (file.well_formed() && !gap_hides(asked.node, file))) return;
    asked.well = false;
    if (gap_hides(asked.node, file)) return about_unseen(cases.unseen, asked.node, "secrets");
    about(cases.key_malformed, asked.node, finding, file.path() + " is malformed");
}

void judge_mode(Asked& asked, const v1::Finding& finding, const v1::SecretsFile& file, Cases& cases) {
    if (!file.present() || !file.others_can_read() || file.kind() == v1::SecretsFile::TLS_CERTIFICATE) return;
    asked.well = false;
    about(cases.readable, asked.node, finding, file.path() + " has mode " + file.mode());
}

struct Found {
    const v1::Finding* secrets = nullptr;
    const v1::Finding* configuration = nullptr;
};

Found judge_files(Asked& asked, Cases& cases) {
    Found found;
    for (const auto& [file, finding] :
         findings_of<&v1::Finding::has_secrets_file, &v1::Finding::secrets_file>(asked.node)) {
        judge_mode(asked, *finding, *file, cases);
        switch (file->kind()) {
            case v1::SecretsFile::SECRETS:
                found.secrets = finding;
                judge_secrets(asked, *finding, *file, cases);
                break;
            case v1::SecretsFile::CONFIGURATION:
                found.configuration = finding;
                if (from_package_or_image(asked.node)) judge_configuration(asked, *finding, *file, cases);
                break;
            case v1::SecretsFile::HOST_KEY:
            case v1::SecretsFile::TLS_KEY:
                judge_key(asked, *finding, *file, cases);
                break;
            default:
                break;
        }
    }
    return found;
}

void judge_node(const FleetNode& node, Cases& cases) {
    if ((installation_methods(node) & bit_of(v1::Installation::CLOUD_NATIVE)) != 0)
        return about(cases.cloud_native, node);
    Asked asked{node, runs_application(node) || !roles_seen(node), needs_active_record_keys(node)};
    const auto found = judge_files(asked, cases);
    const bool configuration_unseen = from_package_or_image(node) && found.configuration == nullptr;
    if (found.secrets == nullptr || configuration_unseen || broke_off(node, "secrets"))
        return about_unseen(cases.unseen, node, "secrets");
    if (asked.well) about(cases.ready, node, *found.secrets, found.secrets->secrets_file().path());
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    Cases cases;
    for (const auto& node : fleet.nodes) {
        if (!without_gitlab(node)) judge_node(node, cases);
    }
    auto verdicts = std::move(cases.keys_missing);
    for (auto* found :
         {&cases.missing, &cases.malformed, &cases.unseen, &cases.cloud_native, &cases.missing_elsewhere,
          &cases.configuration_missing, &cases.configuration_missing_elsewhere,
          &cases.configuration_malformed, &cases.configuration_malformed_elsewhere, &cases.key_malformed,
          &cases.readable, &cases.ready}) {
        keep(verdicts, std::move(*found));
    }
    if (!verdicts.empty()) return verdicts;
    if (fleet.nodes.empty()) return {verdict(v1::UNKNOWN, "unseen", "no node has reported")};
    return {verdict(v1::NOT_APPLICABLE, "no_gitlab", "no node that reported has GitLab")};
}

}  // namespace

constexpr Check secrets_present{
    .id = "secrets.present",
    .asks = "Are the secrets there, whole, and closed to others?",
    .judge = judge,
};

}  // namespace preflight::readiness
