// Service: the unprivileged half of the service: owns schedule, spool and uplink, and asks the inspector to
// look.
//
// One loop thread. Inspects on start, every `every` (a tenth of it jittered) and when the collector asks; a
// request during an inspection is answered by one more after it. The first waits a little for the collector's
// welcome, which brings the key of the fingerprints; the key is kept in memory alone.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <random>

#include "agent/channel.h"
#include "agent/settings.h"
#include "agent/spool.h"
#include "agent/uplink.h"
#include "model/log.h"
#include "model/secret.h"

namespace preflight::agent {

enum class ServiceMode {
    for_ever,  // until SIGTERM
    once,      // one inspection, delivered, then done
};

struct ServiceLimits {
    std::chrono::seconds once{120};             // for ServiceMode::once, delivery included
    std::chrono::seconds inspector_grace{30};   // past the inspection's own limit, before it counts as hung
    std::chrono::milliseconds welcome{10'000};  // for the first welcome; of `once` a quarter at the most
};

class Service {
  public:
    Service(boost::asio::io_context& loop, const Settings& settings, const v1::Node& node, Spool& spool,
            int inspector_descriptor, ServiceMode mode);

    // Runs the loop until the service ends. Exit status: 0; 70 the inspector died or hangs; 73 the spool
    // cannot keep what was found (once); 75 not delivered in time (once).
    int run(ServiceLimits limits);

  private:
    boost::asio::awaitable<void> take_replies();
    void take(const v1::InspectorReply& reply);
    void finished();
    void lose(const std::string& why);
    bool lost();
    void welcomed(const v1::Welcome& welcome);
    void begin();
    void request_inspection(bool prove_backups);
    void expect_end(std::chrono::milliseconds limit);
    void schedule();
    void stop(int status);

    boost::asio::io_context& loop_;
    const Settings& settings_;
    ServiceMode mode_;
    Log log_;
    Spool& spool_;
    Channel inspector_;
    Uplink uplink_;
    boost::asio::signal_set signals_;
    boost::asio::steady_timer first_;
    boost::asio::steady_timer timer_;
    boost::asio::steady_timer limit_;
    boost::asio::steady_timer watch_;
    ServiceLimits limits_;
    std::mt19937_64 random_{std::random_device()()};
    std::optional<std::string> inspecting_;
    std::size_t telling_ = 0;  // how many of the spool's drops the running inspection tells
    bool begun_ = false;
    bool again_ = false;
    bool again_proves_ = false;
    bool without_key_ = false;  // the last inspection: it made no fingerprints
    Secret fingerprint_key_;
    bool refused_ = false;  // the spool cannot take the running inspection
    bool stopping_ = false;
    int status_ = 0;
};

}  // namespace preflight::agent
