// Uplink: delivers the spool's records to a collector and hears its requests. Owns the network, nothing of
// the node.
//
// One loop thread. Connects, says hello, resumes each pending inspection after what the collector has, then
// sends one batch at a time and waits for its ack. When the stream ends it comes back with jittered
// exponential back-off, from 1 s to 5 min. Every wait has a limit: the welcome and each ack 30 s, the stream
// itself an hour.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "agent/intake_stream.h"
#include "agent/spool.h"
#include "model/log.h"

namespace preflight::agent {

struct UplinkEvents {
    std::function<void(const v1::Welcome&)> welcomed;        // before anything is sent
    std::function<void(const v1::InspectNow&)> inspect_now;  // the collector asks for an inspection
    std::function<void()> delivered;                         // nothing is left in the spool
};

// Waits between two tries: doubled each time, a random half of it taken away, so that a returning collector
// is not met by all agents at once.
class Backoff {
  public:
    explicit Backoff(std::uint64_t seed) : random_(seed) {}
    std::chrono::milliseconds next();
    void reset() { tries_ = 0; }

  private:
    std::mt19937_64 random_;
    unsigned tries_ = 0;
};

class Uplink {
  public:
    Uplink(boost::asio::any_io_executor executor, std::string collector, v1::Node node, Spool& spool, Log log,
           UplinkEvents events);

    void start();
    // Something new is in the spool (appended; the uplink syncs it before it sends).
    void wake();
    // Ends the stream; no event comes any more.
    void stop();
    bool connected() const { return welcomed_; }

  private:
    void connect();
    void reconnect();
    void forget_failures();
    void received(const v1::ToAgent& message);
    void welcome(const v1::Welcome& welcome);
    void acknowledged(const v1::Ack& ack);
    void send_next();
    void ended(const StreamEnd& end);
    void expect_answer(const char* what);

    boost::asio::any_io_executor executor_;
    std::string collector_;
    v1::Node node_;
    Spool& spool_;
    Log log_;
    UplinkEvents events_;
    Backoff backoff_;
    boost::asio::steady_timer retry_;
    boost::asio::steady_timer answer_;
    std::unique_ptr<IntakeStream> stream_;
    bool stopped_ = false;
    bool welcomed_ = false;
    bool sending_ = false;            // a write is under way
    std::optional<v1::Ack> awaited_;  // last record of the batch under way
    std::string last_failure_;        // logged once, not at every try
};

}  // namespace preflight::agent
