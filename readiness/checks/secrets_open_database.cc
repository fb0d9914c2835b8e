#include "readiness/checks/secrets_open_database.h"

#include "readiness/secret_groups.h"
#include "readiness/telling.h"

namespace preflight::readiness {
namespace {

struct Cases {
    v1::Verdict closed = verdict(v1::BLOCKER, "does_not_open",
                                 "the node's db_key_base does not open what the current database holds");
    v1::Verdict unseen =
        verdict(v1::UNKNOWN, "unseen", "whether db_key_base fits the database was not tried");
    v1::Verdict untried =
        verdict(v1::NOTE, "nothing_to_try", "the database holds no row that could prove db_key_base");
    v1::Verdict ready = verdict(v1::READY, "opens", "db_key_base opens what the current database holds");
};

// A column that opens proves nothing for one that does not: a table may have been restored alone.
void judge_node(const FleetNode& node, Cases& cases) {
    const auto proofs = findings_of<&v1::Finding::has_secret_proof, &v1::Finding::secret_proof>(node);
    const auto show = [&](v1::SecretProof::Outcome outcome, v1::Verdict& verdict) {
        bool any = false;
        for (const auto& [proof, finding] : proofs) {
            if (proof->outcome() != outcome) continue;
            any = true;
            about(verdict, node, *finding,
                  clipped(proof->column(), 120) + ": " + std::to_string(proof->rows_opened()) + " of " +
                      counted(proof->rows_tried(), "row") + " opened");
        }
        return any;
    };
    if (show(v1::SecretProof::DOES_NOT_OPEN, cases.closed) || show(v1::SecretProof::OPENS, cases.ready) ||
        show(v1::SecretProof::NOTHING_TO_TRY, cases.untried))
        return;
    if (needs_secrets(node)) about_unseen(cases.unseen, node, "postgres");
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    Cases cases;
    for (const auto& node : fleet.nodes) judge_node(node, cases);
    return kept({&cases.closed, &cases.unseen, &cases.untried, &cases.ready}, fleet, "nobody",
                "no node needs the application's secrets");
}

}  // namespace

constexpr Check secrets_open_database{
    .id = "secrets.open_database",
    .asks = "Do the secrets open what the database holds encrypted?",
    .judge = judge,
};

}  // namespace preflight::readiness
