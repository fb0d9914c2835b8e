#include "agent/inspection.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "agent/receipt.h"
#include "model/clock.h"

namespace preflight::agent {
namespace {

// Numbers the records of one inspection as they are handed on.
class Recorder {
  public:
    explicit Recorder(const TakeRecord& take) : take_(take) {}

    void started(v1::Inspection header) {
        v1::Record record;
        *record.mutable_started() = std::move(header);
        hand_on(std::move(record));
    }
    void finding(const v1::Finding& finding) {
        v1::Record record;
        *record.mutable_finding() = finding;
        hand_on(std::move(record));
    }
    void finished(const std::vector<v1::ProbeRun>& runs) {
        v1::Record record;
        *record.mutable_finished()->mutable_finished_at() = now();
        record.mutable_finished()->mutable_probes()->Add(runs.begin(), runs.end());
        hand_on(std::move(record));
    }

  private:
    void hand_on(v1::Record record) {
        record.set_sequence(++sequence_);
        take_(record);
    }

    const TakeRecord& take_;
    std::uint64_t sequence_ = 0;
};

bool is_live(const std::filesystem::path& root) {
    const auto node = probes::Node::open(root);
    return node && node->live();
}

v1::Finding receipt_of(const std::vector<v1::ProbeRun>& runs, std::chrono::steady_clock::duration took) {
    v1::Finding finding;
    finding.set_probe("inspection");
    finding.set_source("inspection");
    *finding.mutable_taken_at() = now();
    *finding.mutable_receipt() = sum_of(runs, std::chrono::duration_cast<std::chrono::milliseconds>(took));
    return finding;
}

}  // namespace

std::string new_inspection_id() {
    std::array<unsigned char, 16> random{};
    if (::getentropy(random.data(), random.size()) != 0) throw std::runtime_error("no random numbers");
    std::string id;
    for (const auto byte : random) id += fmt::format("{:02x}", byte);
    return id;
}

boost::asio::awaitable<void> inspect(Order order, v1::Node node, RunnerOptions options,
                                     std::span<const probes::Probe> probes, TakeRecord take) {
    const auto begun = std::chrono::steady_clock::now();
    Recorder recorder(take);
    v1::Inspection header;
    header.set_schema("preflight.v1.Inspection");
    header.set_id(std::move(order.id));
    *header.mutable_node() = std::move(node);
    *header.mutable_started_at() = now();
    header.set_agent_version(PREFLIGHT_VERSION);
    header.set_live(is_live(options.root));
    recorder.started(std::move(header));
    for (const auto& finding : order.first) recorder.finding(finding);
    TakeFinding take_finding = [&recorder](const v1::Finding& finding) { recorder.finding(finding); };
    auto running = run_probes(std::move(options), probes, std::move(take_finding), std::move(order.asked));
    const auto runs = co_await std::move(running);
    recorder.finding(receipt_of(runs, std::chrono::steady_clock::now() - begun));
    recorder.finished(runs);
}

v1::Inspection assemble(const std::vector<v1::Record>& records) {
    v1::Inspection inspection;
    for (const auto& record : records) {
        switch (record.kind_case()) {
            case v1::Record::kStarted:
                inspection.MergeFrom(record.started());
                break;
            case v1::Record::kFinding:
                *inspection.add_findings() = record.finding();
                break;
            case v1::Record::kFinished:
                *inspection.mutable_finished_at() = record.finished().finished_at();
                *inspection.mutable_probes() = record.finished().probes();
                break;
            case v1::Record::KIND_NOT_SET:
                break;
        }
    }
    return inspection;
}

}  // namespace preflight::agent
