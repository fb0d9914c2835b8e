#include "agent/privileges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <sstream>

namespace preflight::agent {
namespace {

// What /proc/self/status says under `field`, in a child that did `first`; rights cannot be taken back in this
// process.
std::string status_after(const std::function<bool()>& first, const std::string& field) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const auto child = ::fork();
    if (child == 0) {
        std::string said = "refused";
        if (first()) {
            std::ostringstream status;
            status << std::ifstream("/proc/self/status").rdbuf();
            std::smatch match;
            const auto text = status.str();
            if (std::regex_search(text, match, std::regex(field + ":\\s+(\\S+)"))) said = match[1];
        }
        [[maybe_unused]] const auto written = ::write(ends[1], said.data(), said.size());
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string said(100, '\0');
    const auto length = ::read(ends[0], said.data(), said.size());
    said.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    return said;
}

bool root() { return ::geteuid() == 0; }
bool drop(const probes::Privilege& needs) {
    const auto node = probes::Node::open("/");
    return node && drop_to(needs, *node).has_value();
}

// An ordinary user has nothing to give up, and keeps nothing more either.
TEST(Privileges, OfAProbeThatNeedsNoneAreNone) {
    EXPECT_EQ(status_after([] { return drop(probes::NoPrivilege{}); }, "CapEff"), "0000000000000000");
    EXPECT_EQ(status_after([] { return drop(probes::NoPrivilege{}); }, "Uid"),
              std::to_string(root() ? 65534 : ::getuid()));
}

TEST(Privileges, OfAProbeThatReadsAllFilesAreThatAlone) {
    const auto* only_read = root() ? "0000000000000004" : "0000000000000000";  // CAP_DAC_READ_SEARCH is bit 2
    EXPECT_EQ(status_after([] { return drop(probes::ReadAllFiles{}); }, "CapEff"), only_read);
    EXPECT_EQ(status_after([] { return drop(probes::ReadAllFiles{}); }, "CapPrm"), only_read);
    EXPECT_EQ(status_after([] { return drop(probes::ReadAllFiles{}); }, "Uid"),
              std::to_string(root() ? 65534 : ::getuid()));
}

TEST(Privileges, OfAProbeThatAsksAsAnOwnerAreTheOwnersAndToRead) {
    const auto file = std::filesystem::temp_directory_path() / ("owned-" + std::to_string(::getpid()));
    std::ofstream(file) << "socket";
    if (root()) {
        ASSERT_EQ(::chown(file.c_str(), 4242, 4343), 0);
    }
    const auto path = file.string();
    const auto own = std::to_string(::getuid());
    const auto as_owner = [&] { return drop(probes::AsOwnerOf{path}); };
    EXPECT_EQ(status_after(as_owner, "Uid"), root() ? "4242" : own);
    EXPECT_EQ(status_after(as_owner, "Gid"), root() ? "4343" : std::to_string(::getgid()));
    EXPECT_EQ(status_after(as_owner, "CapEff"), root() ? "0000000000000004" : "0000000000000000");
    std::filesystem::remove(file);
    EXPECT_EQ(status_after(as_owner, "Uid"), root() ? "65534" : own) << "nobody owns what is not there";
    const auto as_root = [] { return drop(probes::AsOwnerOf{"/etc"}); };
    EXPECT_EQ(status_after(as_root, "Uid"), root() ? "65534" : own) << "never root";
}

TEST(Privileges, CannotBeWonBackByAnotherProgram) {
    EXPECT_EQ(status_after([] { return drop(probes::ReadAllFiles{}); }, "NoNewPrivs"), root() ? "1" : "0");
}

TEST(Privileges, OfTheUplinkAreThoseOfItsAccount) {
    EXPECT_EQ(status_after([] { return become("nobody").has_value(); }, "CapEff"), "0000000000000000");
    EXPECT_EQ(status_after([] { return become("").has_value(); }, "Uid"), std::to_string(::getuid()));
}

TEST(Privileges, OfAnAccountThatIsNotThereAreRefused) {
    // To an ordinary user every account is its own: nothing changes, which is no problem.
    EXPECT_EQ(status_after([] { return become("no-such-account").has_value(); }, "Uid"),
              root() ? "refused" : std::to_string(::getuid()));
}

}  // namespace
}  // namespace preflight::agent
