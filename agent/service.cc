#include "agent/service.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio.hpp>
#include <csignal>

#include "agent/inspection.h"
#include "model/fingerprint_key.h"
#include "model/service_notice.h"

namespace preflight::agent {

namespace asio = boost::asio;

Service::Service(asio::io_context& loop, const Settings& settings, const v1::Node& node, Spool& spool,
                 int inspector_descriptor, ServiceMode mode)
    : loop_(loop),
      settings_(settings),
      mode_(mode),
      log_(Log().with("node", node.name())),
      spool_(spool),
      inspector_(loop.get_executor(), inspector_descriptor),
      uplink_(loop.get_executor(), settings.collector.text(), node, spool, log_,
              UplinkEvents{
                  .welcomed = [this](const v1::Welcome& welcome) { welcomed(welcome); },
                  .inspect_now =
                      [this](const v1::InspectNow& request) { request_inspection(request.prove_backups()); },
                  .delivered =
                      [this] {
                          if (mode_ == ServiceMode::once && !inspecting_) stop(lost() ? 75 : 0);
                      }}),
      signals_(loop, SIGTERM, SIGINT),
      first_(loop),
      timer_(loop),
      limit_(loop),
      watch_(loop) {}

int Service::run(ServiceLimits limits) {
    limits_ = limits;
    signals_.async_wait([this](boost::system::error_code error, int) {
        if (!error) stop(0);
    });
    asio::co_spawn(loop_, take_replies(), [](std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
    });
    uplink_.start();
    const std::chrono::milliseconds once = limits.once;
    first_.expires_after(mode_ == ServiceMode::once ? std::min(limits.welcome, once / 4) : limits.welcome);
    first_.async_wait([this](boost::system::error_code error) {
        if (!error) begin();
    });
    if (mode_ == ServiceMode::once) {
        limit_.expires_after(limits.once);
        limit_.async_wait([this](boost::system::error_code error) {
            if (error) return;
            log_.error("not delivered in time; what was found stays in the spool");
            stop(75);
        });
    } else {
        schedule();
    }
    notify_service_manager("READY=1");
    loop_.run();
    return status_;
}

void Service::begin() {
    if (std::exchange(begun_, true)) return;
    first_.cancel();
    request_inspection(false);
}

void Service::welcomed(const v1::Welcome& welcome) {
    const auto& key = welcome.fingerprint_key();
    if (!key.empty() && key.size() != fingerprint_key_bytes) log_.warning("the collector's key is none");
    if (key.size() == fingerprint_key_bytes) fingerprint_key_ = Secret(key);
    const bool key_is_new = without_key_ && fingerprint_key_.present();
    if (!begun_) return begin();
    // What was inspected without the key cannot be compared with other nodes.
    if (mode_ == ServiceMode::for_ever && key_is_new) request_inspection(false);
}

asio::awaitable<void> Service::take_replies() {
    while (const auto payload = co_await inspector_.receive()) {
        v1::InspectorReply reply;
        if (!reply.ParseFromString(*payload)) break;
        take(reply);
    }
    if (stopping_) co_return;
    log_.error("the inspector ended; the service ends with it");
    stop(70);
}

void Service::take(const v1::InspectorReply& reply) {
    if (inspecting_ != reply.inspection_id()) return;
    if (!refused_) {
        const auto kept = spool_.append(reply.inspection_id(), reply.record());
        if (!kept) lose("the spool cannot keep it: " + kept.error().detail);
    }
    if (reply.record().has_finished()) finished();
    uplink_.wake();
}

void Service::finished() {
    watch_.cancel();
    // Durable before anyone is told that it is done.
    if (!refused_) {
        if (const auto synced = spool_.sync(*inspecting_); !synced)
            lose("the spool cannot keep it: " + synced.error().detail);
    }
    if (!refused_) {
        spool_.drops().told(telling_);
        log_.with("inspection", *inspecting_).info("inspected");
    }
    inspecting_.reset();
    if (refused_ && mode_ == ServiceMode::once) return stop(73);
    if (std::exchange(again_, false)) request_inspection(std::exchange(again_proves_, false));
}

void Service::lose(const std::string& why) {
    refused_ = true;
    log_.with("inspection", *inspecting_).error(why);
    spool_.drop(*inspecting_, why);
}

void Service::request_inspection(bool prove_backups) {
    if (inspecting_) {
        again_ = true;
        again_proves_ = again_proves_ || prove_backups;
        return;
    }
    begun_ = true;
    inspecting_ = new_inspection_id();
    refused_ = false;
    v1::InspectorRequest request;
    request.set_inspection_id(*inspecting_);
    const auto& drops = spool_.drops().all();
    request.mutable_dropped()->Add(drops.begin(), drops.end());
    telling_ = drops.size();
    request.set_prove_backups(prove_backups);
    request.set_fingerprint_key(std::string(fingerprint_key_.reveal()));
    without_key_ = !fingerprint_key_.present();
    inspector_.send(request);
    expect_end(prove_backups ? std::max(settings_.inspection_limit, settings_.proof_limit)
                             : settings_.inspection_limit);
}

// The inspector ends every inspection in time; one that does not is stopped or hangs, and goes with us.
void Service::expect_end(std::chrono::milliseconds limit) {
    watch_.expires_after(limit + limits_.inspector_grace);
    watch_.async_wait([this](boost::system::error_code error) {
        if (error) return;
        log_.with("inspection", inspecting_.value_or(""))
            .error("the inspector does not answer; the service ends with it");
        stop(70);
    });
}

// Whether this run could not deliver something that it had.
bool Service::lost() { return !spool_.drops().all().empty(); }

void Service::schedule() {
    std::uniform_int_distribution<std::chrono::milliseconds::rep> jitter(0, settings_.every.count() / 10);
    timer_.expires_after(settings_.every - std::chrono::milliseconds(jitter(random_)));
    timer_.async_wait([this](boost::system::error_code error) {
        if (error) return;
        request_inspection(false);
        schedule();
    });
}

void Service::stop(int status) {
    if (std::exchange(stopping_, true)) return;
    notify_service_manager("STOPPING=1");
    status_ = status;
    signals_.cancel();
    first_.cancel();
    timer_.cancel();
    limit_.cancel();
    watch_.cancel();
    inspector_.close();
    // The loop ends by itself when gRPC has let go of the stream.
    asio::post(loop_, [this] { uplink_.stop(); });
}

}  // namespace preflight::agent
