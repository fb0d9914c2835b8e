// GitalyChannel: the few calls that a probe makes to one Gitaly or Praefect, over gRPC.
//
// Where it stands and whether it can be reached at all is found before (dial.h): gRPC tells of a failed
// connection in prose alone, and shows no certificate that it refused. Each call has a deadline, nothing is
// tried twice, and of what a server says in its errors nothing is repeated. gRPC's threads end with the
// process. Used by one thread.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/result.h"
#include "model/secret.h"
#include "preflight/v1/server.pb.h"
#include "probes/node/dial.h"

namespace preflight::probes {

// Why a call came to nothing.
struct GitalyRefusal {
    v1::Reach::Layer layer = v1::Reach::PROTOCOL;
    Problem::Cause cause = v1::Gap::FAILED;
    std::string detail;
};

class GitalyChannel {
  public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::milliseconds connect_limit{3000};
    static constexpr std::chrono::milliseconds call_limit{5000};

    // `addresses`: those of the place's host, numeric; of no use with a socket. Without `tls` the connection
    // is plain. Without a token none is sent. `token` must outlive this.
    GitalyChannel(const Node& node, const Place& place, const std::vector<std::string>& addresses,
                  const TlsSettings* tls, const Secret& token);
    GitalyChannel(const GitalyChannel&) = delete;
    GitalyChannel& operator=(const GitalyChannel&) = delete;
    ~GitalyChannel();

    // Each fills in what it is named after and gives nothing, or a refusal: also where it filled in a part
    // and there is more. They end at their limit, or at `until` where that comes first.
    std::optional<GitalyRefusal> connect(Clock::time_point until);
    std::optional<GitalyRefusal> take_health(v1::GitalyStatus& into, Clock::time_point until);
    std::optional<GitalyRefusal> take_disk_statistics(v1::GitalyStatus& into, Clock::time_point until);
    // A Gitaly before 18 answers this by writing into each of its storages.
    std::optional<GitalyRefusal> take_server_info(v1::GitalyStatus& into, Clock::time_point until);

  private:
    struct Stubs;

    std::shared_ptr<Tally> tally_;
    const Secret& token_;
    std::unique_ptr<Stubs> stubs_;
};

}  // namespace preflight::probes
