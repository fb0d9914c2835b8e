#include "tests/probes/gitaly_server.h"

#include <gitaly/health.grpc.pb.h>
#include <gitaly/server.grpc.pb.h>
#include <grpcpp/grpcpp.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <stdexcept>

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;

std::string hex_digest(const std::string& key, const std::string& text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &length);
    std::string hex;
    for (unsigned int at = 0; at < length; ++at) {
        std::array<char, 3> pair{};
        std::snprintf(pair.data(), pair.size(), "%02x", digest[at]);
        hex += pair.data();
    }
    return hex;
}

}  // namespace

// What all calls share: who is let in, and what is told of them afterwards.
struct GitalyServer::Services {
    explicit Services(GitalyBehaviour told) : behaviour(std::move(told)), health(*this), server(*this) {}

    grpc::Status denied(const std::string& reason) const {
        return {grpc::StatusCode::PERMISSION_DENIED,
                "permission denied" + (behaviour.gives_reasons ? ": " + reason : std::string())};
    }

    grpc::Status admit(const grpc::ServerContext& context) const {
        if (behaviour.token.empty()) return grpc::Status::OK;
        const auto& metadata = context.client_metadata();
        const auto entry = metadata.find("authorization");
        const std::string header =
            entry == metadata.end() ? "" : std::string(entry->second.data(), entry->second.size());
        const std::string scheme = "Bearer v2.";
        const auto dot = header.rfind('.');
        if (!header.starts_with(scheme) || dot < scheme.size())
            return {grpc::StatusCode::UNAUTHENTICATED, "authentication required"};
        const auto digest = header.substr(scheme.size(), dot - scheme.size());
        const auto time = header.substr(dot + 1);
        const auto here = std::chrono::system_clock::now() + behaviour.clock_ahead;
        const auto apart = std::chrono::system_clock::to_time_t(here) - std::atoll(time.c_str());
        if (digest != hex_digest(behaviour.token, time)) return denied("wrong hmac signature");
        if (apart > 30) return denied("token has expired");
        if (apart < -30) return denied("token's validity window is in future");
        return grpc::Status::OK;
    }

    // OK when the call is to be answered.
    grpc::Status meet(GitalyCall call, const grpc::ServerContext& context) {
        const auto admitted = admit(context);
        std::unique_lock lock(mutex);
        const auto name = context.ExperimentalGetAuthority();
        authority.assign(name.data(), name.size());
        const auto agent = context.client_metadata().find("user-agent");
        if (agent != context.client_metadata().end())
            user_agent.assign(agent->second.data(), agent->second.size());
        if (!admitted.ok()) {
            ++refused;
            return admitted;
        }
        ++asked[call];
        if (behaviour.unknown.contains(call)) return {grpc::StatusCode::UNIMPLEMENTED, "unknown method"};
        while (behaviour.hanging.contains(call) && !context.IsCancelled() && !ends)
            changed.wait_for(lock, 20ms);
        return grpc::Status::OK;
    }

    class Health final : public grpc::health::v1::Health::Service {
      public:
        explicit Health(Services& all) : all_(all) {}
        grpc::Status Check(grpc::ServerContext* context,
                           const grpc::health::v1::HealthCheckRequest* /*request*/,
                           grpc::health::v1::HealthCheckResponse* response) override {
            using Response = grpc::health::v1::HealthCheckResponse;
            response->set_status(all_.behaviour.serving ? Response::SERVING : Response::NOT_SERVING);
            return all_.meet(GitalyCall::health, *context);
        }

      private:
        Services& all_;
    };

    class Server final : public gitaly::ServerService::Service {
      public:
        explicit Server(Services& all) : all_(all) {}
        grpc::Status ServerInfo(grpc::ServerContext* context, const gitaly::ServerInfoRequest* /*request*/,
                                gitaly::ServerInfoResponse* response) override {
            response->set_server_version(all_.behaviour.version);
            response->set_git_version("2.50.1.gl2");
            auto& storage = *response->add_storage_statuses();
            storage.set_storage_name("default");
            storage.set_readable(true);
            storage.set_writeable(true);
            storage.set_fs_type("ext");
            storage.set_filesystem_id("7d1f0c2a");
            storage.set_replication_factor(all_.behaviour.replication_factor);
            for (int at = 0; at < all_.behaviour.more_storages; ++at)
                response->add_storage_statuses()->set_storage_name("more-" + std::to_string(at));
            return all_.meet(GitalyCall::server_info, *context);
        }
        grpc::Status DiskStatistics(grpc::ServerContext* context,
                                    const gitaly::DiskStatisticsRequest* /*request*/,
                                    gitaly::DiskStatisticsResponse* response) override {
            auto& storage = *response->add_storage_statuses();
            storage.set_storage_name("default");
            storage.set_available(40'000);
            storage.set_used(60'000);
            for (int at = 0; at < all_.behaviour.more_storages; ++at)
                response->add_storage_statuses()->set_storage_name("more-" + std::to_string(at));
            return all_.meet(GitalyCall::disk_statistics, *context);
        }

      private:
        Services& all_;
    };

    const GitalyBehaviour behaviour;
    std::mutex mutex;
    std::condition_variable changed;
    bool ends = false;
    int refused = 0;
    std::map<GitalyCall, int> asked;
    std::string authority;
    std::string user_agent;
    Health health;
    Server server;
    std::unique_ptr<grpc::Server> listening;
};

GitalyServer::GitalyServer(GitalyBehaviour behaviour, const TestAuthority::Issued& identity)
    : services_(std::make_unique<Services>(std::move(behaviour))) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("unix:" + socket(), grpc::InsecureServerCredentials());
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    if (!identity.key.empty()) {
        grpc::SslServerCredentialsOptions options;
        options.pem_key_cert_pairs.push_back({identity.key, identity.certificate});
        builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(options), &tls_port_);
    }
    builder.RegisterService(&services_->health);
    builder.RegisterService(&services_->server);
    services_->listening = builder.BuildAndStart();
    if (!services_->listening) throw std::runtime_error("no server");
}

GitalyServer::~GitalyServer() {
    {
        const std::lock_guard lock(services_->mutex);
        services_->ends = true;
    }
    services_->listening->Shutdown(std::chrono::system_clock::now() + 1s);
}

std::string GitalyServer::socket() const { return folder_ / "gitaly.socket"; }

int GitalyServer::asked(GitalyCall call) const {
    const std::lock_guard lock(services_->mutex);
    const auto count = services_->asked.find(call);
    return count == services_->asked.end() ? 0 : count->second;
}

int GitalyServer::refused() const {
    const std::lock_guard lock(services_->mutex);
    return services_->refused;
}

std::string GitalyServer::authority() const {
    const std::lock_guard lock(services_->mutex);
    return services_->authority;
}

std::string GitalyServer::user_agent() const {
    const std::lock_guard lock(services_->mutex);
    return services_->user_agent;
}

}  // namespace preflight::probes
