#include "collector/store.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>

#include "collector/sqlite.h"
#include "collector/store_file.h"
#include "collector/stored_key.h"

namespace preflight::collector {

using sqlite::Blob;
using sqlite::Cursor;
using sqlite::Database;
using sqlite::Statement;
using sqlite::Transaction;

namespace {

constexpr std::int64_t year_9999_seconds = 253'402'300'799;

// Microseconds since 1970; nonsense from a node is brought into the years that a Timestamp allows.
std::int64_t to_microseconds(const google::protobuf::Timestamp& time) {
    const auto seconds = std::clamp<std::int64_t>(time.seconds(), 0, year_9999_seconds);
    return seconds * 1'000'000 + std::clamp(time.nanos(), 0, 999'999'999) / 1000;
}

google::protobuf::Timestamp to_timestamp_from(std::int64_t microseconds) {
    google::protobuf::Timestamp time;
    time.set_seconds(microseconds / 1'000'000);
    time.set_nanos(static_cast<std::int32_t>(microseconds % 1'000'000 * 1000));
    return time;
}

// What is stored of an inspection.
struct Progress {
    std::uint64_t last = 0;
    std::uint64_t bytes = 0;
    bool finished = false;
};

struct Newest {
    std::string id;
    std::uint64_t last = 0;
    std::int64_t started_at = -1;
    std::int64_t serial = -1;
};

}  // namespace

struct Store::Connection {
    Database database;  // declared first: closed after the statements
    Statement put_node, progress, put_inspection, put_record;
    Statement nodes, newest, unfinished, records, outdated, drop_records, drop_inspection;

    Result<void> prepare();
    Result<void> keep(const Delivery& delivery) const;
    Result<void> keep_node(const v1::Node& node, const google::protobuf::Timestamp& when) const;
    Result<std::optional<Progress>> progress_of(const std::string& node_id, const std::string& id) const;
    Result<readiness::FleetNode> load(const v1::Node& node) const;
    Result<Newest> newest_of(const std::string& node_id) const;
    Result<void> load_records(const std::string& node_id, const Newest& newest, v1::Inspection& into) const;
    Result<std::vector<std::array<std::string, 2>>> outdated_beyond(std::size_t keep) const;
};

Result<void> Store::Connection::prepare() {
    struct Text {
        Statement& statement;
        std::string_view sql;
    };
    const Text texts[] = {
        {put_node,
         "INSERT INTO nodes VALUES(?1, ?2, ?3) ON CONFLICT(id) DO UPDATE SET name = ?2, last_heard = ?3"},
        {progress, "SELECT last_sequence, bytes, finished FROM inspections WHERE node_id = ?1 AND id = ?2"},
        {put_inspection,
         "INSERT INTO inspections(node_id, id, started_at, last_sequence, bytes, finished)"
         " VALUES(?1, ?2, ?3, ?4, ?5, ?6)"
         " ON CONFLICT(node_id, id) DO UPDATE SET last_sequence = ?4, bytes = ?5, finished = ?6"},
        {put_record, "INSERT INTO records VALUES(?1, ?2, ?3, ?4)"},
        {nodes, "SELECT id, name, last_heard FROM nodes ORDER BY name, id"},
        {newest,
         "SELECT id, last_sequence, started_at, serial FROM inspections WHERE node_id = ?1 AND finished = 1"
         " ORDER BY started_at DESC, serial DESC LIMIT 1"},
        {unfinished,
         "SELECT 1 FROM inspections WHERE node_id = ?1 AND finished = 0 AND (started_at, serial) > (?2, ?3) "
         "LIMIT 1"},
        {records, "SELECT body FROM records WHERE node_id = ?1 AND inspection_id = ?2 ORDER BY sequence"},
        {outdated,
         "SELECT node_id, id FROM (SELECT node_id, id, finished, sum(finished) OVER (PARTITION BY node_id"
         " ORDER BY started_at DESC, serial DESC ROWS UNBOUNDED PRECEDING) AS finished_till_here FROM "
         "inspections)"
         " WHERE finished_till_here - finished >= ?1"},
        {drop_records, "DELETE FROM records WHERE node_id = ?1 AND inspection_id = ?2"},
        {drop_inspection, "DELETE FROM inspections WHERE node_id = ?1 AND id = ?2"},
    };
    for (const auto& [statement, sql] : texts) {
        auto prepared = database.prepare(sql);
        if (!prepared) return prepared.error();
        statement = std::move(*prepared);
    }
    return {};
}

Result<void> Store::Connection::keep_node(const v1::Node& node,
                                          const google::protobuf::Timestamp& when) const {
    return Cursor(database, put_node, node.id(), node.name(), to_microseconds(when)).run();
}

Result<std::optional<Progress>> Store::Connection::progress_of(const std::string& node_id,
                                                               const std::string& id) const {
    Cursor cursor(database, progress, node_id, id);
    const auto row = cursor.step();
    if (!row) return row.error();
    if (!*row) return std::optional<Progress>();
    return std::optional(Progress{static_cast<std::uint64_t>(cursor.integer(0)),
                                  static_cast<std::uint64_t>(cursor.integer(1)), cursor.integer(2) != 0});
}

Result<void> Store::Connection::keep(const Delivery& delivery) const {
    const auto refuse = [&](std::string detail) {
        return malformed("inspection " + delivery.inspection_id, std::move(detail));
    };
    const auto known = progress_of(delivery.node.id(), delivery.inspection_id);
    if (!known) return known.error();
    auto now = known->value_or(Progress{});
    const auto& first = delivery.records.front();
    if (first.sequence() > now.last + 1) {
        return refuse(fmt::format("records {} to {} are missing", now.last + 1, first.sequence() - 1));
    }
    if (auto kept = keep_node(delivery.node, delivery.received_at); !kept) return kept;
    for (const auto& record : delivery.records) {
        if (record.sequence() <= now.last) continue;
        if (now.finished) return refuse(fmt::format("record {} comes after `finished`", record.sequence()));
        const auto body = record.SerializeAsString();
        now = {record.sequence(), now.bytes + body.size(), record.has_finished()};
        if (now.bytes > inspection_limit_bytes) {
            return refuse(fmt::format("larger than {} bytes", inspection_limit_bytes));
        }
        auto kept = Cursor(database, put_record, delivery.node.id(), delivery.inspection_id,
                           static_cast<std::int64_t>(record.sequence()), Blob{body})
                        .run();
        if (!kept) return kept;
    }
    // The start is written once, with the first record; a conflict leaves it as it was.
    const auto started_at =
        std::min(to_microseconds(first.started().started_at()), to_microseconds(delivery.received_at));
    return Cursor(database, put_inspection, delivery.node.id(), delivery.inspection_id, started_at,
                  static_cast<std::int64_t>(now.last), static_cast<std::int64_t>(now.bytes),
                  std::int64_t{now.finished})
        .run();
}

Result<Newest> Store::Connection::newest_of(const std::string& node_id) const {
    Cursor cursor(database, newest, node_id);
    const auto row = cursor.step();
    if (!row) return row.error();
    if (!*row) return Newest{};
    return Newest{cursor.text(0), static_cast<std::uint64_t>(cursor.integer(1)), cursor.integer(2),
                  cursor.integer(3)};
}

Result<void> Store::Connection::load_records(const std::string& node_id, const Newest& newest,
                                             v1::Inspection& into) const {
    const Problem damaged{v1::Gap::FAILED, database.source(),
                          "it is damaged: an inspection's records do not read"};
    Cursor cursor(database, records, node_id, newest.id);
    std::uint64_t count = 0;
    v1::Record record;
    for (;;) {
        const auto row = cursor.step();
        if (!row) return row.error();
        if (!*row) break;
        const auto body = cursor.blob(0);
        if (!record.ParseFromArray(body.data(), static_cast<int>(body.size()))) return damaged;
        if (record.sequence() != ++count) return damaged;
        if (record.has_started()) into = std::move(*record.mutable_started());
        if (record.has_finding()) *into.add_findings() = std::move(*record.mutable_finding());
        if (record.has_finished()) {
            *into.mutable_finished_at() = record.finished().finished_at();
            into.mutable_probes()->Swap(record.mutable_finished()->mutable_probes());
        }
    }
    // Half an inspection must never look like a whole one.
    if (count != newest.last) return damaged;
    return {};
}

Result<readiness::FleetNode> Store::Connection::load(const v1::Node& node) const {
    readiness::FleetNode loaded;
    *loaded.inspection.mutable_node() = node;
    const auto newest = newest_of(node.id());
    if (!newest) return newest.error();
    if (newest->last != 0) {
        if (auto read = load_records(node.id(), *newest, loaded.inspection); !read) return read.error();
    }
    Cursor cursor(database, unfinished, node.id(), newest->started_at, newest->serial);
    const auto row = cursor.step();
    if (!row) return row.error();
    loaded.unfinished = *row;
    return loaded;
}

Result<std::vector<std::array<std::string, 2>>> Store::Connection::outdated_beyond(std::size_t keep) const {
    std::vector<std::array<std::string, 2>> found;
    Cursor cursor(database, outdated, static_cast<std::int64_t>(keep));
    for (;;) {
        const auto row = cursor.step();
        if (!row) return row.error();
        if (!*row) return found;
        found.push_back({cursor.text(0), cursor.text(1)});
    }
}

Store::Store(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Result<Store> Store::open(const std::filesystem::path& file, Mode mode) {
    auto database = open_store_file(
        file, mode == Mode::read_only ? Database::Mode::read_only : Database::Mode::read_write);
    if (!database) return database.error();
    auto connection = std::make_unique<Connection>(Connection{std::move(*database)});
    if (auto prepared = connection->prepare(); !prepared) return prepared.error();
    return Store(std::move(connection));
}

Result<void> Store::append(const std::vector<Delivery>& deliveries) {
    for (const auto& delivery : deliveries) {
        if (auto checked = check(delivery); !checked) return checked;
    }
    auto transaction = Transaction::begin(connection_->database, Transaction::Kind::write);
    if (!transaction) return transaction.error();
    for (const auto& delivery : deliveries) {
        if (auto kept = connection_->keep(delivery); !kept) return kept;
    }
    return transaction->commit();
}

Result<std::uint64_t> Store::last_sequence(const std::string& node_id,
                                           const std::string& inspection_id) const {
    const auto progress = connection_->progress_of(node_id, inspection_id);
    if (!progress) return progress.error();
    return *progress ? (*progress)->last : 0;
}

Result<void> Store::heard(const v1::Node& node, const google::protobuf::Timestamp& when) {
    return connection_->keep_node(node, when);
}

Result<Secret> Store::fingerprint_key() { return stored_fingerprint_key(connection_->database); }

Result<readiness::Fleet> Store::fleet() const {
    // One snapshot, whatever a writer does meanwhile.
    auto transaction = Transaction::begin(connection_->database, Transaction::Kind::read);
    if (!transaction) return transaction.error();
    readiness::Fleet fleet;
    Cursor cursor(connection_->database, connection_->nodes);
    for (;;) {
        const auto row = cursor.step();
        if (!row) return row.error();
        if (!*row) break;
        v1::Node node;
        node.set_id(cursor.text(0));
        node.set_name(cursor.text(1));
        auto loaded = connection_->load(node);
        if (!loaded) return loaded.error();
        loaded->last_heard = to_timestamp_from(cursor.integer(2));
        fleet.nodes.push_back(std::move(*loaded));
    }
    readiness::normalise(fleet);
    return fleet;
}

Result<void> Store::prune(std::size_t keep) {
    const auto outdated = connection_->outdated_beyond(keep);
    if (!outdated) return outdated.error();
    if (outdated->empty()) return {};
    const auto& database = connection_->database;
    auto transaction = Transaction::begin(database, Transaction::Kind::write);
    if (!transaction) return transaction.error();
    for (const auto& [node_id, id] : *outdated) {
        if (auto gone = Cursor(database, connection_->drop_records, node_id, id).run(); !gone) return gone;
        if (auto gone = Cursor(database, connection_->drop_inspection, node_id, id).run(); !gone) return gone;
    }
    return transaction->commit();
}

}  // namespace preflight::collector
