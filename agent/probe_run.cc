#include "agent/probe_run.h"

#include <sys/wait.h>

#include <algorithm>
#include <boost/asio.hpp>
#include <csignal>
#include <memory>
#include <optional>
#include <string>

#include "agent/probe_child.h"
#include "agent/probe_process.h"
#include "agent/receipt.h"
#include "model/clock.h"
#include "model/frame.h"

namespace preflight::agent {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;
using Run = v1::ProbeRun;

// After the kill: time for the end of the output and of the process to arrive.
constexpr milliseconds grace{500};

v1::Finding gap_of(const probes::Probe& probe, v1::Gap::Cause cause, std::string detail) {
    v1::Finding finding;
    finding.set_probe(std::string(probe.name));
    finding.set_source("probe " + std::string(probe.name));
    *finding.mutable_taken_at() = now();
    finding.mutable_gap()->set_cause(cause);
    finding.mutable_gap()->set_detail(std::move(detail));
    finding.mutable_gap()->set_affects(std::string(probe.looks_at));
    return finding;
}

// One probe's run: from its start to its outcome.
class OneRun {
  public:
    OneRun(const probes::Probe& probe, const RunnerOptions& options, const probes::Asked& asked,
           const TakeFinding& take)
        : probe_(probe), options_(options), asked_(asked), take_(take) {
        run_.set_probe(std::string(probe.name));
    }

    asio::awaitable<Run> run(SteadyClock::time_point inspection_started, ProbeStarter& starter) {
        const auto started = SteadyClock::now();
        const auto deadline = probe_.proves && asked_.prove_backups
                                  ? inspection_started + options_.proof_limit
                                  : std::min(started + probe_.limit, inspection_started + options_.limit);
        if (still_hangs()) {
            co_return not_started(v1::Gap::TIMED_OUT,
                                  "its process of an earlier inspection still hangs in the kernel");
        }
        if (deadline <= started)
            co_return not_started(v1::Gap::TIMED_OUT, "the inspection's limit was reached first");
        const auto executor = co_await asio::this_coro::executor;
        const auto left = std::chrono::duration_cast<milliseconds>(deadline - started);
        auto child = ProbeChild::start(executor, starter, probe_.name, frame(request(left)), left);
        if (!child) {
            co_return not_started(child.error().cause,
                                  "its process could not be started: " + child.error().detail);
        }
        co_await read_all(*child, deadline);
        auto end = co_await child->collect(grace);
        if (!end && !timed_out_) {  // it has closed its output and goes on
            child->kill();
            end = co_await child->collect(grace);
        }
        if (!end) options_.abandoned->insert_or_assign(std::string(probe_.name), child->abandon());
        conclude(end);
        const auto took = std::chrono::duration_cast<milliseconds>(SteadyClock::now() - started);
        run_.set_milliseconds(static_cast<std::uint32_t>(took.count()));
        const bool told = run_.has_receipt();
        settle(*run_.mutable_receipt(), told, end, took);
        co_return run_;
    }

  private:
    v1::ProbeRequest request(milliseconds limit) const {
        v1::ProbeRequest request;
        request.set_root(options_.root.string());
        request.set_limit_milliseconds(static_cast<std::uint32_t>(limit.count()));
        request.set_prove_backups(asked_.prove_backups);
        if (probe_.fingerprints) request.set_fingerprint_key(std::string(asked_.fingerprint_key.reveal()));
        return request;
    }

    bool still_hangs() {
        const auto earlier = options_.abandoned->find(std::string(probe_.name));
        if (earlier == options_.abandoned->end()) return false;
        if (::waitpid(earlier->second, nullptr, WNOHANG) == 0) return true;
        options_.abandoned->erase(earlier);
        return false;
    }

    Run not_started(v1::Gap::Cause cause, std::string detail) {
        conclude(Run::NOT_STARTED, cause, std::move(detail));
        return run_;
    }

    // Takes the findings until the child ends its output; at the deadline it is killed, and soon after that
    // left.
    asio::awaitable<void> read_all(ProbeChild& child, SteadyClock::time_point deadline) {
        // Handlers may be queued already when this frame ends: they look whether it is still there.
        const auto here = std::make_shared<asio::steady_timer>(co_await asio::this_coro::executor, deadline);
        here->async_wait([this, &child, frame = std::weak_ptr(here)](boost::system::error_code error) {
            const auto timer = frame.lock();
            if (error || !timer) return;
            timed_out_ = true;
            child.kill();
            timer->expires_after(grace);
            timer->async_wait([&child, frame](boost::system::error_code late) {
                if (!late && frame.lock()) child.stop_reading();
            });
        });
        FrameReader frames;
        for (;;) {
            const auto bytes = co_await child.read();
            if (bytes.empty()) break;
            received_bytes_ += bytes.size();
            frames.feed(bytes);
            if (!take_frames(frames)) {
                child.kill();
                break;
            }
        }
        torn_ = frames.torn();
    }

    // False when no more is wanted of this child.
    bool take_frames(FrameReader& frames) {
        for (;;) {
            const auto payload = frames.next();
            if (!payload) return refuse("it wrote nonsense");
            if (!payload->has_value()) break;
            v1::Finding finding;
            if (!finding.ParseFromString(**payload) || finding.probe() != probe_.name)
                return refuse("it wrote nonsense");
            if (finding.has_receipt()) {
                *run_.mutable_receipt() = finding.receipt();
                continue;
            }
            if (run_.findings() == options_.findings_limit) return flooded();
            if ((*payload)->size() > options_.finding_limit_bytes) {
                take_(gap_of(probe_, v1::Gap::TOO_LARGE,
                             "one of its findings was larger than the limit and is dropped"));
                continue;
            }
            run_.set_findings(run_.findings() + 1);
            last_source_ = finding.source();
            take_(finding);
        }
        return received_bytes_ <= options_.output_limit_bytes || flooded();
    }

    bool refuse(std::string why) {
        refused_ = std::move(why);
        return false;
    }

    bool flooded() {
        flooded_ = true;
        return false;
    }

    void conclude(const std::optional<ProbeChild::End>& end) {
        if (end) run_.set_peak_memory_bytes(end->peak_memory_bytes);
        const int status = end ? end->wait_status : 0;
        const bool by_cpu_limit = end && WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU;
        if (timed_out_ || by_cpu_limit || !end) {
            const auto* detail =
                end ? "not finished within its limit" : "it hangs in the kernel and was left behind";
            return conclude(Run::TIMED_OUT, v1::Gap::TIMED_OUT, detail);
        }
        if (flooded_) {
            return conclude(Run::KILLED, v1::Gap::TOO_LARGE,
                            "it found more than the limit; the rest is dropped");
        }
        if (!refused_.empty()) return conclude(Run::CRASHED, v1::Gap::CRASHED, refused_);
        if (WIFSIGNALED(status)) return conclude_signal(WTERMSIG(status));
        if (WEXITSTATUS(status) == rights_not_dropped) {
            return conclude(Run::NOT_STARTED, v1::Gap::DENIED,
                            "its rights could not be dropped, or the root not be opened");
        }
        if (WEXITSTATUS(status) == 127) {
            return conclude(Run::NOT_STARTED, v1::Gap::FAILED, "its program could not be started");
        }
        if (WEXITSTATUS(status) != 0 || torn_) {
            const auto how = "it ended early, with exit status " + std::to_string(WEXITSTATUS(status));
            return conclude(Run::CRASHED, v1::Gap::CRASHED, how);
        }
        run_.set_outcome(Run::FINISHED);
    }

    void conclude_signal(int signal) {
        const auto by = "ended by signal " + std::to_string(signal);
        if (signal == SIGKILL || signal == SIGTERM || signal == SIGINT || signal == SIGHUP) {
            return conclude(Run::KILLED, v1::Gap::KILLED, by + " from outside");
        }
        conclude(Run::CRASHED, v1::Gap::CRASHED, by);
    }

    // The detail is followed by how far it came.
    void conclude(Run::Outcome outcome, v1::Gap::Cause cause, std::string detail) {
        run_.set_outcome(outcome);
        if (outcome != Run::NOT_STARTED) {
            detail += run_.findings() == 0 ? "; it had found nothing yet"
                                           : "; it had found " + std::to_string(run_.findings()) +
                                                 ", the last at " + last_source_;
        }
        take_(gap_of(probe_, cause, std::move(detail)));
    }

    const probes::Probe& probe_;
    const RunnerOptions& options_;
    const probes::Asked& asked_;
    const TakeFinding& take_;
    Run run_;
    std::size_t received_bytes_ = 0;
    std::string last_source_;
    bool timed_out_ = false;
    bool flooded_ = false;
    bool torn_ = false;
    std::string refused_;
};

}  // namespace

asio::awaitable<Run> run_probe(const probes::Probe& probe, const RunnerOptions& options,
                               const probes::Asked& asked, const TakeFinding& take,
                               SteadyClock::time_point inspection_started, ProbeStarter& starter) {
    OneRun one(probe, options, asked, take);
    co_return co_await one.run(inspection_started, starter);
}

}  // namespace preflight::agent
