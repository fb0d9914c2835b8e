#include "readiness/checks/settings_one_node_migrates.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

std::string sets(std::string_view key, std::string_view value, std::string_view state = "LITERAL") {
    return "findings { probe: 'settings' setting { key: \"" + std::string(key) +
           "['auto_migrate']\" value: '" + std::string(value) + "' state: " + std::string(state) +
           " origin: ATTRIBUTES } } ";
}

const std::string no = sets("gitlab_rails", "false");

std::string site(std::string_view role, std::string_view name = "") {
    return "findings { probe: 'geo' geo_role { role: " + std::string(role) + " site_name: '" +
           std::string(name) + "' } } ";
}

FleetNode member(std::string_view name, std::string_view with_roles, const std::string& findings = "",
                 const std::string& of_site = site("NOT_CONFIGURED")) {
    return node(name, installed("19.2.4") + roles(with_roles) + ran({"settings", "geo", "services"}) +
                          of_site + findings);
}

std::vector<v1::Verdict> of(std::vector<FleetNode> nodes) {
    return judged(settings_one_node_migrates, fleet_of(std::move(nodes)));
}

TEST(OneNodeMigrates, IsReadyWhereTheOthersAreKeptFromIt) {
    const auto verdicts =
        of({member("web1", "RAILS"), member("web2", "RAILS", no), member("job1", "SIDEKIQ", no)});
    ASSERT_THAT(verdicts, ElementsAre(AllOf(says(v1::READY, "one"), on(Names{"web1"}))));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "gitlab_rails['auto_migrate'] is not set, and true by default");
}

TEST(OneNodeMigrates, WarnsOfSeveralThatWould) {
    EXPECT_THAT(of({member("web1", "RAILS"), member("web2", "RAILS", sets("gitlab_rails", "true")),
                    member("web3", "RAILS", no)}),
                ElementsAre(AllOf(says(v1::WARNING, "several"), on(Names{"web1", "web2"}))));
    EXPECT_THAT(of({member("p1", "PRAEFECT"), member("p2", "PRAEFECT")}),
                ElementsAre(AllOf(says(v1::WARNING, "several"), mentions("Praefect's database"))));
}

TEST(OneNodeMigrates, NotesThatNobodyWould) {
    EXPECT_THAT(of({member("web1", "RAILS", no), member("web2", "RAILS", no)}),
                ElementsAre(AllOf(says(v1::NOTE, "nobody"), on(Names{"web1", "web2"}))));
}

TEST(OneNodeMigrates, AsksEachDatabaseByItself) {
    EXPECT_THAT(of({member("web1", "RAILS"), member("web2", "RAILS", no), member("p1", "PRAEFECT"),
                    member("p2", "PRAEFECT", sets("praefect", "false"))}),
                ElementsAre(AllOf(says(v1::READY, "one"), on(Names{"web1", "p1"}))));
}

TEST(OneNodeMigrates, WarnsOfNodesOfASecondarySiteThatWouldChangeTheCopy) {
    const auto primary = member("web1", "RAILS", "", site("PRIMARY", "main"));
    const auto secondary = [](std::string_view name, const std::string& findings) {
        return member(name, "RAILS", findings, site("SECONDARY", "copy"));
    };
    EXPECT_THAT(of({primary, secondary("geo1", "")}),
                UnorderedElementsAre(AllOf(says(v1::WARNING, "secondary"), on(Names{"geo1"})),
                                     AllOf(says(v1::READY, "one"), on(Names{"web1", "geo1"}))));
    EXPECT_THAT(of({primary, secondary("geo1", no), secondary("geo2", no)}),
                UnorderedElementsAre(AllOf(says(v1::WARNING, "tracking"), on(Names{"geo1", "geo2"})),
                                     AllOf(says(v1::READY, "one"), on(Names{"web1"}))));
    EXPECT_THAT(of({primary, secondary("geo1", no), secondary("geo2", no + sets("geo_secondary", "false"))}),
                ElementsAre(AllOf(says(v1::READY, "one"), on(Names{"web1", "geo1"}))));
}

TEST(OneNodeMigrates, IsUnknownWhereASettingWasNotSeen) {
    const auto blind = node("web2", installed("19.2.4") + roles("RAILS") + site("NOT_CONFIGURED"));
    EXPECT_THAT(of({member("web1", "RAILS"), blind}),
                ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), on(Names{"web2"}))));
    EXPECT_THAT(of({member("web1", "RAILS"), member("web2", "RAILS", sets("gitlab_rails", "", "COMPUTED"))}),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(of({member("web1", "RAILS"), silent_node("web2")}),
                Contains(AllOf(says(v1::UNKNOWN, "unseen"), on(Names{"web2"}))));
    EXPECT_THAT(of({}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(OneNodeMigrates, IsUnknownWhereWhatANodeIsWasNotSeen) {
    const auto without_roles = node("web2", installed("19.2.4") + ran({"settings"}) + no);
    const auto without_version = node("web2", roles("RAILS") + ran({"settings"}) + no);
    for (const auto& lost : {without_roles, without_version}) {
        EXPECT_THAT(of({member("web1", "RAILS"), lost}),
                    Contains(AllOf(says(v1::UNKNOWN, "unseen"), on(Names{"web2"}))));
    }
}

TEST(OneNodeMigrates, DoesNotApplyToABuildOfOnesOwn) {
    EXPECT_THAT(of({node("forge",
                         "findings { probe: 'installation' installation { method: SELF_COMPILED "
                         "version: '19.2.4' } }" +
                             roles("RAILS"))}),
                ElementsAre(says(v1::NOT_APPLICABLE, "no_settings")));
}

}  // namespace
}  // namespace preflight::readiness
