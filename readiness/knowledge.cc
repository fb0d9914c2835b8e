#include "readiness/knowledge.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "readiness/knowledge_texts.h"

namespace preflight::readiness {
namespace {

constexpr std::streamoff file_limit_bytes = 4LL * 1024 * 1024;

// Keeps the first error of a parse with its place.
class FirstError : public google::protobuf::io::ErrorCollector {
  public:
    void AddError(int line, int column, const std::string& message) override {
        if (!text_.empty()) return;
        text_ =
            "line " + std::to_string(line + 1) + ", column " + std::to_string(column + 1) + ": " + message;
    }
    const std::string& text() const { return text_; }

  private:
    std::string text_;
};

Result<v1::Knowledge> parse(const std::string& text, const std::string& source) {
    v1::Knowledge knowledge;
    FirstError error;
    google::protobuf::TextFormat::Parser parser;
    parser.RecordErrorsTo(&error);
    if (!parser.ParseFromString(text, &knowledge)) return malformed(source, error.text());
    return knowledge;
}

Result<std::string> read(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary | std::ios::ate);
    if (!stream) return problem_from_errno(errno, file.string());
    const std::streamoff size = stream.tellg();
    if (size < 0) return Problem{v1::Gap::FAILED, file.string(), "cannot be read"};
    if (size > file_limit_bytes) return Problem{v1::Gap::TOO_LARGE, file.string(), "is larger than 4 MiB"};
    std::string text(static_cast<std::size_t>(size), '\0');
    stream.seekg(0);
    if (!stream.read(text.data(), size)) return Problem{v1::Gap::FAILED, file.string(), "cannot be read"};
    return text;
}

Result<std::vector<std::filesystem::path>> text_files(const std::filesystem::path& directory) {
    std::error_code error;
    std::vector<std::filesystem::path> files;
    for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
         entry.increment(error)) {
        if (entry->path().extension() == ".txtpb") files.push_back(entry->path());
    }
    if (error) return problem_from_errno(error.value(), directory.string());
    if (files.empty()) return Problem{v1::Gap::ABSENT, directory.string(), "holds no *.txtpb file"};
    std::ranges::sort(files);
    return files;
}

v1::Knowledge load_built_in() {
    v1::Knowledge knowledge;
    for (const auto& [name, text] : knowledge_texts()) {
        const auto part = parse(std::string(text), std::string(name));
        if (!part)
            throw std::logic_error("built-in knowledge " + std::string(name) + ": " + part.error().detail);
        knowledge.MergeFrom(*part);
    }
    return knowledge;
}

}  // namespace

const v1::Knowledge& built_in_knowledge() {
    static const v1::Knowledge knowledge = load_built_in();
    return knowledge;
}

Result<v1::Knowledge> load_knowledge(const std::filesystem::path& directory) {
    const auto files = text_files(directory);
    if (!files) return files.error();
    v1::Knowledge knowledge;
    for (const auto& file : *files) {
        const auto text = read(file);
        if (!text) return text.error();
        const auto part = parse(*text, file.string());
        if (!part) return part.error();
        knowledge.MergeFrom(*part);
    }
    const auto wrong = validate(knowledge);
    if (!wrong.empty()) return malformed(directory.string(), wrong);
    return knowledge;
}

}  // namespace preflight::readiness
