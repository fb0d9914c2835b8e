#include "collector/operator.h"

#include <fmt/core.h>

#include "preflight/v1/collector.grpc.pb.h"

namespace preflight::collector {
namespace {

constexpr std::size_t calls_limit = 16;  // each is a person at a shell
constexpr int names_limit = 10'000;

class Service final : public v1::Operator::CallbackService {
  public:
    Service(Operator& owner, boost::asio::io_context& loop) : owner_(owner), loop_(loop) {}

    grpc::ServerWriteReactor<v1::InspectProgress>* Inspect(grpc::CallbackServerContext* /*call*/,
                                                           const v1::InspectRequest* request) override {
        return InspectCall::open(owner_, loop_, *request);
    }

  private:
    Operator& owner_;
    boost::asio::io_context& loop_;
};

}  // namespace

Operator::Operator(boost::asio::io_context& loop, Intake& intake)
    : intake_(intake), service_(std::make_unique<Service>(*this, loop)) {
    intake_.watch([this](const AgentEvent& event) {
        for (const auto& call : calls_) call->happened(event);
    });
}

Operator::~Operator() { intake_.watch({}); }

grpc::Service& Operator::service() { return *service_; }

void Operator::stop() {
    stopped_ = true;
    for (const auto& call : calls_) call->finish({grpc::StatusCode::UNAVAILABLE, "the collector stops"});
}

void Operator::opened(const std::shared_ptr<InspectCall>& call) {
    if (stopped_) return call->finish({grpc::StatusCode::UNAVAILABLE, "the collector stops"});
    if (calls_.size() >= calls_limit) {
        return call->finish({grpc::StatusCode::RESOURCE_EXHAUSTED, "too many requests at once"});
    }
    if (call->names() > names_limit) {
        return call->finish(
            {grpc::StatusCode::INVALID_ARGUMENT, fmt::format("more than {} nodes", names_limit)});
    }
    calls_.insert(call);
    call->ask(intake_, fmt::format("inspect-{}", ++requests_));
}

void Operator::over(const std::shared_ptr<InspectCall>& call) { calls_.erase(call); }

}  // namespace preflight::collector
