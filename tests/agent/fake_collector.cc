#include "tests/agent/fake_collector.h"

#include <grpcpp/grpcpp.h>

#include <chrono>

namespace preflight::agent {

using Stream = grpc::ServerReaderWriter<v1::ToAgent, v1::FromAgent>;

FakeCollector::FakeCollector(Manner manner, int port, std::string fingerprint_key)
    : manner_(manner), fingerprint_key_(std::move(fingerprint_key)) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:" + std::to_string(port), grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
}

FakeCollector::~FakeCollector() { server_->Shutdown(std::chrono::system_clock::now()); }

std::string FakeCollector::address() const { return "127.0.0.1:" + std::to_string(port_); }

bool FakeCollector::wait_until(const std::function<bool(const FakeCollector&)>& holds) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return holds(*this); });
}

void FakeCollector::inspect_now(bool prove_backups) {
    const std::lock_guard lock(mutex_);
    v1::ToAgent message;
    message.mutable_inspect_now()->set_request_id("one");
    message.mutable_inspect_now()->set_prove_backups(prove_backups);
    connected_->Write(message);
}

grpc::Status FakeCollector::Connect(grpc::ServerContext* context, Stream* stream) {
    v1::FromAgent message;
    while (stream->Read(&message)) {
        const std::lock_guard lock(mutex_);
        changed_.notify_all();
        if (message.has_hello()) {
            hellos.push_back(message.hello());
            if (manner_ == Manner::ends_after_hello) {
                manner_ = Manner::proper;
                return {grpc::StatusCode::UNAVAILABLE, "not now"};
            }
            if (manner_ == Manner::proper || manner_ == Manner::loses_acks) welcome(message.hello(), *stream);
            continue;
        }
        const auto ack = store(message.batch());
        if (manner_ == Manner::loses_acks) {
            manner_ = Manner::proper;
            return {grpc::StatusCode::UNAVAILABLE, "gone before the ack"};
        }
        stream->Write(ack);
    }
    const std::lock_guard lock(mutex_);
    if (connected_ == stream) connected_ = nullptr;
    return context->IsCancelled() ? grpc::Status::CANCELLED : grpc::Status::OK;
}

void FakeCollector::welcome(const v1::Hello& hello, Stream& stream) {
    connected_ = &stream;
    v1::ToAgent message;
    message.mutable_welcome()->set_collector_version("fake");
    message.mutable_welcome()->set_fingerprint_key(fingerprint_key_);
    for (const auto& id : hello.pending()) {
        auto& ack = *message.mutable_welcome()->add_resume();
        ack.set_inspection_id(id);
        ack.set_sequence(stored[id].size());
    }
    stream.Write(message);
}

v1::ToAgent FakeCollector::store(const v1::RecordBatch& batch) {
    auto& records = stored[batch.inspection_id()];
    for (const auto& record : batch.records()) {
        if (record.sequence() <= records.size()) {
            ++duplicates;
        } else {
            records.push_back(record);
        }
    }
    v1::ToAgent message;
    message.mutable_ack()->set_inspection_id(batch.inspection_id());
    message.mutable_ack()->set_sequence(records.size());
    return message;
}

}  // namespace preflight::agent
