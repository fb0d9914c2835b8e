#include "probes/geo_status.h"

#include <fmt/format.h>

#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

Parsed<v1::GeoSite::DataType> of_secondary(std::string_view text) {
    return parse_geo_status(text, false, "server");
}

v1::Gap::Cause cause_of(const Parsed<v1::GeoSite::DataType>& parsed) {
    EXPECT_THAT(parsed.problems, SizeIs(1));
    return parsed.problems.empty() ? v1::Gap::CAUSE_UNSPECIFIED : parsed.problems.front().cause;
}

// What every site's row may hold: a site that was promoted keeps what it counted as a secondary.
constexpr auto both_roles =
    R"({"uploads_count": 9, "uploads_checksum_total_count": 8, "uploads_checksummed_count": "7",
 "uploads_checksum_failed_count": 1, "uploads_registry_count": "6", "uploads_synced_count": 5, "uploads_failed_count": 4,
 "uploads_verification_total_count": 3, "uploads_verified_count": "2", "uploads_verification_failed_count": 1,
 "a_new_kind_registry_count": 2, "a_new_kind_synced_count": 2, "a_new_kind_failed_count": 0, "projects_count": 44, "version": "18.11.4",
 "container_repositories_replication_enabled": true, "git_fetch_event_count_weekly": 12, "lfs_objects_synced_count": null})";

TEST(GeoStatus, CountsTheRegistryOfASecondary) {
    const auto parsed = of_secondary(both_roles);
    EXPECT_THAT(parsed.problems, IsEmpty());
    ASSERT_THAT(parsed.items, SizeIs(2)) << "neither projects nor a kind whose counters are null";
    EXPECT_EQ(parsed.items[0].name(), "a_new_kind");
    const auto& uploads = parsed.items[1];
    EXPECT_EQ(uploads.name(), "uploads");
    EXPECT_EQ(uploads.total(), 6U);
    EXPECT_EQ(uploads.synced(), 5U);
    EXPECT_EQ(uploads.failed(), 4U);
    EXPECT_EQ(uploads.to_verify(), 3U);
    EXPECT_EQ(uploads.verified(), 2U);
    EXPECT_EQ(uploads.verification_failed(), 1U);
}

TEST(GeoStatus, CountsTheChecksumsOfAPrimary) {
    const auto parsed = parse_geo_status(both_roles, true, "server");
    ASSERT_THAT(parsed.items, SizeIs(1));
    const auto& uploads = parsed.items[0];
    EXPECT_EQ(uploads.total(), 9U);
    EXPECT_EQ(uploads.to_verify(), 8U);
    EXPECT_EQ(uploads.verified(), 7U);
    EXPECT_EQ(uploads.verification_failed(), 1U);
    EXPECT_EQ(uploads.synced(), 0U);
    EXPECT_EQ(uploads.failed(), 0U);
}

TEST(GeoStatus, LeavesOutAKindWhoseCountersAreNoNumbers) {
    for (const auto* nonsense :
         {"-1", "\"many\"", "{}", "[1]", "1.5", "1e300", "true", "99999999999999999999"}) {
        const auto parsed = of_secondary(fmt::format(
            R"({{"uploads_registry_count": 5, "uploads_synced_count": 5, "uploads_failed_count": {},
                 "lfs_objects_registry_count": 1, "lfs_objects_synced_count": 1, "lfs_objects_failed_count": 0}})",
            nonsense));
        EXPECT_EQ(cause_of(parsed), v1::Gap::MALFORMED) << nonsense;
        ASSERT_THAT(parsed.items, SizeIs(1)) << nonsense;
        EXPECT_EQ(parsed.items[0].name(), "lfs_objects");
    }
}

// What the site's database did not count in time is missing.
TEST(GeoStatus, LeavesOutAKindOfWhichACounterIsMissing) {
    for (const auto* counters :
         {R"("uploads_registry_count": 5, "uploads_synced_count": 5)", R"("uploads_verified_count": 5)",
          R"("uploads_registry_count": 5, "uploads_synced_count": 5, "uploads_failed_count": null)"}) {
        const auto parsed = of_secondary(fmt::format("{{{}}}", counters));
        EXPECT_EQ(cause_of(parsed), v1::Gap::MALFORMED) << counters;
        EXPECT_THAT(parsed.items, IsEmpty()) << counters;
    }
}

TEST(GeoStatus, IsAProblemWhereItIsNoObject) {
    for (const auto* text : {"", "[]", "5", "\"text\"", "null", "{", "{} {}"})
        EXPECT_EQ(cause_of(of_secondary(text)), v1::Gap::MALFORMED) << text;
    EXPECT_THAT(of_secondary("{}").problems, IsEmpty());
    EXPECT_EQ(cause_of(of_secondary(std::string(100'000, '['))), v1::Gap::TOO_LARGE);
    std::string many = "{";
    for (int i = 0; i < 1000; ++i) {
        for (const auto* counter : {"registry", "synced", "failed"})
            many += fmt::format("\"kind_{}_{}_count\": 1,", i, counter);
    }
    many.back() = '}';
    EXPECT_EQ(cause_of(of_secondary(many)), v1::Gap::TOO_LARGE);
}

TEST(GeoStatus, ShowsNamesAsTextThatCanBeSent) {
    const std::string name = "a\\u0000\\n\xc3\xa9";
    const auto parsed = of_secondary(fmt::format(
        R"({{"{0}_registry_count": 1, "{0}_synced_count": 1, "{0}_failed_count": 0, "_synced_count": 2}})",
        name));
    ASSERT_THAT(parsed.items, SizeIs(1));
    EXPECT_EQ(parsed.items[0].name(), "a??\xc3\xa9");
}

TEST(GeoStatus, ShowsTheFirstLineOfAMessageWithoutCredentials) {
    EXPECT_EQ(shown_geo_message("Healthy"), "Healthy");
    EXPECT_EQ(
        shown_geo_message("cannot reach https://me:CANARY@gitlab.example/api with token=CANARY\nCANARY"),
        "cannot reach https://gitlab.example/api with ?");
    EXPECT_EQ(shown_geo_message("me:CANARY@host is not there"), "? is not there");
    EXPECT_EQ(shown_geo_message(std::string(5000, 'x')).size(), 256U);
}

}  // namespace
}  // namespace preflight::probes
