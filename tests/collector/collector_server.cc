#include "tests/collector/collector_server.h"

#include <grpcpp/generic/generic_stub.h>

#include <boost/asio/post.hpp>
#include <future>
#include <stdexcept>

namespace preflight::collector {
namespace {

std::chrono::system_clock::time_point deadline() {
    return std::chrono::system_clock::now() + std::chrono::seconds(20);
}

}  // namespace

CollectorServer::CollectorServer() {
    auto store = Store::open(store_file(), Store::Mode::read_write);
    if (!store) throw std::runtime_error(store.error().detail);
    store_.emplace(std::move(*store));
    server_ = std::make_unique<Server>(loop_, *store_, Log());
    if (!server_->start({"127.0.0.1:0"})) throw std::runtime_error("no server");
    thread_ = std::thread([this, guard = boost::asio::make_work_guard(loop_)]() mutable { loop_.run(); });
}

CollectorServer::~CollectorServer() { stop(); }

void CollectorServer::stop() {
    if (!thread_.joinable()) return;
    std::promise<void> stopped;
    boost::asio::post(loop_, [&] { server_->stop([&] { stopped.set_value(); }); });
    stopped.get_future().wait();
    boost::asio::post(loop_, [this] { loop_.stop(); });
    thread_.join();
}

std::shared_ptr<grpc::Channel> CollectorServer::channel() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(server_->ports().front()),
                                     grpc::InsecureChannelCredentials(), arguments);
}

readiness::Fleet CollectorServer::fleet() const {
    return Store::open(store_file(), Store::Mode::read_only)->fleet().value();
}

std::uint64_t CollectorServer::stored(const v1::Node& node, const std::string& inspection_id) const {
    return Store::open(store_file(), Store::Mode::read_only)->last_sequence(node.id(), inspection_id).value();
}

v1::FromAgent hello_of(const v1::Node& node, const std::vector<std::string>& pending) {
    v1::FromAgent message;
    message.mutable_hello()->set_protocol(1);
    *message.mutable_hello()->mutable_node() = node;
    for (const auto& id : pending) message.mutable_hello()->add_pending(id);
    return message;
}

RawAgent::RawAgent(const CollectorServer& server) : stub_(v1::Intake::NewStub(server.channel())) {
    context_.set_deadline(deadline());
    stream_ = stub_->Connect(&context_);
}

bool RawAgent::send(const Delivery& delivery) {
    v1::FromAgent message;
    message.mutable_batch()->set_inspection_id(delivery.inspection_id);
    for (const auto& record : delivery.records) *message.mutable_batch()->add_records() = record;
    return send(message);
}

bool RawAgent::hello(const v1::Node& node, const std::vector<std::string>& pending) {
    return send(hello_of(node, pending));
}

std::optional<v1::ToAgent> RawAgent::read() {
    std::optional<v1::ToAgent> message(std::in_place);
    if (!stream_->Read(&*message)) message.reset();
    return message;
}

std::optional<v1::Welcome> RawAgent::connect(const v1::Node& node, const std::vector<std::string>& pending) {
    if (!hello(node, pending)) return std::nullopt;
    const auto message = read();
    if (!message || !message->has_welcome()) return std::nullopt;
    return message->welcome();
}

bool RawAgent::acknowledged(const std::string& inspection_id, std::uint64_t sequence) {
    while (const auto message = read()) {
        if (message->ack().inspection_id() == inspection_id && message->ack().sequence() == sequence)
            return true;
    }
    return false;
}

grpc::Status RawAgent::ended() {
    while (read()) {
    }
    return stream_->Finish();
}

grpc::Status RawAgent::finish() {
    stream_->WritesDone();
    return ended();
}

grpc::Status send_bytes(const CollectorServer& server, const std::vector<std::string>& messages) {
    grpc::GenericStub stub(server.channel());
    grpc::ClientContext context;
    context.set_deadline(deadline());
    grpc::CompletionQueue queue;
    const auto wait = [&queue] {
        void* tag = nullptr;
        bool ok = false;
        return queue.Next(&tag, &ok) && ok;
    };
    const auto call = stub.PrepareCall(&context, "/preflight.v1.Intake/Connect", &queue);
    call->StartCall(nullptr);
    bool open = wait();
    for (const auto& message : messages) {
        if (!open) break;
        const grpc::Slice slice(message);
        call->Write(grpc::ByteBuffer(&slice, 1), nullptr);
        open = wait();
    }
    grpc::ByteBuffer answer;
    do {
        call->Read(&answer, nullptr);
    } while (wait());
    grpc::Status status;
    call->Finish(&status, nullptr);
    wait();
    queue.Shutdown();
    return status;
}

}  // namespace preflight::collector
