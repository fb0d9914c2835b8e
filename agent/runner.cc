#include "agent/runner.h"

#include <sched.h>

#include <algorithm>
#include <boost/asio.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <functional>
#include <memory>
#include <numeric>

#include "agent/probe_run.h"
#include "agent/probe_starter.h"

namespace preflight::agent {
namespace {

namespace asio = boost::asio;
using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using Run = v1::ProbeRun;

// Probes compute for milliseconds: one that takes that long waits, for a server or for a file system.
constexpr milliseconds taken_for_waiting{500};

// The ones that may take longest begin: they wait for servers while the others compute.
std::vector<std::size_t> by_limit(std::span<const probes::Probe> probes) {
    std::vector<std::size_t> order(probes.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, std::greater(), [&](std::size_t index) { return probes[index].limit; });
    return order;
}

// What the workers of one inspection share; lives in run_probes' frame, which outlives them.
struct Work {
    asio::any_io_executor executor;
    RunnerOptions options;
    std::span<const probes::Probe> probes;
    probes::Asked asked;
    TakeFinding take;
    SteadyClock::time_point started;
    std::vector<Run> runs;
    std::vector<std::size_t> order = by_limit(probes);
    ProbeStarter starter{executor, options.program};
    std::size_t next = 0;
    std::size_t workers = 0;
    asio::experimental::channel<void(boost::system::error_code)> done{executor, probes.size()};
    std::exception_ptr failure;

    std::size_t most() const { return std::min(options.at_once, probes.size()); }
    std::size_t at_first() const { return std::min(std::max(options.processors, std::size_t{2}), most()); }
};

void add_worker(Work& work);

// Runs one probe after another until none is left. One that takes long waits and does not compute: another
// worker takes its place.
asio::awaitable<void> work_off(Work& work) {
    while (work.next < work.order.size()) {
        const auto index = work.order[work.next++];
        // The handler may be queued already when the probe ends: it looks whether the timer is still there.
        const auto waits = std::make_shared<asio::steady_timer>(work.executor, taken_for_waiting);
        waits->async_wait([&work, timer = std::weak_ptr(waits)](boost::system::error_code error) {
            if (!error && !timer.expired() && work.workers < work.most()) add_worker(work);
        });
        work.runs[index] = co_await run_probe(work.probes[index], work.options, work.asked, work.take,
                                              work.started, work.starter);
    }
}

void add_worker(Work& work) {
    ++work.workers;
    asio::co_spawn(work.executor, work_off(work), [&work](std::exception_ptr thrown) {
        if (thrown) work.failure = thrown;
        work.done.try_send(boost::system::error_code());
    });
}

}  // namespace

std::size_t usable_processors() {
    cpu_set_t ours;
    // It fails where there are more than the set has room for.
    return ::sched_getaffinity(0, sizeof ours, &ours) == 0 ? static_cast<std::size_t>(CPU_COUNT(&ours))
                                                           : CPU_SETSIZE;
}

asio::awaitable<std::vector<Run>> run_probes(RunnerOptions options, std::span<const probes::Probe> probes,
                                             TakeFinding take, probes::Asked asked) {
    const auto executor = co_await asio::this_coro::executor;
    Work work{executor,
              std::move(options),
              probes,
              std::move(asked),
              std::move(take),
              SteadyClock::now(),
              std::vector<Run>(probes.size())};
    while (work.workers < work.at_first()) add_worker(work);
    for (std::size_t ended = 0; ended < work.workers; ++ended)
        co_await work.done.async_receive(asio::use_awaitable);
    if (work.failure) std::rethrow_exception(work.failure);
    co_return std::move(work.runs);
}

}  // namespace preflight::agent
