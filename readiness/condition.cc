#include "readiness/condition.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "readiness/conditions/predicates.h"

namespace preflight::readiness {
namespace {

using Asks = v1::Condition::AsksCase;

void add(v1::Verdict& to, const v1::Verdict& from) {
    to.mutable_nodes()->MergeFrom(from.nodes());
    to.mutable_evidence()->MergeFrom(from.evidence());
}

// Once, where several parts ask the same.
void add_question(std::string& to, const std::string& from) {
    if (from.empty() || to.find(from) != std::string::npos) return;
    if (!to.empty()) to += " ";
    to += from;
}

// Nodes of which every part speaks that names nodes at all; empty where the parts speak of different ones.
class Common {
  public:
    void meet(const v1::Verdict& part) {
        if (part.nodes().empty()) return;
        std::set<std::string> named(part.nodes().begin(), part.nodes().end());
        if (nodes_) std::erase_if(named, [&](const std::string& node) { return !nodes_->contains(node); });
        nodes_ = std::move(named);
    }

    // Leaves in it what is about them.
    void narrow(v1::Verdict& shown) const {
        if (!nodes_ || nodes_->empty()) return;
        const auto other = [&](const std::string& node) { return !node.empty() && !nodes_->contains(node); };
        auto& nodes = *shown.mutable_nodes();
        nodes.erase(std::remove_if(nodes.begin(), nodes.end(), other), nodes.end());
        auto& evidence = *shown.mutable_evidence();
        const auto of_other = [&](const v1::Evidence& one) { return other(one.node()); };
        evidence.erase(std::remove_if(evidence.begin(), evidence.end(), of_other), evidence.end());
    }

  private:
    std::optional<std::set<std::string>> nodes_;
};

Decided decide(const v1::Condition& condition, const Scene& scene);

// Of several parts, the one that settles it: with `settling` for one of them all is said. Else one that is
// open leaves it open, and what is still to be asked is what the open ones ask.
Decided joined(const v1::Conditions& conditions, Truth settling, const Scene& scene) {
    Decided open{Truth::unknown, {}, {}, false};
    Decided rest{settling == Truth::holds ? Truth::fails : Truth::holds, {}, {}, false};
    bool is_open = false;
    Common common;
    for (const auto& condition : conditions.of()) {
        auto part = decide(condition, scene);
        if (part.truth == settling) return part;
        auto& into = part.truth == Truth::unknown ? open : rest;
        is_open = is_open || part.truth == Truth::unknown;
        common.meet(part.shown);
        add(into.shown, part.shown);
        add_question(into.question, part.question);
        into.unseen = into.unseen || part.unseen || part.question.empty();
        into.attested = into.attested || part.attested;
    }
    if (is_open) return open;
    rest.unseen = false;
    // What holds by several parts at once holds where they meet; what fails, fails by each of them.
    if (rest.truth == Truth::holds) common.narrow(rest.shown);
    return rest;
}

// What was not seen of the parts before the one that asks a person is shown with the question: the person's
// word alone settles it.
Decided first_told(const v1::Conditions& conditions, const Scene& scene) {
    Decided open;
    for (const auto& condition : conditions.of()) {
        auto part = decide(condition, scene);
        if (part.truth != Truth::unknown) return part;
        add(open.shown, part.shown);
        add_question(open.question, part.question);
        open.unseen = part.unseen;
    }
    return open;
}

Decided turned(Decided decided) {
    if (decided.truth == Truth::unknown) return decided;
    decided.truth = decided.truth == Truth::holds ? Truth::fails : Truth::holds;
    return decided;
}

// Each group of predicates answers for its own questions alone.
std::optional<Decided> of_node(const v1::Condition& condition, const Scene& scene) {
    switch (condition.asks_case()) {
        case Asks::kInstalled:
            return decide(condition.installed(), scene);
        case Asks::kRuns:
            return decide(condition.runs(), scene);
        case Asks::kSystem:
            return decide(condition.system(), scene);
        case Asks::kNodes:
            return decide(condition.nodes(), scene);
        case Asks::kService:
            return decide(condition.service(), scene);
        case Asks::kMarkerFile:
            return decide(condition.marker_file(), scene);
        case Asks::kFilesystem:
            return decide(condition.filesystem(), scene);
        case Asks::kSecurity:
            return decide(condition.security(), scene);
        case Asks::kTornFile:
            return decide(condition.torn_file(), scene);
        case Asks::kBeyondAscii:
            return decide(condition.beyond_ascii(), scene);
        case Asks::kCertificateKey:
            return decide(condition.certificate_key(), scene);
        case Asks::kChangedEdition:
            return decide(condition.changed_edition(), scene);
        default:
            return {};
    }
}

std::optional<Decided> of_configuration(const v1::Condition& condition, const Scene& scene) {
    switch (condition.asks_case()) {
        case Asks::kSetting:
            return decide(condition.setting(), scene);
        case Asks::kUses:
            return decide(condition.uses(), scene);
        case Asks::kSharesStoragePath:
            return decide(condition.shares_storage_path(), scene);
        case Asks::kSecretsDiffer:
            return decide(condition.secrets_differ(), scene);
        case Asks::kGeo:
            return decide(condition.geo(), scene);
        case Asks::kWithoutDowntime:
            return decide(condition.without_downtime(), scene);
        case Asks::kPerson:
            return decide(condition.person(), scene);
        default:
            return {};
    }
}

std::optional<Decided> of_servers(const v1::Condition& condition, const Scene& scene) {
    switch (condition.asks_case()) {
        case Asks::kServer:
            return decide(condition.server(), scene);
        case Asks::kPostgresSets:
            return decide(condition.postgres_sets(), scene);
        case Asks::kLacksExtension:
            return decide(condition.lacks_extension(), scene);
        case Asks::kPendingRestart:
            return decide(condition.pending_restart(), scene);
        case Asks::kThroughPgbouncer:
            return decide(condition.through_pgbouncer(), scene);
        case Asks::kUnavailableRepositories:
            return decide(condition.unavailable_repositories(), scene);
        case Asks::kInstanceSets:
            return decide(condition.instance_sets(), scene);
        case Asks::kTable:
            return decide(condition.table(), scene);
        case Asks::kUnfinishedMigration:
            return decide(condition.unfinished_migration(), scene);
        case Asks::kTableFact:
            return decide(condition.table_fact(), scene);
        case Asks::kGeoSite:
            return decide(condition.geo_site(), scene);
        default:
            return {};
    }
}

Decided decide(const v1::Condition& condition, const Scene& scene) {
    switch (condition.asks_case()) {
        case Asks::kAll:
            return joined(condition.all(), Truth::fails, scene);
        case Asks::kAny:
            return joined(condition.any(), Truth::holds, scene);
        case Asks::kNone:
            return turned(joined(condition.none(), Truth::holds, scene));
        case Asks::kFirst:
            return first_told(condition.first(), scene);
        case Asks::ASKS_NOT_SET:
            return {Truth::holds, {}, {}};  // asks nothing: it is for everybody
        default:
            break;
    }
    for (auto* group : {of_node, of_configuration, of_servers}) {
        if (auto decided = group(condition, scene)) return std::move(*decided);
    }
    return {};  // a question of a later version: nobody here can say
}

// Can it come to `truth` without a person's word?
bool can_be(Truth truth, const v1::Condition& condition) {
    const auto opposite = truth == Truth::holds ? Truth::fails : Truth::holds;
    const auto part_can = [](Truth wanted) {
        return [wanted](const v1::Condition& part) { return can_be(wanted, part); };
    };
    switch (condition.asks_case()) {
        case Asks::kAll:
            return truth == Truth::holds ? std::ranges::all_of(condition.all().of(), part_can(truth))
                                         : std::ranges::any_of(condition.all().of(), part_can(truth));
        case Asks::kAny:
            return truth == Truth::holds ? std::ranges::any_of(condition.any().of(), part_can(truth))
                                         : std::ranges::all_of(condition.any().of(), part_can(truth));
        case Asks::kNone:
            return truth == Truth::holds ? std::ranges::all_of(condition.none().of(), part_can(opposite))
                                         : std::ranges::any_of(condition.none().of(), part_can(opposite));
        case Asks::kFirst:
            return std::ranges::any_of(condition.first().of(), part_can(truth));
        case Asks::kPerson:
            return false;
        default:
            return true;
    }
}

}  // namespace

Decided evaluate(const v1::Condition& condition, const Fleet& fleet, const Upgrade& upgrade,
                 const v1::Knowledge& knowledge, const BeforeHop* before) {
    return decide(condition, {fleet, upgrade, knowledge, before});
}

bool decidable(const v1::Condition& condition) { return can_be(Truth::holds, condition); }

}  // namespace preflight::readiness
