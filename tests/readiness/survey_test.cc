#include "readiness/survey.h"

#include "readiness/installed.h"
#include "readiness/key_table.h"
#include "tests/readiness/whole_fleet.h"

namespace preflight::readiness {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsNull;
using ::testing::NotNull;
using ::testing::Pair;

Fleet surveyed(std::vector<FleetNode> nodes) {
    auto fleet = fleet_of(std::move(nodes));
    normalise(fleet);
    survey(fleet, to("19.3.0"), built_in_knowledge());
    return fleet;
}

std::vector<std::string> addresses(const Fleet& fleet) {
    std::vector<std::string> found;
    for (const auto& endpoint : endpoints_of(fleet, {}))
        found.push_back(endpoint.coverage.ShortDebugString());
    for (const auto& server : servers_of(v1::ServerIs::POSTGRESQL, fleet, to("19.3.0")).found)
        found.push_back(server.address + " " + node_name(*server.node));
    for (const auto& leg : find_route(fleet, to("19.3.0"), built_in_knowledge()).legs)
        found.push_back(leg_text(leg));
    return found;
}

TEST(Survey, SaysTheSameAsTheFleetWithoutOne) {
    const auto with = surveyed({whole_rails(), whole_gitaly()});
    auto without = fleet_of({whole_rails(), whole_gitaly()});
    normalise(without);
    ASSERT_THAT(with.survey, NotNull());
    ASSERT_THAT(without.survey, IsNull());
    EXPECT_EQ(addresses(with), addresses(without));
    EXPECT_EQ(addresses(with).back(), "19.2.4 → 19.3.0");
}

TEST(Survey, KnowsWhichExpectedNodesNeverReported) {
    auto upgrade = to("19.3.0");
    upgrade.expected_nodes = {"web1.example.test", "web9"};
    auto fleet = fleet_of({whole_rails()});
    normalise(fleet);
    const auto without = not_there(fleet, upgrade.expected_nodes);
    survey(fleet, upgrade, built_in_knowledge());
    ASSERT_TRUE(fleet.survey->missing);
    for (const auto& missing : {without, *fleet.survey->missing, not_there(fleet, upgrade.expected_nodes)})
        EXPECT_THAT(missing, ElementsAre("web9"));
    EXPECT_THAT(not_there(fleet, {}), IsEmpty()) << "none is asked for";
}

// It points into the fleet that it was made of.
TEST(Survey, IsNotThatOfACopy) {
    auto fleet = surveyed({whole_rails()});
    EXPECT_THAT(Fleet(fleet).survey, IsNull());
    EXPECT_THAT(Fleet(std::move(fleet)).survey, NotNull());
}

std::vector<std::string> settings(const Fleet& fleet, std::string_view pattern) {
    std::vector<std::string> found;
    setting_uses(fleet)->each(pattern, [&](const SettingUse& use) {
        found.push_back(use.finding->setting().key() + " " + node_name(*use.node));
    });
    return found;
}

TEST(SettingUses, AreFoundByKeyAndByBeginning) {
    const auto sets = [](std::string_view key) {
        return "findings { probe: 'settings' setting { key: \"" + std::string(key) + "\" } } ";
    };
    const auto fleet =
        fleet_of({node("a", sets("nginx['x']") + sets("nginx['y']") + ran({"settings"})),
                  node("b", sets("nginx['x']") + sets("puma['x']")),
                  node("lb", "findings { probe: 'installation' installation { method: NONE } }")});
    EXPECT_THAT(settings(fleet, "nginx['x']"), ElementsAre("nginx['x'] a", "nginx['x'] b"));
    EXPECT_THAT(settings(fleet, "nginx[*"), ElementsAre("nginx['x'] a", "nginx['x'] b", "nginx['y'] a"));
    EXPECT_THAT(settings(fleet, "nginx['"), IsEmpty());
    EXPECT_THAT(setting_uses(fleet)->unseen(), ElementsAre(&fleet.nodes[1]))
        << "a node without GitLab has none";
}

// In order, each kind is looked up where it lies; out of order, or changed since, everything is looked
// through.
TEST(FindingsOf, AreTheSameInOrderAndOutOfIt) {
    const auto count = [](const FleetNode& node) {
        std::size_t found = 0;
        for (const auto& [listener, finding] :
             findings_of<&v1::Finding::has_listener, &v1::Finding::listener>(node))
            found += listener->service().size();
        for (const auto& [gap, finding] : findings_of<&v1::Finding::has_gap, &v1::Finding::gap>(node))
            found += 1000 * finding->probe().size();
        return found;
    };
    const auto as_arrived = whole_rails();
    auto fleet = fleet_of({as_arrived});
    normalise(fleet);
    auto& ordered = fleet.nodes.front();
    EXPECT_EQ(count(ordered), count(as_arrived));
    EXPECT_GT(count(ordered), 0U);
    *ordered.inspection.add_findings() = node("x", gap("geo", "cause: ABSENT")).inspection.findings(0);
    EXPECT_EQ(count(ordered), count(as_arrived) + 3000);
}

TEST(Finished, IsKnownOfEachProbe) {
    auto fleet = fleet_of({node("a", ran({"system", "geo", "backups", "certificates"}) +
                                         "probes { probe: 'redis' outcome: TIMED_OUT }")});
    for (int round = 0; round < 2; ++round) {
        for (const auto* probe : {"system", "geo", "backups", "certificates"})
            EXPECT_TRUE(finished(fleet.nodes.front(), probe)) << probe;
        for (const auto* probe : {"redis", "gitaly", ""})
            EXPECT_FALSE(finished(fleet.nodes.front(), probe)) << probe;
        normalise(fleet);
    }
}

std::vector<bool> answers(const FleetNode& node) {
    std::vector<bool> all{roles_seen(node),   without_gitlab(node),        installation_unseen(node),
                          from_package(node), from_package_or_image(node), newest_seconds(node) == 7};
    for (int role = v1::NodeRoles::Role_MIN; role <= v1::NodeRoles::Role_MAX; ++role)
        all.push_back(has_role(node, static_cast<v1::NodeRoles::Role>(role)));
    for (const auto* probe : {"system", "geo", "redis"}) {
        for (const auto ask : {finished, saw_all, broke_off}) all.push_back(ask(node, probe));
    }
    return all;
}

std::string installed(int method) {
    return "findings { probe: 'installation' installation { method: " + std::to_string(method) + " } } ";
}

// Numbers of a newer agent are no reason to take them for others, or for none.
TEST(Outline, SaysTheSameAsTheFindings) {
    const auto head = ran({"system", "geo"}) + "probes { probe: 'redis' outcome: KILLED } ";
    for (const auto& what :
         {std::string(), installed(1), installed(2), installed(3), installed(99),
          installed(1) + installed(99),
          std::string("findings { probe: 'services' node_roles { roles: [1, 15, 200] } }"),
          std::string("findings { probe: 'services' taken_at { seconds: 7 } node_roles {} }"),
          gap("geo", "cause: DENIED")}) {
        const auto as_arrived = node("a", head + what);
        auto fleet = fleet_of({as_arrived});
        normalise(fleet);
        EXPECT_EQ(answers(fleet.nodes.front()), answers(as_arrived)) << what;
    }
}

TEST(Outline, OfARoleThatIsNotKnownIsOfNoOther) {
    auto fleet = fleet_of({node("a", "findings { probe: 'services' node_roles { roles: [9, 200] } }")});
    normalise(fleet);
    EXPECT_TRUE(has_role(fleet.nodes.front(), v1::NodeRoles::REDIS));
    EXPECT_FALSE(runs_application(fleet.nodes.front()));
}

TEST(KeyTable, FindsAKeyInWhateverOrderTheyCome) {
    KeyTable<int> table;
    for (const auto* key : {"a", "b", "c", "b", "a", "c", "c", "d"}) ++table[key];
    EXPECT_THAT(table.entries(), ElementsAre(Pair("a", 2), Pair("b", 2), Pair("c", 3), Pair("d", 1)));
}

}  // namespace
}  // namespace preflight::readiness
