#include "agent/spool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "agent/spool_file.h"
#include "agent/spool_record.h"
#include "model/clock.h"

namespace preflight::agent {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view suffix = ".spool";

}  // namespace

Spool::Spool(fs::path folder, SpoolLimits limits, probes::Descriptor lock)
    : folder_(std::move(folder)), limits_(limits), lock_(std::move(lock)), drops_(folder_) {}

Result<Spool> Spool::open(const fs::path& folder, SpoolLimits limits) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return problem_from_errno(error.value(), folder.string());
    fs::permissions(folder, fs::perms::owner_all, error);
    const auto lock_file = folder / "lock";
    probes::Descriptor lock(::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (lock.get() < 0) return errno_problem(lock_file);
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        return Problem{v1::Gap::REFUSED, folder.string(), "another agent uses this spool"};
    }
    Spool spool(folder, limits, std::move(lock));
    const auto recovered = spool.recover();
    if (!recovered) return recovered.error();
    return spool;
}

Result<void> Spool::recover() {
    std::error_code error;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder_, error)) {
        if (entry.path().extension() == suffix && entry.is_regular_file(error)) files.push_back(entry.path());
    }
    if (error) return problem_from_errno(error.value(), folder_.string());
    for (const auto& file : files) {
        // One file that cannot be used must not keep the others, and the service, from working.
        if (const auto recovered = recover(file); !recovered) {
            entries_.erase(file.stem().string());
            drops_.add(file.stem().string(), "its file in the spool: " + recovered.error().detail);
        }
    }
    return {};
}

// Reads the file up to its last whole record and cuts the rest off.
Result<void> Spool::recover(const fs::path& file) {
    const auto id = file.stem().string();
    Entry entry;
    entry.file = file;
    std::error_code ignored;
    entry.begun = fs::last_write_time(file, ignored);
    entry.descriptor = probes::Descriptor(::open(file.c_str(), O_RDWR | O_CLOEXEC | O_APPEND));
    if (entry.descriptor.get() < 0) return errno_problem(file);
    const auto bytes = read_range(entry.descriptor.get(), 0, fs::file_size(file, ignored), file);
    if (!bytes) return bytes.error();
    const std::string_view content(*bytes);
    while (const auto next = from_spool(content.substr(entry.size_bytes))) {
        if (next->record.sequence() != entry.last_sequence + 1) break;
        entry.offsets.push_back(entry.size_bytes);
        entry.size_bytes += next->size_bytes;
        entry.last_sequence = next->record.sequence();
        entry.finished = next->record.has_finished();
    }
    const auto rest = content.substr(entry.size_bytes);
    if (!rest.empty() && !is_torn(rest)) {
        fs::remove(file, ignored);
        return malformed(file.string(), "it is damaged");
    }
    if (entry.size_bytes < content.size() &&
        ::ftruncate(entry.descriptor.get(), static_cast<off_t>(entry.size_bytes)) != 0) {
        return errno_problem(file);
    }
    if (entry.last_sequence == 0) {  // not even its beginning was written
        fs::remove(file, ignored);
        return {};
    }
    const bool whole = entry.finished;
    if (whole) entry.descriptor = probes::Descriptor();
    entries_.insert_or_assign(id, std::move(entry));
    return whole ? Result<void>() : end_torn(id);
}

Result<void> Spool::end_torn(const std::string& inspection_id) {
    const auto next = find(inspection_id)->last_sequence + 1;
    v1::Record gap;
    gap.set_sequence(next);
    *gap.mutable_finding() =
        agent_gap(v1::Gap::KILLED, "inspection " + inspection_id, "the agent ended during this inspection");
    v1::Record end;
    end.set_sequence(next + 1);
    *end.mutable_finished()->mutable_finished_at() = now();
    for (const auto& record : {gap, end}) {
        auto appended = append(inspection_id, record);
        if (!appended) return appended;
    }
    return sync(inspection_id);
}

Result<void> Spool::append(const std::string& inspection_id, const v1::Record& record) {
    auto* entry = find(inspection_id);
    const auto expected = entry == nullptr ? 1 : entry->last_sequence + 1;
    if (record.sequence() != expected || (entry != nullptr && entry->finished)) {
        return Problem{v1::Gap::REFUSED, "inspection " + inspection_id,
                       "the record does not follow what the spool holds"};
    }
    if (entry == nullptr) {
        Entry fresh;
        fresh.file = folder_ / (inspection_id + std::string(suffix));
        fresh.descriptor = probes::Descriptor(
            ::open(fresh.file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_APPEND, 0600));
        if (fresh.descriptor.get() < 0) return errno_problem(fresh.file);
        fresh.begun = fs::file_time_type::clock::now();
        sync_folder(folder_);
        entry = &entries_.insert_or_assign(inspection_id, std::move(fresh)).first->second;
    }
    const auto bytes = to_spool(record);
    auto written = write_all(entry->descriptor.get(), bytes, entry->file);
    if (!written) {
        // A part of it may stand there (full disk): nothing after it would be found again.
        [[maybe_unused]] const int cut =
            ::ftruncate(entry->descriptor.get(), static_cast<off_t>(entry->size_bytes));
        return written;
    }
    entry->offsets.push_back(entry->size_bytes);
    entry->size_bytes += bytes.size();
    entry->last_sequence = record.sequence();
    entry->finished = record.has_finished();
    entry->synced = false;
    if (entry->finished) keep_caps(inspection_id);
    return {};
}

Result<void> Spool::sync(const std::string& inspection_id) {
    auto* entry = find(inspection_id);
    if (entry == nullptr || entry->synced) return {};
    if (::fdatasync(entry->descriptor.get()) != 0) return errno_problem(entry->file);
    entry->synced = true;
    // Many may wait for a collector that is away: none of them keeps a descriptor.
    if (entry->finished) entry->descriptor = probes::Descriptor();
    return {};
}

std::vector<std::string> Spool::pending() const {
    std::vector<std::pair<fs::file_time_type, std::string>> by_age;
    by_age.reserve(entries_.size());
    for (const auto& [id, entry] : entries_) by_age.emplace_back(entry.begun, id);
    std::ranges::sort(by_age);
    std::vector<std::string> ids;
    ids.reserve(by_age.size());
    for (auto& [begun, id] : by_age) ids.push_back(std::move(id));
    return ids;
}

Result<std::vector<v1::Record>> Spool::read(const std::string& inspection_id, std::uint64_t after_sequence,
                                            std::size_t limit_bytes) const {
    std::vector<v1::Record> records;
    const auto* entry = find(inspection_id);
    if (entry == nullptr || after_sequence >= entry->last_sequence) return records;
    const auto begin = entry->offsets[after_sequence];
    auto last = after_sequence + 1;
    const auto end_of = [&](std::uint64_t sequence) {
        return sequence < entry->last_sequence ? entry->offsets[sequence] : entry->size_bytes;
    };
    while (last < entry->last_sequence && end_of(last + 1) - begin <= limit_bytes) ++last;
    const probes::Descriptor opened(::open(entry->file.c_str(), O_RDONLY | O_CLOEXEC));
    if (opened.get() < 0) return errno_problem(entry->file);
    const auto bytes = read_range(opened.get(), begin, end_of(last), entry->file);
    if (!bytes) return bytes.error();
    std::string_view rest(*bytes);
    for (auto sequence = after_sequence + 1; sequence <= last; ++sequence) {
        auto next = from_spool(rest);
        if (!next || next->record.sequence() != sequence) {
            return malformed(entry->file.string(), fmt::format("record {} is damaged", sequence));
        }
        rest.remove_prefix(next->size_bytes);
        records.push_back(std::move(next->record));
    }
    return records;
}

void Spool::resume(const std::string& inspection_id, std::uint64_t sequence) {
    auto* entry = find(inspection_id);
    if (entry == nullptr) return;
    if (sequence > entry->last_sequence) {
        return drop(inspection_id, "the collector has more of it than this spool");
    }
    entry->acknowledged = 0;
    acknowledge(inspection_id, sequence);
}

void Spool::acknowledge(const std::string& inspection_id, std::uint64_t sequence) {
    auto* entry = find(inspection_id);
    if (entry == nullptr) return;
    entry->acknowledged = std::max(entry->acknowledged, std::min(sequence, entry->last_sequence));
    if (entry->finished && entry->acknowledged == entry->last_sequence) remove(inspection_id);
}

void Spool::remove(const std::string& inspection_id) {
    std::error_code ignored;
    fs::remove(find(inspection_id)->file, ignored);
    entries_.erase(inspection_id);
}

std::uint64_t Spool::acknowledged(const std::string& inspection_id) const {
    const auto* entry = find(inspection_id);
    return entry == nullptr ? 0 : entry->acknowledged;
}

void Spool::drop(const std::string& inspection_id, const std::string& why) {
    const auto* entry = find(inspection_id);
    if (entry == nullptr) return drops_.add(inspection_id, "nothing of it was kept: " + why);
    const auto missing = entry->last_sequence - entry->acknowledged;
    drops_.add(inspection_id, fmt::format("{} records were not delivered: {}", missing, why));
    remove(inspection_id);
}

// The newest inspection stays whatever its size: an agent that keeps nothing would tell nothing.
void Spool::keep_caps(const std::string& newest) {
    const auto oldest_allowed = fs::file_time_type::clock::now() - limits_.age;
    for (const auto& id : pending()) {
        if (id == newest) continue;
        if (find(id)->begun < oldest_allowed) {
            drop(id, "older than the spool's limit");
        } else if (size_bytes() > limits_.bytes) {
            drop(id, "the spool is full");
        }
    }
}

std::uint64_t Spool::size_bytes() const {
    std::uint64_t sum = 0;
    for (const auto& [id, entry] : entries_) sum += entry.size_bytes;
    return sum;
}

Spool::Entry* Spool::find(const std::string& inspection_id) {
    const auto entry = entries_.find(inspection_id);
    return entry == entries_.end() ? nullptr : &entry->second;
}

const Spool::Entry* Spool::find(const std::string& inspection_id) const {
    const auto entry = entries_.find(inspection_id);
    return entry == entries_.end() ? nullptr : &entry->second;
}

}  // namespace preflight::agent
