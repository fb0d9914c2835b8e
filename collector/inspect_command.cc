#include <fmt/core.h>
#include <grpc/support/time.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>

#include "collector/command_line.h"
#include "collector/exit_status.h"
#include "collector/listen_address.h"
#include "collector/table.h"
#include "preflight/v1/collector.grpc.pb.h"

namespace preflight::collector {
namespace {

constexpr int inspection_seconds = 120;
constexpr int proof_seconds =
    7'500;  // an agent's own limit is two hours, if its settings do not say otherwise

struct InspectOptions {
    std::filesystem::path config;
    std::string collector;
    std::vector<std::string> nodes;
    bool prove_backups = false;
    int timeout_seconds = 0;  // 0: as long as what is asked for may take
};

std::string_view in_words(v1::InspectProgress::State state) {
    switch (state) {
        case v1::InspectProgress::ASKED:
            return "asked";
        case v1::InspectProgress::RECEIVING:
            return "receiving";
        case v1::InspectProgress::DONE:
            return "done";
        case v1::InspectProgress::LOST:
            return "lost: its connection ended before its inspection did";
        case v1::InspectProgress::NOT_CONNECTED:
            return "not connected";
        default:
            return "in a state that this release does not know";
    }
}

std::string collector_of(const InspectOptions& options) {
    if (options.collector.empty()) return settings_of(options.config).listen.front();
    auto address = loopback_address(options.collector);
    if (!address) throw UsageError{"--collector " + options.collector + " " + address.error().detail};
    return std::move(*address);
}

// How many nodes were heard of, and how many of these did not deliver.
struct Tally {
    int nodes = 0;
    int failed = 0;
};

Tally follow(grpc::ClientReader<v1::InspectProgress>& stream) {
    Tally tally;
    v1::InspectProgress progress;
    while (stream.Read(&progress)) {
        const auto& node = progress.node();
        print_line(
            fmt::format("{}: {} ({} waiting)", node.name(), in_words(progress.state()), progress.waiting()));
        std::fflush(stdout);
        const bool missing = progress.state() == v1::InspectProgress::NOT_CONNECTED;
        if (missing || progress.state() == v1::InspectProgress::ASKED) ++tally.nodes;
        if (missing || progress.state() == v1::InspectProgress::LOST) ++tally.failed;
    }
    return tally;
}

int status_of(const grpc::Status& ended, const Tally& tally, const std::string& collector) {
    if (ended.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
        complain("not all nodes have delivered in time; a longer --timeout waits longer");
        return not_all_delivered;
    }
    if (!ended.ok()) {
        complain(fmt::format("no answer from the collector at {}: {}", collector, ended.error_message()));
        return cannot_reach;
    }
    if (tally.nodes == 0) complain("no agent is connected to the collector");
    return tally.nodes == 0 || tally.failed != 0 ? not_all_delivered : all_well;
}

int run(const InspectOptions& options) {
    const auto collector = collector_of(options);
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    const auto channel = grpc::CreateCustomChannel(collector, grpc::InsecureChannelCredentials(), arguments);
    const auto stub = v1::Operator::NewStub(channel);
    grpc::ClientContext context;
    const auto usual = options.prove_backups ? proof_seconds : inspection_seconds;
    const std::chrono::seconds timeout(options.timeout_seconds > 0 ? options.timeout_seconds : usual);
    // From the steady clock, so that a jump of the wall clock before the call does not count.
    context.set_deadline(
        gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_seconds(timeout.count(), GPR_TIMESPAN)));
    v1::InspectRequest request;
    for (const auto& node : options.nodes) request.add_nodes(node);
    request.set_prove_backups(options.prove_backups);
    const auto stream = stub->Inspect(&context, request);
    const auto tally = follow(*stream);
    return status_of(stream->Finish(), tally, collector);
}

}  // namespace

void add_inspect_command(CLI::App& program, int& status) {
    auto* command =
        program.add_subcommand("inspect", "Ask the connected agents for an inspection and wait for it");
    auto options = std::make_shared<InspectOptions>();
    command->add_option("--config", options->config, "Settings file (for the collector's address)")
        ->type_name("FILE");
    command
        ->add_option("--collector", options->collector,
                     "The collector, instead of the settings' first address")
        ->type_name("ADDRESS:PORT");
    command->add_option("--node", options->nodes, "Only this node, by name or id; may be repeated")
        ->type_name("NAME")
        ->take_all();
    command
        ->add_flag("--prove-backups", options->prove_backups,
                   "Have the newest backups read to their end, which takes long")
        ->disable_flag_override();
    command
        ->add_option("--timeout", options->timeout_seconds,
                     fmt::format("Wait at most so long; {}, or {} with --prove-backups", inspection_seconds,
                                 proof_seconds))
        ->type_name("SECONDS")
        ->check(CLI::Range(1, 86'400).description(""));
    command->callback([options, &status] { status = run(*options); });
}

}  // namespace preflight::collector
