#include "readiness/checks/findings_sound.h"

#include <google/protobuf/unknown_field_set.h>

#include "tests/readiness/losses.h"
#include "tests/readiness/whole_fleet.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Names = std::vector<std::string>;

std::vector<v1::Verdict> of(const std::string& findings) {
    return judged(findings_sound, fleet_of({node("web1", findings)}));
}

TEST(FindingsSound, IsReadyWhereNothingContradicts) {
    EXPECT_THAT(judged(findings_sound, whole_fleet()), ElementsAre(says(v1::READY, "sound")));
    EXPECT_THAT(of(installed("19.2.4") + installed("19.2.4") + runs_on("debian", "12")),
                ElementsAre(says(v1::READY, "sound")))
        << "the same twice";
}

TEST(FindingsSound, IsUnknownWhereANodeContradictsItself) {
    const auto service = [](std::string_view enabled) {
        return "findings { source: '/opt/gitlab/sv/puma' service { name: 'puma' enabled: " +
               std::string(enabled) + " } } ";
    };
    const auto redis = [](std::string_view version) {
        return "findings { redis_server { address: '10.0.0.7:6379' version: '" + std::string(version) +
               "' } } ";
    };
    const std::vector<std::pair<std::string, std::string>> pairs{
        {runs_on("debian", "12"), runs_on("debian", "11")},
        {installed("19.2.4"), installed("19.2.3")},
        {"findings { geo_role { role: PRIMARY } } ", "findings { geo_role { role: SECONDARY } } "},
        {"findings { filesystem { mount_point: '/' type: 'ext4' } } ",
         "findings { filesystem { mount_point: '/' type: 'nfs4' } } "},
        {service("true"), service("false")},
        {redis("7.2.4"), redis("6.2.1")},
        {"findings { postgres_instance { address: 'a:5432' system_identifier: '7301' } } ",
         "findings { postgres_instance { address: 'a:5432' system_identifier: '7302' } } "},
        {"findings { gitaly_status { address: 'g:8075' server_version: '19.2.4' } } ",
         "findings { gitaly_status { address: 'g:8075' server_version: '19.3.0' } } "},
        {"findings { installation { method: NONE } } ", service("true")},
    };
    for (const auto& [one, other] : pairs) {
        EXPECT_THAT(of(one), ElementsAre(says(v1::READY, "sound"))) << one;
        const auto verdicts = of(one + other);
        ASSERT_THAT(verdicts, ElementsAre(AllOf(says(v1::UNKNOWN, "contradicts"), on(Names{"web1"})))) << one;
        EXPECT_EQ(verdicts[0].evidence_size(), 1) << one;
    }
    EXPECT_EQ(of(runs_on("debian", "12") + runs_on("debian", "11"))[0].evidence(0).what(),
              "the operating system: debian 12, and debian 11");
}

// Of a newer agent: what it says is kept as it came, and shown as not known.
TEST(FindingsSound, IsUnknownForAKindOfFindingThatIsNotKnown) {
    auto web = node("web1", installed("19.2.4"));
    auto& newer = *web.inspection.add_findings();
    newer.set_probe("teleport");
    newer.GetReflection()->MutableUnknownFields(&newer)->AddLengthDelimited(777, "of later");
    v1::Inspection again;
    ASSERT_TRUE(again.ParseFromString(web.inspection.SerializeAsString()));
    web.inspection = again;
    const auto verdicts = judged(findings_sound, fleet_of({web}));
    ASSERT_THAT(verdicts, ElementsAre(AllOf(says(v1::UNKNOWN, "unknown_kind"), on(Names{"web1"}))));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "kind 777, of the probe teleport");
    EXPECT_THAT(of("findings { probe: 'system' } "), ElementsAre(says(v1::UNKNOWN, "empty")));
}

TEST(FindingsSound, SaysThatAnAgentIsOfAnotherRelease) {
    const auto with_agent = [](std::string_view version) {
        return of("agent_version: '" + std::string(version) + "'");
    };
    EXPECT_THAT(with_agent(PREFLIGHT_VERSION), ElementsAre(says(v1::READY, "sound")));
    EXPECT_THAT(with_agent("999.1.0"), ElementsAre(says(v1::WARNING, "newer_agent")));
    EXPECT_THAT(with_agent("0.0.1"), ElementsAre(says(v1::NOTE, "other_agent")));
    EXPECT_THAT(with_agent("of mine"), ElementsAre(says(v1::NOTE, "other_agent")));
}

TEST(FindingsSound, IsUnknownForFindingsFromTheFuture) {
    const auto taken = [](std::string_view time) {
        return of("findings { probe: 'system' taken_at {at " + std::string(time) +
                  "} host { name: 'web1' } } ");
    };
    EXPECT_THAT(taken("2026-08-21T12:05:00Z"), ElementsAre(says(v1::READY, "sound")))
        << "clocks differ a little";
    EXPECT_THAT(taken("2026-08-21T12:11:00Z"), ElementsAre(says(v1::UNKNOWN, "future")));
    EXPECT_THAT(of("findings { taken_at { seconds: 9223372036854775807 } host { name: 'web1' } } "),
                ElementsAre(says(v1::READY, "sound")))
        << "no time at all";
}

FleetNode agent(std::string_view id, std::string_view name, std::string_view host = "") {
    auto made = node(name, "findings { host { " + std::string(host) + " } } ");
    made.inspection.mutable_node()->set_id(std::string(id));
    return made;
}

TEST(FindingsSound, IsUnknownWhereTwoAgentsClaimOneHost) {
    const auto by_name = judged(findings_sound, fleet_of({agent("1", "web1"), agent("2", "WEB1.")}));
    ASSERT_THAT(by_name, ElementsAre(says(v1::UNKNOWN, "claimed_twice")));
    ASSERT_EQ(by_name[0].evidence_size(), 2);
    EXPECT_THAT(by_name[0].evidence(1).what(), HasSubstr("id 2"));
    const std::string_view machine = "machine_digest: 'ab' addresses: '10.0.0.7'";
    EXPECT_THAT(judged(findings_sound, fleet_of({agent("1", "web1", machine), agent("2", "git1", machine)})),
                ElementsAre(AllOf(says(v1::UNKNOWN, "claimed_twice"), on(Names{"web1", "git1"}))));
    EXPECT_THAT(
        judged(findings_sound, fleet_of({agent("1", "web1", machine),
                                         agent("2", "git1", "machine_digest: 'ab' addresses: '10.0.0.8'"),
                                         agent("3", "db1", "machine_digest: 'cd' addresses: '10.0.0.7'")})),
        ElementsAre(says(v1::READY, "sound")))
        << "a clone, and an address that moves";
}

TEST(FindingsSound, TakesNoBridgeOrLoopbackForTheAddressOfAMachine) {
    const auto clones = [](std::string_view one, std::string_view other) {
        const auto at = [](std::string_view own, std::string_view id, std::string_view name) {
            return agent(id, name, "machine_digest: 'ab' " + std::string(own));
        };
        return judged(findings_sound, fleet_of({at(one, "1", "web1"), at(other, "2", "web2")}));
    };
    for (const std::string bridge : {"172.17.0.1", "172.18.0.1", "10.88.0.1", "127.0.0.1", "::1"}) {
        const auto more = " addresses: '" + bridge + "'";
        EXPECT_THAT(clones("addresses: '10.0.0.7'" + more, "addresses: '10.0.0.8'" + more),
                    ElementsAre(says(v1::READY, "sound")))
            << bridge;
        EXPECT_THAT(clones("addresses: '10.0.0.7'" + more, "addresses: '10.0.0.7'" + more),
                    ElementsAre(says(v1::UNKNOWN, "claimed_twice")))
            << bridge;
    }
    EXPECT_THAT(clones("addresses: '172.17.0.1'", "addresses: '172.17.0.1'"),
                ElementsAre(says(v1::UNKNOWN, "claimed_twice")))
        << "it has no other";
    EXPECT_THAT(clones("addresses: '172.16.0.1' addresses: '10.0.0.7'",
                       "addresses: '172.16.0.1' addresses: '10.0.0.8'"),
                ElementsAre(says(v1::UNKNOWN, "claimed_twice")));
}

TEST(FindingsSound, IsUnknownWhereNobodyToldAnything) {
    EXPECT_THAT(judged(findings_sound, Fleet{}), ElementsAre(says(v1::UNKNOWN, "nothing_told")));
    EXPECT_THAT(judged(findings_sound, fleet_of({silent_node("web1")})),
                ElementsAre(says(v1::UNKNOWN, "nothing_told")));
}

}  // namespace
}  // namespace preflight::readiness
