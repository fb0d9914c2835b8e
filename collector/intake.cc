#include "collector/intake.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <tuple>
#include <utility>

#include "model/clock.h"
#include "preflight/v1/collector.grpc.pb.h"

namespace preflight::collector {
namespace {

constexpr std::uint32_t protocol = 1;
constexpr int pending_limit = 10'000;
constexpr std::chrono::seconds hello_limit{10};
constexpr std::size_t kept_inspections = 50;  // of each node

class Service final : public v1::Intake::WithRawCallbackMethod_Connect<v1::Intake::Service> {
  public:
    Service(Intake& intake, boost::asio::io_context& loop) : intake_(intake), loop_(loop) {}

    grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Connect(
        grpc::CallbackServerContext* call) override {
        return AgentStream::open(intake_, loop_, *call);
    }

  private:
    Intake& intake_;
    boost::asio::io_context& loop_;
};

// What is wrong with the hello; empty when nothing is.
std::string wrong_with(const v1::Hello& hello) {
    if (!is_plain_name(hello.node().id(), id_limit_bytes)) {
        return fmt::format("the node's id is not 1 to {} visible ASCII characters", id_limit_bytes);
    }
    if (!is_plain_name(hello.node().name(), name_limit_bytes)) {
        return fmt::format("the node's name is not 1 to {} visible ASCII characters", name_limit_bytes);
    }
    if (hello.pending_size() > pending_limit)
        return fmt::format("more than {} pending inspections", pending_limit);
    const auto& pending = hello.pending();
    if (!std::all_of(pending.begin(), pending.end(),
                     [](const auto& id) { return is_plain_name(id, id_limit_bytes); })) {
        return fmt::format("a pending inspection's id is not 1 to {} visible ASCII characters",
                           id_limit_bytes);
    }
    return {};
}

grpc::Status stopping() { return {grpc::StatusCode::UNAVAILABLE, "the collector stops"}; }

}  // namespace

Intake::Intake(boost::asio::io_context& loop, Store& store, Log log)
    : loop_(loop),
      store_(store),
      log_(std::move(log)),
      group_(loop, store),
      service_(std::make_unique<Service>(*this, loop)) {}

Intake::~Intake() = default;

grpc::Service& Intake::service() { return *service_; }

std::vector<v1::Node> Intake::connected() const {
    std::vector<v1::Node> nodes;
    nodes.reserve(agents_.size());
    for (const auto& [stream, agent] : agents_) nodes.push_back(agent.node);
    std::sort(nodes.begin(), nodes.end(), [](const auto& left, const auto& right) {
        return std::tie(left.name(), left.id()) < std::tie(right.name(), right.id());
    });
    return nodes;
}

bool Intake::ask(const std::string& node_id, const v1::InspectNow& request) {
    const auto found = by_node_.find(node_id);
    return found != by_node_.end() && found->second->ask(request);
}

void Intake::stop() {
    stopped_ = true;
    group_.commit();
    for (const auto& stream : std::exchange(silent_, {})) stream->finish(stopping());
    while (!agents_.empty()) end(agents_.begin()->first, stopping(), "disconnected: the collector stops");
}

void Intake::opened(const Stream& stream) {
    if (stopped_) return stream->finish(stopping());
    silent_.insert(stream);
    stream->limit(hello_limit, {grpc::StatusCode::INVALID_ARGUMENT, "no hello came"});
    stream->read();
}

void Intake::received(const Stream& stream, std::optional<v1::FromAgent> message) {
    if (stream->finishing()) return;
    if (!message) return refuse(stream, grpc::StatusCode::INVALID_ARGUMENT, "the message cannot be read");
    const auto found = agents_.find(stream);
    switch (message->kind_case()) {
        case v1::FromAgent::kHello:
            if (found == agents_.end()) return greet(stream, message->hello());
            return refuse(stream, grpc::StatusCode::INVALID_ARGUMENT, "a second hello");
        case v1::FromAgent::kBatch:
            if (found != agents_.end()) return take(stream, found->second, *message->mutable_batch());
            return refuse(stream, grpc::StatusCode::INVALID_ARGUMENT, "a batch before the hello");
        case v1::FromAgent::KIND_NOT_SET:
            return refuse(stream, grpc::StatusCode::INVALID_ARGUMENT,
                          "the message is neither hello nor batch");
    }
}

void Intake::greet(const Stream& stream, const v1::Hello& hello) {
    if (hello.protocol() != protocol) {
        return refuse(stream, grpc::StatusCode::FAILED_PRECONDITION,
                      fmt::format("protocol {} is not known here, {} is", hello.protocol(), protocol));
    }
    if (const auto wrong = wrong_with(hello); !wrong.empty()) {
        return refuse(stream, grpc::StatusCode::INVALID_ARGUMENT, wrong);
    }
    const auto& node = hello.node();
    v1::Welcome welcome;
    welcome.set_collector_version(PREFLIGHT_VERSION);
    auto known = store_.heard(node, now());
    for (const auto& id : hello.pending()) {
        const auto last = store_.last_sequence(node.id(), id);
        if (!last) known = last.error();
        auto& resume = *welcome.add_resume();
        resume.set_inspection_id(id);
        resume.set_sequence(last ? *last : 0);
    }
    if (!known) {
        log_.with("node", node.name()).error("the store fails: " + known.error().detail);
        return refuse(stream, grpc::StatusCode::UNAVAILABLE, "the store fails");
    }
    // Without it secrets cannot be compared; what nodes found is taken all the same.
    const auto key = store_.fingerprint_key();
    if (key) {
        welcome.set_fingerprint_key(std::string(key->reveal()));
    } else {
        log_.error("no key for fingerprints: " + key.error().detail);
    }
    replace(node);
    stream->unlimited();
    silent_.erase(stream);
    Agent agent{node, {hello.pending().begin(), hello.pending().end()}, log_.with("node", node.name())};
    agent.log.info(fmt::format("connected, {} inspections pending", hello.pending_size()));
    agents_.emplace(stream, std::move(agent));
    by_node_[node.id()] = stream;
    stream->welcome(std::move(welcome));
    stream->read();
    tell(AgentEvent::Kind::came, node);
}

void Intake::replace(const v1::Node& node) {
    const auto found = by_node_.find(node.id());
    if (found == by_node_.end()) return;
    // An agent that came back before its old connection was found dead; or two machines with one machine id.
    end(Stream(found->second), {grpc::StatusCode::ABORTED, "the node has connected anew"},
        "disconnected: the node has connected anew");
}

void Intake::take(const Stream& stream, const Agent& agent, v1::RecordBatch& batch) {
    if (!is_plain_name(batch.inspection_id(), id_limit_bytes)) {
        return refuse(
            stream, grpc::StatusCode::INVALID_ARGUMENT,
            fmt::format("the inspection's id is not 1 to {} visible ASCII characters", id_limit_bytes));
    }
    Delivery delivery{agent.node, batch.inspection_id(), {}, now()};
    delivery.records.assign(std::make_move_iterator(batch.mutable_records()->begin()),
                            std::make_move_iterator(batch.mutable_records()->end()));
    if (const auto checked = check(delivery); !checked) {
        return refuse(stream, grpc::StatusCode::INVALID_ARGUMENT,
                      checked.error().source + ": " + checked.error().detail);
    }
    const auto& records = delivery.records;
    const Batch ends{agent.node, delivery.inspection_id, records.back().sequence(),
                     records.front().has_started(), records.back().has_finished()};
    group_.add(std::move(delivery),
               [this, stream, ends](const Result<void>& stored) { committed(stream, ends, stored); });
}

void Intake::committed(const Stream& stream, const Batch& batch, const Result<void>& stored) {
    const auto log = log_.with("node", batch.node.name()).with("inspection", batch.inspection_id);
    if (!stored && stored.error().cause == v1::Gap::MALFORMED) {
        return refuse(stream, grpc::StatusCode::INVALID_ARGUMENT,
                      stored.error().source + ": " + stored.error().detail);
    }
    if (!stored) {
        log.error("the store fails: " + stored.error().detail);
        return refuse(stream, grpc::StatusCode::UNAVAILABLE, "the store fails");
    }
    const auto found = agents_.find(stream);
    if (found != agents_.end()) {
        stream->acknowledge(batch.inspection_id, batch.last);
        stream->read();
    }
    const bool before = found != agents_.end() && found->second.pending.count(batch.inspection_id) != 0;
    if (batch.starts && !before) tell(AgentEvent::Kind::began, batch.node, batch.inspection_id);
    if (batch.finishes) {
        log.info(fmt::format("complete, {} records", batch.last));
        tell(AgentEvent::Kind::ended, batch.node, batch.inspection_id);
        prune_soon();
    }
}

void Intake::tell(AgentEvent::Kind kind, const v1::Node& node, const std::string& inspection_id) {
    if (watcher_) watcher_({kind, node, inspection_id});
}

void Intake::refuse(const Stream& stream, grpc::StatusCode code, const std::string& why) {
    if (stream->finishing()) return;
    end(stream, {code, why}, "refused: " + why);
}

void Intake::end(const Stream& stream, const grpc::Status& status, std::string_view why) {
    // It may be the map's own. NOLINTNEXTLINE(performance-unnecessary-copy-initialization)
    const Stream kept = stream;
    silent_.erase(kept);
    const bool already = kept->finishing();
    kept->finish(status);
    auto agent = agents_.extract(kept);
    if (agent.empty()) {
        if (!status.ok() && !already) log_.warning(fmt::format("a caller without a hello {}", why));
        return;
    }
    agent.mapped().log.info(why);
    if (const auto found = by_node_.find(agent.mapped().node.id());
        found != by_node_.end() && found->second == kept) {
        by_node_.erase(found);
    }
    tell(AgentEvent::Kind::left, agent.mapped().node);
}

void Intake::closed(const Stream& stream) { end(stream, grpc::Status::OK, "disconnected"); }

void Intake::cancelled(const Stream& stream) {
    end(stream, grpc::Status::CANCELLED, "disconnected: the connection was lost");
}

void Intake::prune_soon() {
    if (std::exchange(prune_due_, true)) return;
    boost::asio::post(loop_, [this] {
        prune_due_ = false;
        if (const auto pruned = store_.prune(kept_inspections); !pruned) {
            log_.error("the store cannot be pruned: " + pruned.error().detail);
        }
    });
}

}  // namespace preflight::collector
