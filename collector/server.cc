#include "collector/server.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

namespace preflight::collector {
namespace {

constexpr int message_limit_bytes = 4 * 1024 * 1024;
constexpr std::chrono::seconds shutdown_limit{2};

void set_limits(grpc::ServerBuilder& builder) {
    builder.SetMaxReceiveMessageSize(message_limit_bytes);
    // A small compressed message must not become a large one here.
    builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
    builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
    // Two collectors on one port would share the agents between them without a word.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 1024);
    // Agents ping every 20 s; a shorter minimum keeps them from being sent away for it. A dead one is found
    // by ours.
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5'000);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
}

}  // namespace

Server::Server(boost::asio::io_context& loop, Store& store, Log log)
    : loop_(loop), intake_(loop, store, std::move(log)), operator_(loop, intake_) {}

Server::~Server() {
    if (shutdown_.joinable()) shutdown_.join();
}

Result<void> Server::start(const std::vector<std::string>& addresses) {
    grpc::ServerBuilder builder;
    set_limits(builder);
    ports_.assign(addresses.size(), 0);
    for (std::size_t index = 0; index < addresses.size(); ++index) {
        builder.AddListeningPort(addresses[index], grpc::InsecureServerCredentials(), &ports_[index]);
    }
    builder.RegisterService(&intake_.service());
    builder.RegisterService(&operator_.service());
    server_ = builder.BuildAndStart();
    for (std::size_t index = 0; index < addresses.size(); ++index) {
        if (ports_[index] == 0) {
            return Problem{v1::Gap::FAILED, addresses[index],
                           "cannot listen there: in use, or not of this host"};
        }
    }
    if (!server_) return Problem{v1::Gap::FAILED, {}, "the gRPC server does not start"};
    return {};
}

void Server::stop(std::function<void()> stopped) {
    operator_.stop();
    intake_.stop();
    // Shutdown waits for the calls, and these end on the loop: so it must wait elsewhere. The guard keeps the
    // loop running.
    shutdown_ =
        std::thread([this, stopped = std::move(stopped), guard = boost::asio::make_work_guard(loop_)] {
            server_->Shutdown(std::chrono::system_clock::now() + shutdown_limit);
            server_->Wait();
            boost::asio::post(loop_, stopped);
        });
}

}  // namespace preflight::collector
