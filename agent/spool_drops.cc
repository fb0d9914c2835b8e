#include "agent/spool_drops.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "agent/spool_file.h"
#include "agent/spool_record.h"
#include "model/clock.h"
#include "probes/node/descriptor.h"

namespace preflight::agent {
namespace {

namespace fs = std::filesystem;

// A long absence must not make a message that no stream can carry: the first ones in full, then one for all.
constexpr std::size_t most = 50;

}  // namespace

v1::Finding agent_gap(v1::Gap::Cause cause, const std::string& source, std::string detail) {
    v1::Finding finding;
    finding.set_probe("agent");
    finding.set_source(source);
    *finding.mutable_taken_at() = now();
    finding.mutable_gap()->set_cause(cause);
    finding.mutable_gap()->set_detail(std::move(detail));
    finding.mutable_gap()->set_affects("an inspection of this node");
    return finding;
}

SpoolDrops::SpoolDrops(const fs::path& folder) : file_(folder / "dropped") {
    const probes::Descriptor opened(::open(file_.c_str(), O_RDONLY | O_CLOEXEC));
    std::error_code error;
    const auto size = fs::file_size(file_, error);
    if (opened.get() < 0 || error) return;
    const auto bytes = read_range(opened.get(), 0, size, file_);
    if (!bytes) return;
    std::string_view rest(*bytes);
    while (auto next = from_spool(rest)) {
        rest.remove_prefix(next->size_bytes);
        findings_.push_back(std::move(*next->record.mutable_finding()));
    }
}

void SpoolDrops::add(const std::string& inspection_id, std::string detail) {
    if (findings_.size() > most) return;
    if (findings_.size() < most) {
        findings_.push_back(agent_gap(v1::Gap::DROPPED, "inspection " + inspection_id, std::move(detail)));
    } else {
        findings_.push_back(agent_gap(v1::Gap::DROPPED, "spool", "more inspections than these were dropped"));
    }
    keep();
}

void SpoolDrops::told(std::size_t count) {
    if (count == 0) return;
    findings_.erase(findings_.begin(),
                    findings_.begin() + static_cast<std::ptrdiff_t>(std::min(count, findings_.size())));
    keep();
}

// Written anew beside the old one and put in its place: a kill leaves the one or the other.
void SpoolDrops::keep() const {
    std::error_code ignored;
    if (findings_.empty()) {
        fs::remove(file_, ignored);
        return;
    }
    std::string bytes;
    for (const auto& finding : findings_) {
        v1::Record record;
        *record.mutable_finding() = finding;
        bytes += to_spool(record);
    }
    auto fresh = file_;
    fresh += ".new";
    const probes::Descriptor opened(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (opened.get() < 0 || !write_all(opened.get(), bytes, fresh) || ::fdatasync(opened.get()) != 0) {
        fs::remove(fresh, ignored);
        return;
    }
    fs::rename(fresh, file_, ignored);
    sync_folder(file_.parent_path());
}

}  // namespace preflight::agent
