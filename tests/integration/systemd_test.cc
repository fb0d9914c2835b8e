// The units as systemd reads them: it must have nothing to say of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/integration/program.h"
#include "tests/temporary_folder.h"

namespace preflight {
namespace {

namespace fs = std::filesystem;

class Unit : public ::testing::TestWithParam<const char*> {
  protected:
    Unit() {
        // systemd looks whether the program is there; a package puts it where the unit says, a test has it
        // elsewhere.
        auto text =
            content_of(fs::path(PREFLIGHT_SOURCE_DIR) / "systemd" / (std::string(GetParam()) + ".service"));
        for (const std::string program : {PREFLIGHT_AGENT, PREFLIGHT_COLLECTOR}) {
            const auto installed = "/opt/gitlab-preflight/bin/" + fs::path(program).filename().string();
            if (const auto at = text.find(installed); at != std::string::npos)
                text.replace(at, installed.size(), program);
        }
        unit_ = folder_ / (std::string(GetParam()) + ".service");
        std::ofstream(unit_) << text;
    }

    TemporaryFolder folder_;
    fs::path unit_;
};

// `systemd-analyze verify` ends with 0 even when it warns: what it prints counts.
TEST_P(Unit, IsVerifiedInSilence) {
    const auto verified = run_program({"/usr/bin/systemd-analyze", "verify", "--man=no", unit_.string()});
    EXPECT_EQ(verified.status, 0);
    EXPECT_EQ(verified.output + verified.error, "");
}

TEST_P(Unit, IsExposedLittle) {
    const auto exposure = run_program(
        {"/usr/bin/systemd-analyze", "security", "--offline=true", "--threshold=40", unit_.string()});
    EXPECT_EQ(exposure.status, 0) << exposure.output.substr(
        exposure.output.size() > 300 ? exposure.output.size() - 300 : 0);
}

INSTANTIATE_TEST_SUITE_P(Of, Unit, ::testing::Values("gitlab-preflight-agent", "gitlab-preflight-collector"),
                         [](const auto& info) { return info.index == 0 ? "Agent" : "Collector"; });

}  // namespace
}  // namespace preflight
