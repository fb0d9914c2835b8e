#include "agent/inspector.h"

#include <sys/wait.h>

#include <boost/asio.hpp>
#include <map>
#include <string>

#include "agent/channel.h"
#include "agent/inspection.h"

namespace preflight::agent {
namespace {

namespace asio = boost::asio;

// A starter that dies between its fork and its answer leaves a child that nobody knows of. All others were
// waited for by now, but for those that were left behind because they hung: of one that ended the runner need
// not ask again, and its number may become another's.
void collect_ended(std::map<std::string, int>& abandoned) {
    for (pid_t ended = 0; (ended = ::waitpid(-1, nullptr, WNOHANG)) > 0;)
        std::erase_if(abandoned, [ended](const auto& entry) { return entry.second == ended; });
}

asio::awaitable<void> serve(Channel& channel, const v1::Node& node, const RunnerOptions& options,
                            std::span<const probes::Probe> probes) {
    while (const auto payload = co_await channel.receive()) {
        v1::InspectorRequest request;
        if (!request.ParseFromString(*payload)) break;
        Order order{.id = request.inspection_id(), .asked = {}, .first = {}};
        order.first.assign(request.dropped().begin(), request.dropped().end());
        order.asked.prove_backups = request.prove_backups();
        order.asked.fingerprint_key = Secret(std::move(*request.mutable_fingerprint_key()));
        TakeRecord take = [&channel, &request](const v1::Record& record) {
            v1::InspectorReply reply;
            reply.set_inspection_id(request.inspection_id());
            *reply.mutable_record() = record;
            channel.send(reply);
        };
        auto inspecting = inspect(std::move(order), node, options, probes, std::move(take));
        co_await std::move(inspecting);
        collect_ended(*options.abandoned);
    }
}

}  // namespace

int run_inspector(int descriptor, v1::Node node, const RunnerOptions& options,
                  std::span<const probes::Probe> probes) {
    asio::io_context loop(1);
    Channel channel(loop.get_executor(), descriptor);
    asio::co_spawn(loop, serve(channel, node, options, probes), [](std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
    });
    loop.run();
    return 0;
}

}  // namespace preflight::agent
