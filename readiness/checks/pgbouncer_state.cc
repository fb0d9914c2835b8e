#include "readiness/checks/pgbouncer_state.h"

#include "readiness/telling.h"

namespace preflight::readiness {
namespace {

struct Cases {
    v1::Verdict paused = verdict(v1::BLOCKER, "paused", "PgBouncer holds back what its clients ask");
    v1::Verdict disabled = verdict(v1::BLOCKER, "disabled", "PgBouncer takes no clients for a database");
    v1::Verdict unseen = verdict(v1::UNKNOWN, "unseen", "not every PgBouncer told its state");
    v1::Verdict waiting =
        verdict(v1::WARNING, "waiting", "clients of PgBouncer wait for a connection to PostgreSQL");
    v1::Verdict mode =
        verdict(v1::WARNING, "pool_mode", "a pool of PgBouncer is neither of transactions nor of sessions");
    v1::Verdict ready = verdict(v1::READY, "active", "PgBouncer lets its clients through");
};

std::string name_of(const v1::PgbouncerStatus::Database& database) {
    return clipped(database.name(), 80) + " on " + clipped(database.host(), 80);
}

struct Modes {
    std::vector<std::string> unfit;
    std::vector<std::string> untold;
};

// Without one of its own a database has that of the configuration. The console of PgBouncer has "statement".
Modes modes_of(const v1::PgbouncerStatus& status) {
    const auto usual = status.settings().find("pool_mode");
    Modes modes;
    for (const auto& database : status.databases()) {
        auto mode = database.pool_mode();
        if (mode.empty() && usual != status.settings().end()) mode = usual->second;
        if (database.name() == "pgbouncer" || mode == "transaction" || mode == "session") continue;
        if (mode.empty()) {
            modes.untold.push_back(name_of(database));
        } else {
            modes.unfit.push_back(name_of(database) + ": " + clipped(mode, 40));
        }
    }
    return modes;
}

void judge_status(const FleetNode& node, const v1::Finding& finding, const v1::PgbouncerStatus& status,
                  Telling& telling, Cases& cases) {
    telling.begin(node, finding, status.address());
    if (!status.state().empty() && status.state() != "active")
        telling.say(cases.paused, "it is " + clipped(status.state(), 60));
    std::vector<std::string> paused;
    std::vector<std::string> disabled;
    for (const auto& database : status.databases()) {
        if (database.paused()) paused.push_back(name_of(database));
        if (database.disabled()) disabled.push_back(name_of(database));
    }
    std::vector<std::string> waiting;
    for (const auto& pool : status.pools()) {
        if (pool.clients_waiting() == 0) continue;
        waiting.push_back(clipped(pool.database(), 80) + ": " +
                          passing(counted(pool.clients_waiting(), "client") + ", up to " +
                                  std::to_string(pool.longest_wait_milliseconds()) + " ms"));
    }
    if (!paused.empty()) telling.say(cases.paused, listed_first(paused));
    if (!disabled.empty()) telling.say(cases.disabled, listed_first(disabled));
    if (!waiting.empty()) telling.say(cases.waiting, listed_first(waiting));
    const auto modes = modes_of(status);
    if (!modes.unfit.empty()) telling.say(cases.mode, listed_first(modes.unfit));
    if (!modes.untold.empty())
        telling.say(cases.unseen, "the pool mode was not told of " + listed_first(modes.untold));
    if (status.databases().empty()) telling.say(cases.unseen, "told of no database");
    telling.end(cases.ready, "PgBouncer " + clipped(status.version(), 40) + ", " +
                                 counted(static_cast<std::size_t>(status.databases_size()), "database"));
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    Cases cases;
    Telling telling;
    for (const auto& node : fleet.nodes) {
        std::set<std::string> answered;
        for (const auto& [status, finding] :
             findings_of<&v1::Finding::has_pgbouncer_status, &v1::Finding::pgbouncer_status>(node)) {
            judge_status(node, *finding, *status, telling, cases);
            answered.insert(status->address());
        }
        if (unheard(node, {v1::NodeRoles::PGBOUNCER}, "pgbouncer", !answered.empty()))
            about_unseen(cases.unseen, node, "pgbouncer");
        // The probe `postgres` reaches through a pooler too, for what lies behind it.
        if (answered.empty()) about_unanswered(cases.unseen, node, {"pgbouncer"}, answered);
    }
    return kept({&cases.paused, &cases.disabled, &cases.unseen, &cases.waiting, &cases.mode, &cases.ready},
                fleet, "unused", "no node runs PgBouncer");
}

}  // namespace

constexpr Check pgbouncer_state{
    .id = "pgbouncer.state",
    .asks = "Does every PgBouncer let its clients through?",
    .judge = judge,
};

}  // namespace preflight::readiness
