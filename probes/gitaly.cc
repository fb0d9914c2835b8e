#include "probes/gitaly.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "probes/endpoints_view.h"
#include "probes/gitaly_server_info.h"
#include "probes/gitaly_targets.h"
#include "probes/node/gitaly.h"
#include "probes/node/names.h"
#include "probes/node/tls_files.h"
#include "probes/paths.h"
#include "probes/patience.h"
#include "probes/reach_report.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;
using Clock = GitalyChannel::Clock;

constexpr std::string_view affects = "how Gitaly and Praefect answer this node";
constexpr std::size_t targets_limit = 128;

// One server, asked with one token.
//
// There is no second call with a wrong token or none, to see whether it is refused: the server would count
// and log it as a failed authentication, just as it does with an attack. Whether it takes everybody is in its
// configuration.
class Asking {
  public:
    Asking(const Node& node, const GitalyTarget& target, const TlsSettings& tls, const ServerInfoRule& rule,
           Clock::time_point until, Findings& out)
        : node_(node),
          target_(target),
          tls_(target.tls ? &tls : nullptr),
          rule_(rule),
          until_(until),
          out_(out) {
        reach_.set_kind(target.praefect ? "praefect" : "gitaly");
        status_.set_praefect(target.praefect);
        for (const auto& use : target.uses) {
            reach_.add_uses(use);
            status_.add_uses(use);
        }
    }

    void ask() {
        if (!is_there()) return;
        const auto addresses = numbers();
        if (!addresses) {
            fail_by(reach_, v1::Reach::NAME, addresses.error(), until_);
            return report_reach(reach_, affects, out_);
        }
        GitalyChannel channel(node_, target_.place, *addresses, tls_, target_.token);
        const bool answers = greet(channel);
        report_reach(reach_, affects, out_);
        out_.flush();
        if (answers) describe(channel);
    }

  private:
    // The connection, and the certificate: closed again, for gRPC opens its own.
    bool is_there() {
        const DialLimits limits{
            .connect = GitalyChannel::connect_limit, .tls = GitalyChannel::connect_limit, .until = until_};
        if (dial(node_, target_.place, tls_, limits, reach_)) return true;
        report_reach(reach_, affects, out_);
        return false;
    }

    // As the name was just resolved, its addresses come at once.
    Result<std::vector<std::string>> numbers() const {
        if (!target_.place.socket.empty()) return std::vector<std::string>();
        return addresses_of(target_.place.host);
    }

    bool greet(GitalyChannel& channel) {
        auto refusal = channel.connect(until_);
        const auto begin = Clock::now();
        if (!refusal) refusal = channel.take_health(status_, until_);
        const auto took = Clock::now() - begin;
        if (refusal) {
            fail_by(reach_, refusal->layer, {refusal->cause, reach_.address(), refusal->detail}, until_);
            return false;
        }
        reach_.set_reached(true);
        set_round_trip(reach_, took);
        return true;
    }

    void describe(GitalyChannel& channel) {
        status_.set_address(reach_.address());
        status_.set_note(rule_.why);
        const auto disk = channel.take_disk_statistics(status_, until_);
        const auto info = rule_.may_ask ? channel.take_server_info(status_, until_) : std::nullopt;
        *out_.add(status_.address()).mutable_gitaly_status() = status_;
        if (disk) {
            out_.gap({disk->cause, status_.address(), "DiskStatistics: " + disk->detail},
                     "space of its storages");
        }
        if (info) {
            out_.gap({info->cause, status_.address(), "ServerInfo: " + info->detail},
                     "its version, and whether its storages can be read and written");
        }
    }

    const Node& node_;
    const GitalyTarget& target_;
    const TlsSettings* tls_;
    const ServerInfoRule& rule_;
    Clock::time_point until_;
    Findings& out_;
    v1::Reach reach_;
    v1::GitalyStatus status_;
};

// With which TLS a target is called. The certificate of a listener of our own is for the name by which others
// call it, which is not known here: it is shown, and judged by those who call.
class TlsOfTargets {
  public:
    explicit TlsOfTargets(const Node& node) : node_(node) {}

    const Result<TlsSettings>& of(const GitalyTarget& target) {
        if (!target.tls || target.own) return unverified_;
        auto& settings = target.by_praefect ? of_praefect_ : of_rails_;
        if (!settings) settings = read(target.by_praefect);
        return *settings;
    }

  private:
    // What is written in Go trusts the operating system's authorities beside those of the package.
    Result<TlsSettings> read(bool by_praefect) const {
        auto settings = read_tls(node_, {});
        if (!settings || !by_praefect) return settings;
        auto system = node_.read_file(paths::system_authorities);
        if (!system && system.error().cause != v1::Gap::ABSENT) return system.error();
        if (system && !system->empty()) settings->authorities.push_back(std::move(*system));
        return settings;
    }

    const Node& node_;
    Result<TlsSettings> unverified_ = TlsSettings{.verify = false};
    std::optional<Result<TlsSettings>> of_rails_;
    std::optional<Result<TlsSettings>> of_praefect_;
};

void ask_all(const Node& node, const std::vector<GitalyTarget>& targets, Clock::time_point until,
             Findings& out) {
    const Patience patience(until);
    const auto rule = server_info_rule(node);
    TlsOfTargets tls(node);
    const auto count = std::min(targets.size(), targets_limit);
    for (std::size_t at = 0; at < count; ++at) {
        const auto& target = targets[at];
        const auto& settings = tls.of(target);
        if (!settings) {
            out.gap(settings.error(), "how " + target.place.text() + " answers this node");
        } else if (patience.left()) {
            Asking(node, target, *settings, rule, patience.next(count - at), out).ask();
        } else {
            out.gap({v1::Gap::TIMED_OUT, target.place.text(), "others took so long that it was not asked"},
                    affects);
        }
        out.flush();
    }
    if (targets.size() > count)
        out.gap({v1::Gap::DROPPED, targets[count].source, "more servers than are asked"}, affects);
}

void look(const Node& node, const Asked& asked, Findings& out) {
    const EndpointsView view(node, out);
    const auto used = gitaly_targets(view);
    if (!node.live() && !used.items.empty()) {
        return out.gap({v1::Gap::NOT_LIVE, used.items.front().source, "a tree's servers cannot be asked"},
                       affects);
    }
    view.report(used.problems, affects);
    out.flush();
    ask_all(node, used.items, asked.end_of_waiting(gitaly.limit), out);
}

}  // namespace

const Probe gitaly{
    .name = "gitaly",
    .looks_at =
        "whether the Gitaly and Praefect servers in use answer, their versions, storages and certificates",
    .needs = AsOwnerOf{"/var/opt/gitlab/gitaly"},
    .limit = 20s,
    .look = look,
};

}  // namespace preflight::probes
