#include "readiness/checks/postgresql_health.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "readiness/node_match.h"
#include "readiness/telling.h"

namespace preflight::readiness {
namespace {

using Instance = v1::PostgresInstance;
using Role = v1::NodeRoles;

// Of 2^31 that may pass before the server takes no more writes; it freezes by itself from 200 million on.
constexpr std::uint64_t age_warned = 1'000'000'000;
constexpr std::uint64_t age_blocked = 1'800'000'000;
constexpr std::uint64_t lag_limit_milliseconds = 60'000;
constexpr std::uint64_t lag_limit_bytes = 256ULL * 1024 * 1024;
constexpr std::uint32_t remembers_collation = 150000;  // first that keeps the version of a database's own

struct Cases {
    v1::Verdict drifted = verdict(v1::BLOCKER, "collation",
                                  "text indexes were built with another version of the C library or ICU");
    v1::Verdict wraparound =
        verdict(v1::BLOCKER, "wraparound", "transaction numbers are about to run out: writes will stop");
    v1::Verdict unseen = verdict(v1::UNKNOWN, "unseen", "not every PostgreSQL in use told its state");
    v1::Verdict denied =
        verdict(v1::UNKNOWN, "denied", "PostgreSQL did not tell this login all of its state");
    v1::Verdict old = verdict(v1::WARNING, "wraparound_near", "a database was not frozen for long");
    v1::Verdict slots =
        verdict(v1::WARNING, "slot_inactive", "a replication slot that nobody uses keeps WAL on the disk");
    v1::Verdict lost = verdict(v1::WARNING, "slot_lost", "a replication slot has lost WAL that it needs");
    v1::Verdict prepared = verdict(v1::WARNING, "prepared", "prepared transactions are left open");
    v1::Verdict invalid = verdict(v1::WARNING, "invalid_indexes", "indexes are invalid");
    v1::Verdict running = verdict(v1::WARNING, "long_transactions", "transactions run longer than 5 minutes");
    v1::Verdict pending =
        verdict(v1::WARNING, "pending_restart", "settings wait for a restart of the server");
    v1::Verdict replica = verdict(v1::WARNING, "replica_down", "a replica does not stream");
    v1::Verdict behind = verdict(v1::WARNING, "replica_behind", "a replica is far behind");
    v1::Verdict encoding = verdict(v1::WARNING, "encoding", "a database of GitLab is not encoded in UTF8");
    v1::Verdict unlimited =
        verdict(v1::NOTE, "slot_unlimited",
                "nothing limits the WAL that replication slots of replicas keep on the disk");
    v1::Verdict unrecorded =
        verdict(v1::NOTE, "collation_unrecorded",
                "the server keeps no record of the version that its text indexes were built with");
    v1::Verdict ready = verdict(v1::READY, "healthy", "PostgreSQL is in order");
};

struct Told {
    const FleetNode* node = nullptr;
    const v1::Finding* finding = nullptr;
    const Instance* what = nullptr;
};

std::vector<Told> instances(const Fleet& fleet) {
    std::vector<Told> all;
    for (const auto& node : fleet.nodes) {
        for (const auto& [what, finding] :
             findings_of<&v1::Finding::has_postgres_instance, &v1::Finding::postgres_instance>(node))
            all.push_back({&node, finding, what});
    }
    return all;
}

bool hides(const Instance& instance, std::string_view part) {
    return std::ranges::find(instance.denied(), part) != instance.denied().end();
}

// Both look at one server. A cluster has one primary; of its replicas only the place tells which it is.
bool same_server(const Told& one, const Told& other) {
    if (one.what->system_identifier().empty() || one.what->role() != other.what->role() ||
        one.what->system_identifier() != other.what->system_identifier())
        return false;
    const auto host = split_address(one.what->address(), 0).host;
    return one.what->role() == Instance::PRIMARY || one.node == other.node || goes_by(*other.node, host);
}

// What this login may not see, another one may have seen.
std::vector<std::string> hidden_parts(const Told& one, const std::vector<Told>& all) {
    constexpr std::array<std::string_view, 3> judged_elsewhere{"system_identifier", "tablespaces",
                                                               "extensions"};
    constexpr std::array<std::string_view, 2> of_a_database{"collations", "invalid_indexes"};
    std::vector<std::string> parts;
    for (const auto& part : one.what->denied()) {
        if (std::ranges::find(judged_elsewhere, part) != judged_elsewhere.end()) continue;
        const bool by_database = std::ranges::find(of_a_database, part) != of_a_database.end();
        const bool told = std::ranges::any_of(all, [&](const Told& other) {
            return !hides(*other.what, part) && same_server(one, other) &&
                   (!by_database || other.what->database() == one.what->database());
        });
        if (!told) parts.push_back(clipped(part, 60));
    }
    return parts;
}

class Judging {
  public:
    Judging(const std::vector<Told>& all, Cases& cases) : all_(all), cases_(cases) {}

    void judge(const Told& told) {
        const auto& what = *told.what;
        telling_.begin(*told.node, *told.finding, what.address());
        if (const auto parts = hidden_of(told); !parts.empty())
            telling_.say(cases_.denied, "not told, or not to the end: " + listed_first(parts));
        if (what.version().empty()) telling_.say(cases_.unseen, "does not tell its version");
        judge_collations(what);
        judge_encoding(what);
        judge_age(what);
        judge_slots(what);
        judge_work(what);
        judge_replicas(what);
        if (what.role() == Instance::REPLICA) judge_replay(what);
        telling_.end(cases_.ready, "PostgreSQL " + clipped(what.version(), 40));
    }

  private:
    // Thousands may look at one primary with one login: what is hidden from one is hidden from all.
    std::vector<std::string> hidden_of(const Told& told) {
        const auto& what = *told.what;
        if (what.role() != Instance::PRIMARY || what.system_identifier().empty())
            return hidden_parts(told, all_);
        const Look look{
            what.system_identifier(), what.database(), {what.denied().begin(), what.denied().end()}};
        const auto known = hidden_.find(look);
        return known != hidden_.end() ? known->second
                                      : hidden_.emplace(look, hidden_parts(told, all_)).first->second;
    }

    static std::string name_of(const std::string& text) { return clipped(text, 80); }

    // The collation "default" stands for that of the database, which has a line of its own.
    void judge_collations(const Instance& what) {
        std::vector<std::string> drifted;
        bool unrecorded = what.version_number() < remembers_collation && what.collation() != "C" &&
                          what.collation() != "POSIX" && what.collation() != "C.UTF-8";
        for (const auto& one : what.drifted()) {
            if (!one.stored().empty()) {
                drifted.push_back(name_of(one.name()) + " was " + name_of(one.stored()) + ", is " +
                                  (one.actual().empty() ? "not told" : name_of(one.actual())));
            } else if (one.name() != "default") {
                unrecorded = true;
            }
        }
        if (!drifted.empty()) telling_.say(cases_.drifted, listed_first(drifted, 5));
        if (drifted.empty() && unrecorded)
            telling_.say(cases_.unrecorded, "collation " + name_of(what.collation()));
    }

    // Empty: not told, and then the whole server is not.
    void judge_encoding(const Instance& what) {
        if (what.encoding().empty() || what.encoding() == "UTF8") return;
        telling_.say(cases_.encoding, name_of(what.database()) + ": " + name_of(what.encoding()));
    }

    void judge_age(const Instance& what) {
        for (const auto& one : what.databases()) {
            const auto text = name_of(one.name()) + ": " + passing(std::to_string(one.transaction_age())) +
                              " transactions since it was frozen";
            if (one.transaction_age() >= age_blocked) {
                telling_.say(cases_.wraparound, text);
            } else if (one.transaction_age() >= age_warned) {
                telling_.say(cases_.old, text);
            }
        }
    }

    void judge_slots(const Instance& what) {
        std::vector<std::string> idle;
        std::vector<std::string> lost;
        for (const auto& slot : what.slots()) {
            const auto text = name_of(slot.name()) + " (" + passing(size_text(slot.retained_bytes())) + ")";
            if (slot.wal_status() == "lost" || slot.wal_status() == "unreserved") {
                lost.push_back(text);
            } else if (!slot.active()) {
                idle.push_back(text);
            }
        }
        if (!idle.empty()) telling_.say(cases_.slots, listed_first(idle));
        if (!lost.empty()) telling_.say(cases_.lost, listed_first(lost));
        judge_limit(what);
    }

    // A slot in use is one that nobody uses as soon as its replica is stopped for the upgrade.
    void judge_limit(const Instance& what) {
        const auto limit = what.settings().find("max_slot_wal_keep_size");
        if (limit == what.settings().end() || limit->second != "-1") return;
        std::vector<std::string> kept;
        for (const auto& slot : what.slots()) {
            if (slot.type() == "physical") kept.push_back(name_of(slot.name()));
        }
        if (!kept.empty()) telling_.say(cases_.unlimited, "slots of replicas: " + listed_first(kept));
    }

    void judge_work(const Instance& what) {
        if (what.prepared_transactions() > 0)
            telling_.say(cases_.prepared, counted(what.prepared_transactions(), "prepared transaction"));
        const std::vector<std::string> indexes(what.invalid_indexes().begin(), what.invalid_indexes().end());
        if (!indexes.empty()) telling_.say(cases_.invalid, listed_first(indexes, 5));
        const std::vector<std::string> settings(what.pending_restart().begin(), what.pending_restart().end());
        if (!settings.empty()) telling_.say(cases_.pending, listed_first(settings));
        if (what.long_transactions() > 0) {
            telling_.say(cases_.running, passing(std::to_string(what.long_transactions()) + ", the oldest " +
                                                 std::to_string(what.oldest_transaction_seconds()) + " s"));
        }
    }

    // One that is being built ("backup") does not stream yet, and is none.
    void judge_replicas(const Instance& what) {
        std::vector<std::string> down;
        std::vector<std::string> behind;
        for (const auto& one : what.replicas()) {
            const auto name = name_of(one.name()) + " " + name_of(one.address());
            if (one.state() != "streaming" && one.state() != "backup") {
                down.push_back(name + " is in state " + name_of(one.state()));
            } else if (one.replay_lag_bytes() > lag_limit_bytes) {
                behind.push_back(name + " by " + passing(size_text(one.replay_lag_bytes())));
            }
        }
        if (!down.empty()) telling_.say(cases_.replica, listed_first(down));
        if (!behind.empty()) telling_.say(cases_.behind, listed_first(behind));
    }

    void judge_replay(const Instance& what) {
        if (hides(what, "replay")) return;
        if (what.receiver_status() != "streaming") {
            telling_.say(cases_.replica, what.receiver_status().empty()
                                             ? "receives nothing"
                                             : "its receiver is " + name_of(what.receiver_status()));
        }
        if (what.replay_lag_milliseconds() > lag_limit_milliseconds)
            telling_.say(cases_.behind,
                         passing(std::to_string(what.replay_lag_milliseconds() / 1000) + " s"));
    }

    using Look = std::tuple<std::string, std::string, std::vector<std::string>>;  // cluster, database, denied
    std::map<Look, std::vector<std::string>> hidden_;
    const std::vector<Told>& all_;
    Cases& cases_;
    Telling telling_;
};

void note_unheard(const FleetNode& node, Cases& cases) {
    std::set<std::string> answered;
    for (const auto& [what, finding] :
         findings_of<&v1::Finding::has_postgres_instance, &v1::Finding::postgres_instance>(node))
        answered.insert(what->address());
    about_untold(cases.unseen, node,
                 {{Role::RAILS, Role::SIDEKIQ, Role::POSTGRESQL, Role::PRAEFECT}, "postgres", {"postgresql"}},
                 answered);
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    Cases cases;
    const auto all = instances(fleet);
    Judging judging(all, cases);
    for (const auto& told : all) judging.judge(told);
    for (const auto& node : fleet.nodes) note_unheard(node, cases);
    return kept({&cases.drifted, &cases.wraparound, &cases.unseen, &cases.denied, &cases.old, &cases.slots,
                 &cases.lost, &cases.prepared, &cases.invalid, &cases.running, &cases.pending, &cases.replica,
                 &cases.behind, &cases.encoding, &cases.unlimited, &cases.unrecorded, &cases.ready},
                fleet, "unused", "no node uses PostgreSQL");
}

}  // namespace

constexpr Check postgresql_health{
    .id = "postgresql.health",
    .asks = "Is every PostgreSQL server in order?",
    .judge = judge,
};

}  // namespace preflight::readiness
