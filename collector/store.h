// Store: where the collector keeps what agents delivered. One SQLite file (WAL, synchronous=FULL).
//
// A record is kept once: its key is (node, inspection, sequence). What append() returned is on disk. Used by
// one thread (the loop's); another process may open the same file to read (`report` beside `serve`).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "collector/delivery.h"
#include "model/result.h"
#include "model/secret.h"
#include "preflight/v1/inspection.pb.h"
#include "readiness/fleet.h"

namespace preflight::collector {

class Store {
  public:
    enum class Mode { read_write, read_only };

    // Creates the file and its schema when it is not there (read_write). REFUSED for a file of another or
    // newer schema.
    static Result<Store> open(const std::filesystem::path& file, Mode mode);
    Store(Store&&) noexcept;
    Store& operator=(Store&&) noexcept;
    ~Store();

    // Commits all deliveries in one transaction, skipping records already there. All or nothing.
    // MALFORMED (and only then) when a delivery is at fault: it leaves a hole in its inspection's sequence or
    // contradicts itself (see check() in delivery.h) or what is stored. Any other cause: the store is in
    // trouble.
    Result<void> append(const std::vector<Delivery>& deliveries);
    // Highest sequence stored without a hole; 0 when nothing is.
    Result<std::uint64_t> last_sequence(const std::string& node_id, const std::string& inspection_id) const;
    // Remembers that the node was heard of now.
    Result<void> heard(const v1::Node& node, const google::protobuf::Timestamp& when);
    // The instance's key for fingerprints of secrets, made when it is first asked for. Needs read_write.
    Result<Secret> fingerprint_key();
    // The newest finished inspection of every node. Newest by its start; a start in the collector's future
    // counts as its arrival, so that a node whose clock was wrong once does not hide its later inspections.
    Result<readiness::Fleet> fleet() const;
    // Drops of each node the finished inspections beyond its newest `keep`, and unfinished ones older than
    // all of these.
    Result<void> prune(std::size_t keep);

  private:
    struct Connection;
    explicit Store(std::unique_ptr<Connection> connection);
    std::unique_ptr<Connection> connection_;
};

}  // namespace preflight::collector
