#include "probes/gitaly_targets.h"

#include <algorithm>
#include <utility>

#include "probes/address.h"
#include "probes/endpoints_servers.h"
#include "probes/gitaly_config.h"
#include "probes/gitlab_presence.h"
#include "probes/gitlab_yml.h"
#include "probes/praefect_config.h"

namespace preflight::probes {
namespace {

constexpr std::string_view affects = "how Gitaly and Praefect answer this node";

class Targets {
  public:
    explicit Targets(const EndpointsView& view) : view_(view) {}

    Parsed<GitalyTarget> found() && {
        rails();
        gitaly();
        praefect();
        return std::move(found_);
    }

  private:
    void rails() {
        const auto yml = read_gitlab_yml(view_.node());
        if (!yml) {
            const bool expected = yml.error().cause != v1::Gap::ABSENT || has_rails(view_.node());
            if (expected) found_.problems.push_back(yml.error());
            return;
        }
        const auto storages = gitaly_endpoints(yml->production, yml->path);
        take_problems(storages.problems);
        for (const auto& storage : storages.items) {
            GitalyTarget target{.source = yml->path, .uses = {"rails " + storage.storage()}};
            target.token = gitaly_token(yml->production, storage.storage());
            // Rails runs what stands there as Ruby first.
            const bool code = target.token.reveal().find("<%") != std::string_view::npos;
            if (code)
                found_.unclear(yml->path, "the token of the storage " + storage.storage() + " is computed");
            // An address that cannot be read at all is among the problems already.
            if (!code && !storage.address().empty()) take(storage.address(), std::move(target));
        }
    }

    void gitaly() {
        const std::string path(gitaly_config_path(view_));
        const auto text = view_.config_of("gitaly", path, affects);
        if (!text) return;
        auto parsed = parse_gitaly_config(*text, path);
        take_problems(parsed.problems);
        for (auto& config : parsed.items) {
            if (is_elsewhere(config.token, config.by_command, path)) continue;
            for (const auto& listener : config.listeners) take_own(listener, path, config.token);
        }
    }

    void praefect() {
        const std::string path(praefect_config_path(view_));
        const auto text = view_.config_of("praefect", path, affects);
        if (!text) return;
        auto parsed = parse_praefect_config(*text, path);
        take_problems(parsed.problems);
        for (auto& config : parsed.items) {
            if (!is_elsewhere(config.token, config.by_command, path)) {
                for (const auto& listener : config.listeners) take_own(listener, path, config.token);
            }
            take_nodes(config, path);
        }
    }

    void take_nodes(PraefectConfig& config, const std::string& path) {
        auto token = config.node_tokens.begin();
        for (const auto& storage : config.virtual_storages) {
            for (const auto& node : storage.nodes()) {
                GitalyTarget target{.source = path, .by_praefect = true};
                target.uses.push_back("praefect " + node.storage());
                target.token = std::move(*token++);
                if (node.address().empty() || is_elsewhere(target.token, config.by_command, path)) continue;
                take(node.address(), std::move(target));
            }
        }
    }

    // Whether the token is one that only a program prints, which is not run.
    bool is_elsewhere(const Secret& token, bool by_command, const std::string& path) {
        if (token.present() || !by_command) return false;
        const Problem problem{v1::Gap::REFUSED, path,
                              "its tokens come from config_command, which is not run"};
        if (std::ranges::find(found_.problems, problem) == found_.problems.end())
            found_.problems.push_back(problem);
        return true;
    }

    void take_own(const v1::Listener& listener, const std::string& path, const Secret& token) {
        GitalyTarget target{.source = path, .tls = listener.tls(), .own = true};
        target.praefect = listener.service() == "praefect";
        target.uses.emplace_back("own listener");
        target.token = Secret(std::string(token.reveal()));
        auto host = listener.address();
        if (host == "0.0.0.0") host = "127.0.0.1";
        if (host == "::") host = "::1";
        target.place = {host, listener.port(), listener.socket()};
        add(std::move(target));
    }

    void take(const std::string& address, GitalyTarget target) {
        const auto parsed = parse_address(address);
        const auto& scheme = parsed ? parsed->scheme : "";
        const bool known = scheme == "unix" || scheme == "tcp" || scheme == "tls" || scheme == "dns";
        const bool whole = known && (!parsed->socket.empty() || (is_host(parsed->host) && parsed->port != 0));
        if (!whole) {
            return found_.unclear(target.source, "the address of \"" + target.uses.front() +
                                                     "\" is none that Gitaly's clients understand");
        }
        target.tls = scheme == "tls";
        target.place = {parsed->host, parsed->port, parsed->socket};
        add(std::move(target));
    }

    void add(GitalyTarget target) {
        const auto same = std::ranges::find_if(found_.items, [&](const GitalyTarget& known) {
            return known.place.text() == target.place.text() && known.tls == target.tls &&
                   (!target.tls || (known.own == target.own && known.by_praefect == target.by_praefect)) &&
                   known.token.reveal() == target.token.reveal();
        });
        if (same == found_.items.end()) return found_.items.push_back(std::move(target));
        same->praefect = same->praefect || target.praefect;
        same->own = same->own || target.own;
        same->uses.push_back(target.uses.front());
    }

    void take_problems(const std::vector<Problem>& problems) {
        found_.problems.insert(found_.problems.end(), problems.begin(), problems.end());
    }

    const EndpointsView& view_;
    Parsed<GitalyTarget> found_;
};

}  // namespace

Parsed<GitalyTarget> gitaly_targets(const EndpointsView& view) { return Targets(view).found(); }

}  // namespace preflight::probes
