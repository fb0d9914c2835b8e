#include "collector/input_file.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "tests/temporary_folder.h"

namespace preflight::collector {
namespace {

constexpr std::size_t limit_bytes = 200'000;

std::filesystem::path written(const TemporaryFolder& folder, const std::string& text) {
    const auto file = folder / "file";
    std::ofstream(file, std::ios::binary) << text;
    return file;
}

TEST(InputFile, IsReadWhole) {
    const TemporaryFolder folder;
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{65'536}, std::size_t{65'537}, limit_bytes}) {
        const std::string text(size, 'x');
        const auto read = read_file(written(folder, text), limit_bytes);
        ASSERT_TRUE(read) << size;
        EXPECT_TRUE(*read == text) << size;
    }
}

TEST(InputFile, IsNotReadPastItsLimit) {
    const TemporaryFolder folder;
    EXPECT_EQ(read_file(written(folder, std::string(limit_bytes + 1, 'x')), limit_bytes).error().cause,
              v1::Gap::TOO_LARGE);
}

TEST(InputFile, IsReadThroughALink) {
    const TemporaryFolder folder;
    std::filesystem::create_symlink(written(folder, "text"), folder / "link");
    EXPECT_EQ(read_file(folder / "link", limit_bytes).value(), "text");
}

TEST(InputFile, IsNothingElseThanAFile) {
    const TemporaryFolder folder;
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    std::filesystem::create_directory(folder / "folder");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto place = (folder / "socket").string();
    ASSERT_LT(place.size(), sizeof(address.sun_path));
    std::ranges::copy(place, address.sun_path);
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    // The pipe has no writer: a plain opening would never end.
    for (const auto* name : {"pipe", "folder", "socket"})
        EXPECT_EQ(read_file(folder / name, limit_bytes).error().cause, v1::Gap::REFUSED) << name;
    ::close(listener);
    EXPECT_EQ(read_file("/dev/null", limit_bytes).error().cause, v1::Gap::REFUSED);
}

TEST(InputFile, SaysThatItIsNotThereOrForbidden) {
    const TemporaryFolder folder;
    EXPECT_EQ(read_file(folder / "none", limit_bytes).error().cause, v1::Gap::ABSENT);
    if (::geteuid() == 0) return;  // root may read all
    const auto file = written(folder, "text");
    ASSERT_EQ(::chmod(file.c_str(), 0), 0);
    EXPECT_EQ(read_file(file, limit_bytes).error().cause, v1::Gap::DENIED);
}

}  // namespace
}  // namespace preflight::collector
