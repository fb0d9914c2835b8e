// The house's own rules (docs/architecture.md), kept by a test: who may include whom, how headers open, how
// long files and functions are, and that the lists of everything are whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "probes/catalog.h"
#include "readiness/catalog.h"
#include "readiness/knowledge.h"

namespace preflight {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;

const fs::path& source() {
    static const fs::path folder = PREFLIGHT_SOURCE_DIR;
    return folder;
}

std::string content_of(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

std::vector<std::string> lines_of(const fs::path& file) {
    std::vector<std::string> lines;
    std::istringstream stream(content_of(file));
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

// Paths from the root, of every .h and .cc of these rooms.
std::vector<fs::path> files_of(const std::vector<std::string>& rooms) {
    std::vector<fs::path> files;
    for (const auto& room : rooms) {
        for (const auto& entry : fs::recursive_directory_iterator(source() / room)) {
            const auto extension = entry.path().extension();
            if (extension == ".h" || extension == ".cc")
                files.push_back(fs::relative(entry.path(), source()));
        }
    }
    std::ranges::sort(files);
    return files;
}

const std::vector<std::string> product{"model", "probes", "readiness", "agent", "collector"};
const std::vector<std::string> everything{"model", "probes", "readiness", "agent", "collector", "tests"};

struct Include {
    fs::path file;
    std::string header;
    bool quoted = false;
};

std::vector<Include> includes_of(const std::vector<std::string>& rooms) {
    static const std::regex pattern(R"(^\s*#include\s+(["<])([^">]+)[">])");
    std::vector<Include> includes;
    for (const auto& file : files_of(rooms)) {
        for (const auto& line : lines_of(source() / file)) {
            std::smatch match;
            if (std::regex_search(line, match, pattern))
                includes.push_back({file, match[2], match[1] == "\""});
        }
    }
    return includes;
}

std::string room_of(const fs::path& path) { return path.begin()->string(); }

TEST(House, IncludesGoDownTheRuleOnly) {
    const std::map<std::string, std::set<std::string>> allowed{
        {"model", {"model", "preflight"}},
        {"probes", {"probes", "model", "preflight"}},
        {"readiness", {"readiness", "model", "preflight"}},
        {"agent", {"agent", "probes", "readiness", "model", "preflight"}},
        {"collector", {"collector", "readiness", "model", "preflight"}}};
    std::vector<std::string> wrong;
    for (const auto& include : includes_of(product)) {
        if (!include.quoted) continue;
        if (!allowed.at(room_of(include.file)).contains(room_of(include.header))) {
            wrong.push_back(include.file.string() + " includes " + include.header);
        }
    }
    EXPECT_THAT(wrong, IsEmpty());
}

// A foreign library that is named here may be included from these files alone (a name that ends in "/" is a
// folder).
TEST(House, ForeignLibrariesStayBehindTheirDoors) {
    const std::map<std::string, std::vector<std::string>> doors{
        {"grpcpp/", {"agent/intake_stream.", "collector/", "probes/node/gitaly."}},
        {"gitaly/", {"probes/node/gitaly."}},  // messages of the foreign contract in proto/gitaly
        {"pqxx/", {"probes/node/postgres."}},
        {"libpq-fe",
         {"probes/node/postgres_connect.", "probes/node/postgres_failure.", "probes/node/pgbouncer."}},
        {"sqlite3", {"collector/sqlite.", "collector/store"}},
        {"toml++/", {"model/toml."}},
        {"yaml-cpp/", {"probes/", "model/yaml."}},
        {"CLI/", {"agent/command_line.", "collector/"}},
        {"hiredis/", {"probes/redis_reply."}},
        {"libdeflate", {"probes/gzip."}},
        {"ares", {"probes/node/name_server."}},
        {"seccomp", {"agent/syscall_filter."}},
        {"boost/asio/ssl", {"probes/node/", "model/"}},
        {"boost/beast", {"probes/node/http.", "collector/"}},
        {"boost/process", {"model/"}}};
    std::vector<std::string> wrong;
    for (const auto& include : includes_of(product)) {
        for (const auto& [library, files] : doors) {
            if (include.quoted || !include.header.starts_with(library)) continue;
            const auto path = include.file.string();
            const bool open =
                std::ranges::any_of(files, [&](const auto& file) { return path.starts_with(file); });
            if (!open) wrong.push_back(path + " includes " + include.header);
        }
    }
    EXPECT_THAT(wrong, IsEmpty());
}

TEST(House, IncludesAreWrittenFromTheRoot) {
    std::vector<std::string> wrong;
    for (const auto& include : includes_of(everything)) {
        const bool generated = include.header.starts_with("preflight/v1/");
        if (include.quoted && !generated && !fs::exists(source() / include.header) &&
            include.header.find(".pb.h") == std::string::npos) {
            wrong.push_back(include.file.string() + " includes " + include.header);
        }
    }
    EXPECT_THAT(wrong, IsEmpty());
}

TEST(House, HeadersOpenWithTheirNoun) {
    std::vector<std::string> wrong;
    for (const auto& file : files_of(everything)) {
        if (file.extension() != ".h") continue;
        const auto lines = lines_of(source() / file);
        static const std::regex opening(R"(^// [^:]+: .+)");
        if (lines.empty() || !std::regex_match(lines.front(), opening)) wrong.push_back(file.string());
    }
    EXPECT_THAT(wrong, IsEmpty());
}

TEST(House, FilesStayReadable) {
    std::vector<std::string> wrong;
    for (const auto& file : files_of(everything)) {
        const auto lines = lines_of(source() / file);
        if (lines.size() > 300)
            wrong.push_back(file.string() + ": " + std::to_string(lines.size()) + " lines");
        for (std::size_t i = 0; i < lines.size(); ++i) {
            // A long text in a raw string cannot be broken; code and comments can.
            if (lines[i].size() > 160)
                wrong.push_back(file.string() + ":" + std::to_string(i + 1) + " is too long");
        }
    }
    EXPECT_THAT(wrong, IsEmpty());
}

// A function's body opens with "{" at the end of an unindented line (or one level in, in a class) and closes
// with "}" at the same depth.
TEST(House, FunctionsStayShort) {
    constexpr std::size_t longest = 44;  // 40 and a little for what the formatter breaks
    std::vector<std::string> wrong;
    for (const auto& file : files_of(product)) {
        const auto lines = lines_of(source() / file);
        std::size_t begin = 0;
        std::string close;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const auto depth = lines[i].find_first_not_of(' ');
            if (depth == std::string::npos) continue;
            const bool opens = lines[i].ends_with(") {") || lines[i].ends_with(") const {");
            if (close.empty() && opens && depth <= 4) {
                begin = i;
                close = std::string(depth, ' ') + "}";
            } else if (!close.empty() && (lines[i] == close || lines[i] == close + ";")) {  // a lambda's end
                if (i - begin > longest) wrong.push_back(file.string() + ":" + std::to_string(begin + 1));
                close.clear();
            }
        }
    }
    EXPECT_THAT(wrong, IsEmpty());
}

TEST(House, HasNoDrawers) {
    static const std::set<std::string> drawers{"common",  "util", "utils",  "core",
                                               "helpers", "misc", "shared", "lib"};
    std::vector<std::string> wrong;
    for (const auto& file : files_of(everything)) {
        for (const auto& part : file.parent_path()) {
            if (drawers.contains(part.string())) wrong.push_back(file.string());
        }
        const auto stem = file.stem().string();
        for (const auto* word : {"helper", "util", "manager", "impl"}) {
            if (stem.find(word) != std::string::npos) wrong.push_back(file.string());
        }
    }
    EXPECT_THAT(wrong, IsEmpty());
}

TEST(House, LeavesNothingHalfDone) {
    // Put together here, so that this file does not name them itself.
    const std::vector<std::string> words{std::string("TO") + "DO", std::string("FIX") + "ME",
                                         std::string("GTEST_") + "SKIP", std::string("DISA") + "BLED_",
                                         std::string("sleep_") + "for"};
    std::vector<std::string> wrong;
    for (const auto& file : files_of(everything)) {
        const auto text = content_of(source() / file);
        for (const auto& word : words) {
            if (text.find(word) != std::string::npos) wrong.push_back(file.string() + ": " + word);
        }
    }
    EXPECT_THAT(wrong, IsEmpty());
}

TEST(House, EverySourceIsBuilt) {
    std::vector<std::string> wrong;
    for (const auto& file : files_of(product)) {
        if (file.extension() != ".cc") continue;
        const auto room = room_of(file);
        const auto list =
            content_of(source() / room / "CMakeLists.txt") + content_of(source() / "CMakeLists.txt");
        const auto name = fs::relative(file, room).string();
        if (list.find(name) == std::string::npos) wrong.push_back(file.string());
    }
    EXPECT_THAT(wrong, IsEmpty());
}

// A test that nothing builds fails never.
TEST(House, EveryTestIsBuilt) {
    auto lists = content_of(source() / "CMakeLists.txt");
    for (const auto& entry : fs::recursive_directory_iterator(source() / "tests")) {
        if (entry.path().filename() == "CMakeLists.txt" || entry.path().extension() == ".cmake")
            lists += content_of(entry.path());
    }
    std::vector<std::string> wrong;
    for (const auto& entry : fs::recursive_directory_iterator(source() / "tests")) {
        const auto name = entry.path().filename().string();
        if (entry.path().extension() == ".cc" &&
            lists.find(name.substr(0, name.size() - 3)) == std::string::npos)
            wrong.push_back(entry.path().string());
    }
    EXPECT_THAT(wrong, IsEmpty());
}

// A probe's name is its file and its test.
TEST(House, EveryProbeHasItsFileAndItsTest) {
    std::set<std::string> names;
    for (const auto& probe : probes::catalog()) {
        const std::string name(probe.name);
        EXPECT_TRUE(names.insert(name).second) << name << " stands twice in the catalog";
        EXPECT_TRUE(fs::exists(source() / "probes" / (name + ".cc"))) << name;
        const auto tests = source() / "tests" / "probes";
        EXPECT_TRUE(fs::exists(tests / (name + "_test.cc")) || fs::exists(tests / (name + "_probe_test.cc")))
            << name;
        EXPECT_GT(probe.limit.count(), 0) << name;
        EXPECT_FALSE(probe.looks_at.empty()) << name;
    }
}

TEST(House, EveryCheckHasItsTextsAndTheTextsTheirCheck) {
    std::set<std::string> checks;
    for (const auto& check : readiness::catalog()) {
        EXPECT_TRUE(checks.insert(std::string(check.id)).second)
            << check.id << " stands twice in the catalog";
        EXPECT_TRUE(check.asks.ends_with("?")) << check.id;
    }
    std::set<std::string> texts;
    for (const auto& text : readiness::built_in_knowledge().checks()) texts.insert(text.id());
    EXPECT_EQ(checks, texts);
}

}  // namespace
}  // namespace preflight
