// Spool: what was found and is not yet acknowledged, on the node's disk, so that a collector that is away, a
// restart or a kill loses nothing.
//
// One append-only file per inspection, NAME = its id with ".spool": records, each with length and checksum.
// sync() before a record is sent, so that what a collector has is never newer than what the disk has. A torn
// tail (kill, full disk) is cut off at the next start, and the inspection is ended there with a gap that says
// so. The file goes when its last record is acknowledged. Past the caps the oldest inspections are dropped
// whole, which drops() tells as findings. Used by one thread, and by one process (a lock in the
// folder).
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "agent/spool_drops.h"
#include "model/result.h"
#include "preflight/v1/inspection.pb.h"
#include "probes/node/descriptor.h"

namespace preflight::agent {

struct SpoolLimits {
    std::uint64_t bytes = 64ULL * 1024 * 1024;
    std::chrono::hours age{7 * 24};
};

class Spool {
  public:
    // The folder is made when it is not there. REFUSED when another agent uses it.
    static Result<Spool> open(const std::filesystem::path& folder, SpoolLimits limits);

    // Appends one record; its sequence follows the last one's of this inspection, else REFUSED (the
    // inspection was dropped).
    Result<void> append(const std::string& inspection_id, const v1::Record& record);
    // What was appended is on disk when this returns.
    Result<void> sync(const std::string& inspection_id);
    // Inspections with records that are not acknowledged, oldest first.
    std::vector<std::string> pending() const;
    // Records after `sequence`, in order, until `limit_bytes` are reached (at least one, if there is one). A
    // record whose bytes no longer match their checksum is MALFORMED.
    Result<std::vector<v1::Record>> read(const std::string& inspection_id, std::uint64_t after_sequence,
                                         std::size_t limit_bytes) const;
    // What the collector says that it has, at the beginning of a stream: also less than before, after it lost
    // its store.
    void resume(const std::string& inspection_id, std::uint64_t sequence);
    // Up to and with `sequence` is stored by the collector. Removes the file when that is the inspection's
    // last record.
    void acknowledge(const std::string& inspection_id, std::uint64_t sequence);
    std::uint64_t acknowledged(const std::string& inspection_id) const;
    // Drops an inspection that cannot be delivered, or could not be kept at all.
    void drop(const std::string& inspection_id, const std::string& why);
    // What the caps and drop() took, for the next inspection to tell.
    SpoolDrops& drops() { return drops_; }
    std::uint64_t size_bytes() const;

  private:
    struct Entry {
        std::filesystem::path file;
        std::uint64_t size_bytes = 0;
        std::uint64_t last_sequence = 0;
        std::uint64_t acknowledged = 0;
        bool finished = false;
        bool synced = true;
        std::filesystem::file_time_type begun;
        std::vector<std::uint64_t> offsets;  // of record `sequence` at [sequence - 1]
        probes::Descriptor descriptor;       // while records are still appended
    };

    Spool(std::filesystem::path folder, SpoolLimits limits, probes::Descriptor lock);
    Result<void> recover();
    Result<void> recover(const std::filesystem::path& file);
    Result<void> end_torn(const std::string& inspection_id);
    void remove(const std::string& inspection_id);
    void keep_caps(const std::string& newest);
    Entry* find(const std::string& inspection_id);
    const Entry* find(const std::string& inspection_id) const;

    std::filesystem::path folder_;
    SpoolLimits limits_;
    probes::Descriptor lock_;
    SpoolDrops drops_;
    std::map<std::string, Entry> entries_;
};

}  // namespace preflight::agent
