#include "collector/output_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "tests/temporary_folder.h"

namespace preflight::collector {
namespace {

struct stat status_of(const std::filesystem::path& file) {
    struct stat status {};
    EXPECT_EQ(::stat(file.c_str(), &status), 0);
    return status;
}

TEST(OutputFile, HasItsModeWhateverTheMaskIs) {
    const TemporaryFolder folder;
    const auto mask = ::umask(0077);
    EXPECT_TRUE(write_file(folder / "a", "text", 0640));
    EXPECT_TRUE(write_file(folder / "b", "text"));
    ::umask(mask);
    EXPECT_EQ(status_of(folder / "a").st_mode & 07777U, 0640U);
    EXPECT_EQ(status_of(folder / "b").st_mode & 07777U, 0600U);
}

TEST(OutputFile, KeepsTheGroupOfTheFileInWhosePlaceItComes) {
    if (::geteuid() != 0) return;  // only root gives files away
    const TemporaryFolder folder;
    std::ofstream(folder / "a") << "old";
    ASSERT_EQ(::chown((folder / "a").c_str(), 1, 2), 0);
    ASSERT_TRUE(write_file(folder / "a", "new", 0640));
    EXPECT_EQ(status_of(folder / "a").st_uid, 1U);
    EXPECT_EQ(status_of(folder / "a").st_gid, 2U);
}

// Who lays a file there first must not be given what is written.
TEST(OutputFile, IsNobodyElsesInAFolderThatOthersWrite) {
    if (::geteuid() != 0) return;  // only root gives files away
    for (const mode_t shared : {01777, 0775}) {
        const TemporaryFolder folder;
        ASSERT_EQ(::chmod(folder.path().c_str(), shared), 0);
        std::ofstream(folder / "a") << "old";
        ASSERT_EQ(::chown((folder / "a").c_str(), 1, 2), 0);
        ASSERT_TRUE(write_file(folder / "a", "new"));
        EXPECT_EQ(status_of(folder / "a").st_uid, 0U);
        EXPECT_NE(status_of(folder / "a").st_gid, 2U);
        std::ofstream(folder / "mine") << "old";
        ASSERT_EQ(::chown((folder / "mine").c_str(), 0, 2), 0);
        ASSERT_TRUE(write_file(folder / "mine", "new", 0640));
        EXPECT_EQ(status_of(folder / "mine").st_gid, 2U);
    }
}

TEST(OutputFile, LeavesNothingBesideItself) {
    const TemporaryFolder folder;
    std::filesystem::create_directories(folder / "a/full");
    EXPECT_TRUE(write_file(folder / "b", "text"));
    EXPECT_FALSE(write_file(folder / "a", "text"));  // a folder stands there
    const auto entries = std::distance(std::filesystem::directory_iterator(folder.path()), {});
    EXPECT_EQ(entries, 2);
}

TEST(OutputFile, TakesThePlaceOfNothingButAFile) {
    const TemporaryFolder folder;
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    std::ofstream(folder / "file") << "old";
    std::filesystem::create_symlink("file", folder / "link");
    std::filesystem::create_symlink("nowhere", folder / "dangling");
    for (const auto* name : {"pipe", "link", "dangling"}) {
        EXPECT_EQ(write_file(folder / name, "new").error().cause, v1::Gap::REFUSED) << name;
    }
    EXPECT_TRUE(std::filesystem::is_fifo(folder / "pipe"));
    EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
    EXPECT_EQ(std::filesystem::file_size(folder / "file"), 3U);
}

}  // namespace
}  // namespace preflight::collector
