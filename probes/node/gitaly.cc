#include "probes/node/gitaly.h"

#include <fmt/format.h>
#include <gitaly/health.grpc.pb.h>
#include <gitaly/server.grpc.pb.h>
#include <grpc/support/log.h>
#include <grpc/support/time.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <malloc.h>
#include <pthread.h>

#include <algorithm>

#include "probes/address.h"
#include "probes/gitaly_authorization.h"
#include "probes/shown.h"

namespace preflight::probes {
namespace {

using std::chrono::milliseconds;
using Clock = GitalyChannel::Clock;
using Refusal = std::optional<GitalyRefusal>;

constexpr int storages_limit = 256;
constexpr std::size_t message_limit_bytes = 4UL * 1024 * 1024;

// The more processors a machine has, the more threads gRPC starts (54 were counted at 128), and a probe's
// address space is bounded: with the C library's own stacks of 8 MiB and arenas of 64 MiB a large machine
// would leave no room. What gRPC writes about its insides has no reader here.
void prepare_process() {
#ifndef PREFLIGHT_SANITIZED
    // The thread sanitizer's own data of a thread would not fit.
    constexpr std::size_t stack_bytes = 512UL * 1024;
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    ::pthread_attr_setstacksize(&attributes, stack_bytes);
    ::pthread_setattr_default_np(&attributes);
    ::pthread_attr_destroy(&attributes);
#endif
    ::mallopt(M_ARENA_MAX, 2);
    gpr_set_log_function([](gpr_log_func_args* /*line*/) {});
}

// For the path of a target, which is that of a URI.
std::string escaped(std::string_view text) {
    std::string path;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           std::string_view("/._-~:").find(c) != std::string_view::npos;
        path += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return path;
}

// A target has one family: among addresses of both, those of the fourth are written as of the sixth.
std::string target_of(const Place& place, const std::vector<std::string>& addresses) {
    if (!place.socket.empty()) return "unix:" + escaped(place.socket);
    const auto is_six = [](const std::string& address) { return address.find(':') != std::string::npos; };
    const bool six = std::ranges::any_of(addresses, is_six);
    std::string target = six ? "ipv6:" : "ipv4:";
    for (const auto& address : addresses) {
        if (&address != &addresses.front()) target += ',';
        const auto written = six && !is_six(address) ? "::ffff:" + address : address;
        target += escaped(host_and_port(written, place.port));
    }
    return target;
}

std::shared_ptr<grpc::ChannelCredentials> credentials_of(const TlsSettings* tls) {
    if (tls == nullptr) return grpc::InsecureChannelCredentials();
    if (!tls->verify) {
        grpc::experimental::TlsChannelCredentialsOptions options;
        options.set_verify_server_certs(false);
        options.set_check_call_host(false);
        options.set_certificate_verifier(std::make_shared<grpc::experimental::NoOpCertificateVerifier>());
        return grpc::experimental::TlsCredentials(options);
    }
    grpc::SslCredentialsOptions options;
    for (const auto& pem : tls->authorities) options.pem_root_certs += pem + "\n";
    return grpc::SslCredentials(options);
}

std::shared_ptr<grpc::Channel> open(const Place& place, const std::vector<std::string>& addresses,
                                    const TlsSettings* tls) {
    prepare_process();
    const auto count = static_cast<int>(std::max<std::size_t>(1, addresses.size()));
    const auto authority = place.socket.empty() ? place.host : std::string("localhost");
    grpc::ChannelArguments arguments;
    arguments.SetUserAgentPrefix("gitlab-preflight");
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    // One address that drops what it is sent must leave time for the next; and there is no second round.
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS,
                     static_cast<int>(GitalyChannel::connect_limit.count()) / count);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 60'000);
    arguments.SetMaxReceiveMessageSize(static_cast<int>(message_limit_bytes));
    // The name is that of the configuration, whatever number is dialled.
    arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, authority);
    if (tls != nullptr) arguments.SetSslTargetNameOverride(authority);
    return grpc::CreateCustomChannel(target_of(place, addresses), credentials_of(tls), arguments);
}

// By the steady clock: the wall clock may jump.
gpr_timespec deadline_of(milliseconds limit, Clock::time_point until) {
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
    const auto wait = std::clamp(left, milliseconds(0), limit);
    return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(wait.count(), GPR_TIMESPAN));
}

// A Gitaly of 18 says which of the two it was (auth/token.go), older ones do not.
std::string detail_of_denial(const std::string& said) {
    const auto says = [&](std::string_view words) { return said.find(words) != std::string::npos; };
    if (says("wrong hmac signature")) return "the token is refused: it is not the server's";
    if (says("token has expired"))
        return "the token is refused: the server's clock is more than 30 seconds ahead of this node's";
    if (says("validity window is in future"))
        return "the token is refused: this node's clock is more than 30 seconds ahead of the server's";
    return "the token is refused: it is not the server's, or the clocks of both nodes differ by more than 30 "
           "seconds";
}

Refusal refusal_of(const grpc::Status& status, bool token_sent) {
    const auto at = [](v1::Reach::Layer layer, Problem::Cause cause, std::string detail) {
        return GitalyRefusal{layer, cause, std::move(detail)};
    };
    using Reach = v1::Reach;
    using Gap = v1::Gap;
    switch (status.error_code()) {
        case grpc::StatusCode::OK:
            return std::nullopt;
        case grpc::StatusCode::UNAUTHENTICATED:
            return at(Reach::AUTHENTICATION, Gap::REFUSED,
                      token_sent ? "the server does not understand the token that was sent"
                                 : "the server wants a token, and none is configured here");
        case grpc::StatusCode::PERMISSION_DENIED:
            return at(Reach::AUTHENTICATION, Gap::REFUSED, detail_of_denial(status.error_message()));
        case grpc::StatusCode::UNIMPLEMENTED:
            return at(Reach::PROTOCOL, Gap::REFUSED, "the server does not know this call");
        case grpc::StatusCode::DEADLINE_EXCEEDED:
            return at(Reach::PROTOCOL, Gap::TIMED_OUT, "no answer within the limit");
        case grpc::StatusCode::UNAVAILABLE:
            return at(Reach::PROTOCOL, Gap::FAILED, "the connection broke before an answer came");
        case grpc::StatusCode::RESOURCE_EXHAUSTED:
            return at(Reach::PROTOCOL, Gap::TOO_LARGE, "the answer is too large, or the server has no room");
        default:
            return at(
                Reach::PROTOCOL, Gap::FAILED,
                fmt::format("the server failed with gRPC status {}", static_cast<int>(status.error_code())));
    }
}

// nullptr past the limit.
v1::GitalyStatus::Storage* new_storage(v1::GitalyStatus& status, const std::string& name) {
    if (status.storages_size() == storages_limit) return nullptr;
    auto* storage = status.add_storages();
    storage->set_name(shown(name));
    return storage;
}

v1::GitalyStatus::Storage* storage_in(v1::GitalyStatus& status, const std::string& name) {
    const auto wanted = shown(name);
    for (auto& storage : *status.mutable_storages()) {
        if (storage.name() == wanted) return &storage;
    }
    return new_storage(status, name);
}

GitalyRefusal more_storages() {
    return {v1::Reach::PROTOCOL, v1::Gap::TOO_LARGE, "it has more storages than are told"};
}

std::uint64_t bytes_of(std::int64_t said) { return said < 0 ? 0 : static_cast<std::uint64_t>(said); }

}  // namespace

struct GitalyChannel::Stubs {
    explicit Stubs(std::shared_ptr<grpc::Channel> opened)
        : channel(std::move(opened)),
          health(grpc::health::v1::Health::NewStub(channel)),
          server(gitaly::ServerService::NewStub(channel)) {}

    // Calls `method` of `stub` once.
    template <typename Stub, typename Request, typename Response>
    Refusal call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                 Response& response, const Secret& token, Clock::time_point until) {
        grpc::ClientContext context;
        context.set_deadline(deadline_of(call_limit, until));
        if (token.present()) {
            const auto now = std::chrono::system_clock::now();
            const auto header = gitaly_authorization(token, std::chrono::system_clock::to_time_t(now));
            context.AddMetadata("authorization", std::string(header.reveal()));
        }
        return refusal_of((stub.*method)(&context, Request(), &response), token.present());
    }

    std::shared_ptr<grpc::Channel> channel;
    std::unique_ptr<grpc::health::v1::Health::Stub> health;
    std::unique_ptr<gitaly::ServerService::Stub> server;
};

GitalyChannel::GitalyChannel(const Node& node, const Place& place, const std::vector<std::string>& addresses,
                             const TlsSettings* tls, const Secret& token)
    : tally_(node.tally()), token_(token), stubs_(std::make_unique<Stubs>(open(place, addresses, tls))) {}

GitalyChannel::~GitalyChannel() = default;

std::optional<GitalyRefusal> GitalyChannel::connect(Clock::time_point until) {
    const auto deadline = deadline_of(connect_limit, until);
    auto& channel = *stubs_->channel;
    for (;;) {
        const auto state = channel.GetState(true);
        if (state == GRPC_CHANNEL_READY) {
            ++tally_->connections;
            return std::nullopt;
        }
        if (state == GRPC_CHANNEL_TRANSIENT_FAILURE || state == GRPC_CHANNEL_SHUTDOWN)
            return GitalyRefusal{v1::Reach::PROTOCOL, v1::Gap::FAILED, "what answers does not speak gRPC"};
        if (!channel.WaitForStateChange(state, deadline)) {
            return GitalyRefusal{v1::Reach::PROTOCOL, v1::Gap::TIMED_OUT,
                                 "accepts the connection, but does not begin to speak gRPC within the limit"};
        }
    }
}

std::optional<GitalyRefusal> GitalyChannel::take_health(v1::GitalyStatus& into, Clock::time_point until) {
    grpc::health::v1::HealthCheckResponse response;
    using Stub = grpc::health::v1::Health::Stub;
    if (auto refusal = stubs_->call(*stubs_->health, &Stub::Check, response, token_, until)) return refusal;
    using Response = grpc::health::v1::HealthCheckResponse;
    const auto& name = Response::ServingStatus_Name(response.status());
    into.set_health(name.empty() ? "UNKNOWN" : name);
    into.set_token_sent(token_.present());
    return std::nullopt;
}

std::optional<GitalyRefusal> GitalyChannel::take_disk_statistics(v1::GitalyStatus& into,
                                                                 Clock::time_point until) {
    gitaly::DiskStatisticsResponse response;
    using Stub = gitaly::ServerService::Stub;
    if (auto refusal = stubs_->call(*stubs_->server, &Stub::DiskStatistics, response, token_, until))
        return refusal;
    // Praefect hands on what each Gitaly behind it says, by their names: one may stand there several times.
    for (const auto& said : response.storage_statuses()) {
        auto* storage = new_storage(into, said.storage_name());
        if (storage == nullptr) return more_storages();
        storage->set_available_bytes(bytes_of(said.available()));
        storage->set_used_bytes(bytes_of(said.used()));
    }
    return std::nullopt;
}

std::optional<GitalyRefusal> GitalyChannel::take_server_info(v1::GitalyStatus& into,
                                                             Clock::time_point until) {
    gitaly::ServerInfoResponse response;
    using Stub = gitaly::ServerService::Stub;
    if (auto refusal = stubs_->call(*stubs_->server, &Stub::ServerInfo, response, token_, until))
        return refusal;
    into.set_server_version(shown(response.server_version()));
    into.set_git_version(shown(response.git_version()));
    for (const auto& said : response.storage_statuses()) {
        auto* storage = storage_in(into, said.storage_name());
        if (storage == nullptr) return more_storages();
        storage->set_readable(said.readable());
        storage->set_writeable(said.writeable());
        storage->set_filesystem_type(shown(said.fs_type()));
        storage->set_filesystem_id(shown(said.filesystem_id()));
        storage->set_replication_factor(said.replication_factor());
        // A Gitaly's own is always 1.
        if (said.replication_factor() > 1) into.set_praefect(true);
    }
    return std::nullopt;
}

}  // namespace preflight::probes
