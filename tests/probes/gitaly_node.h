// GitalyNode: a node of a test whose services call Gitaly and Praefect, and what the probe finds on it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "probes/gitaly.h"
#include "tests/probes/node_tree.h"

namespace preflight::probes {

class GitalyNode : public NodeTree {
  public:
    // The package's version; with nothing else of it there.
    GitalyNode& release(std::string_view version) {
        file("/opt/gitlab/version-manifest.txt", "gitlab-ee " + std::string(version) + "\n");
        return *this;
    }
    // gitlab.yml with one storage, "default".
    GitalyNode& rails(const std::string& address, const std::string& token = "") {
        const auto settings = "gitaly_address: '" + address + "'" +
                              (token.empty() ? std::string() : ", gitaly_token: '" + token + "'");
        file("/var/opt/gitlab/gitlab-rails/etc/gitlab.yml",
             "production: {repositories: {storages: {default: {" + settings + "}}}}\n");
        return *this;
    }

    std::vector<v1::Finding> found() const { return look(gitaly, Machine::live); }
    // Of the only server that this node has.
    v1::Reach reach() const {
        v1::Reach only;
        for (const auto& finding : found()) {
            if (finding.has_reach()) only = finding.reach();
        }
        return only;
    }
    v1::GitalyStatus status() const {
        v1::GitalyStatus only;
        for (const auto& finding : found()) {
            if (finding.has_gitaly_status()) only = finding.gitaly_status();
        }
        return only;
    }
};

}  // namespace preflight::probes
