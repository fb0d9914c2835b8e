#include "probes/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Json, FindsAValueUnderItsKeys) {
    const auto document = parse_json(R"({"a": {"b": "text", "c": 7, "d": null}} )"
                                     "\n",
                                     "/x.json")
                              .value();
    EXPECT_EQ(text_of(find(document, {"a", "b"})), "text");
    EXPECT_EQ(text_of(find(document, {"a", "c"})), "7");
    EXPECT_EQ(text_of(find(document, {"a", "d"})), "");
    EXPECT_EQ(find(document, {"a", "none"}), nullptr);
    EXPECT_EQ(find(document, {"a", "b", "below"}), nullptr);
    EXPECT_EQ(text_of(nullptr), "");
}

TEST(Json, SaysWhereTheNonsenseIsAndNotWhatItSays) {
    for (const std::string& text :
         {std::string(), std::string("{\"p\": \"CANARY\",\n oops"), std::string("{\"p\": \"CANARY"),
          std::string("{} {\"p\": \"CANARY\"}"), std::string("{\"p\": \"CANARY\0\"}", 17),
          std::string("{\"p\": \"\xff\xfe\"}"),
          std::string("\x80\x81"
                      "CANARY")}) {
        const auto document = parse_json(text, "/x.json");
        ASSERT_FALSE(document) << text;
        EXPECT_EQ(document.error().cause, v1::Gap::MALFORMED) << text;
        EXPECT_EQ(document.error().source, "/x.json");
        EXPECT_THAT(document.error().detail, Not(HasSubstr("CANARY")));
    }
    EXPECT_THAT(parse_json("{\n\n!", "/x.json").error().detail, HasSubstr("line 3"));
}

TEST(Json, BoundsDepth) {
    EXPECT_EQ(parse_json(std::string(1'000'000, '['), "/x.json").error().cause, v1::Gap::TOO_LARGE);
    EXPECT_EQ(parse_json(std::string(65, '[') + std::string(65, ']'), "/x.json").error().cause,
              v1::Gap::TOO_LARGE);
    EXPECT_TRUE(parse_json(std::string(60, '[') + std::string(60, ']'), "/x.json"));
}

}  // namespace
}  // namespace preflight::probes
