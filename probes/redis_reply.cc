#include "probes/redis_reply.h"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <new>

namespace preflight::probes {
namespace {

using Kind = RedisReply::Kind;

// The codec hands over each value as it meets it; what it gets back becomes the parent of what follows.
struct Room {
    std::size_t items_left = RedisReplyReader::items_limit;
};

// Where the value of this task goes: into the list it is of, or on the heap as the root. Lists have their
// size from the beginning, so that what stands in them stays where it is.
RedisReply* place_of(const redisReadTask* task) {
    if (task->parent == nullptr) return new (std::nothrow) RedisReply;
    auto& list = *static_cast<RedisReply*>(task->parent->obj);
    return &list.items[static_cast<std::size_t>(task->idx)];
}

void* take_text(const redisReadTask* task, char* bytes, std::size_t length) {
    auto* const reply = place_of(task);
    if (reply == nullptr) return nullptr;
    reply->kind = task->type == REDIS_REPLY_ERROR    ? Kind::error
                  : task->type == REDIS_REPLY_STATUS ? Kind::status
                                                     : Kind::text;
    reply->text.assign(bytes, length);
    return reply;
}

void* take_list(const redisReadTask* task, int length) {
    auto& room = *static_cast<Room*>(task->privdata);
    const auto size = static_cast<std::size_t>(std::max(0, length));
    if (size > room.items_left) return nullptr;  // which the codec takes for a lack of memory
    room.items_left -= size;
    auto* const reply = place_of(task);
    if (reply == nullptr) return nullptr;
    reply->kind = Kind::list;
    reply->items.resize(size);
    return reply;
}

void* take_number(const redisReadTask* task, long long number) {
    auto* const reply = place_of(task);
    if (reply == nullptr) return nullptr;
    reply->kind = Kind::number;
    reply->number = number;
    return reply;
}

void* take_nothing(const redisReadTask* task) { return place_of(task); }

// Of roots alone, as the codec calls it.
void drop(void* root) { delete static_cast<RedisReply*>(root); }

Problem problem_of(const redisReader& reader) {
    if (reader.err == REDIS_ERR_OOM) return {v1::Gap::TOO_LARGE, {}, "an answer of too many parts"};
    return malformed({}, "what answers speaks something else than Redis");
}

}  // namespace

struct RedisReplyReader::Codec {
    Codec() : reader(redisReaderCreateWithFunctions(&functions), redisReaderFree) {
        if (reader == nullptr) throw std::bad_alloc();
        reader->privdata = &room;
    }

    Room room;
    redisReplyObjectFunctions functions{take_text, take_list, take_number, take_nothing, drop};
    std::unique_ptr<redisReader, decltype(&redisReaderFree)> reader;
    std::size_t bytes = 0;  // since the last whole reply
};

std::string_view RedisReply::code() const {
    if (!is_error()) return {};
    const auto end = std::min(text.find(' '), text.size());
    constexpr std::size_t longest = 20;
    const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    const std::string_view word = std::string_view(text).substr(0, end);
    return word.size() <= longest && std::ranges::all_of(word, capital) ? word : "an error";
}

RedisReplyReader::RedisReplyReader() : codec_(std::make_unique<Codec>()) {}
RedisReplyReader::RedisReplyReader(RedisReplyReader&&) noexcept = default;
RedisReplyReader& RedisReplyReader::operator=(RedisReplyReader&&) noexcept = default;
RedisReplyReader::~RedisReplyReader() = default;

Result<void> RedisReplyReader::feed(std::string_view bytes) {
    codec_->bytes += bytes.size();
    if (codec_->bytes > bytes_limit) return Problem{v1::Gap::TOO_LARGE, {}, "an answer past the limit"};
    auto& reader = *codec_->reader;
    if (redisReaderFeed(&reader, bytes.data(), bytes.size()) != REDIS_OK) return problem_of(reader);
    return {};
}

Result<std::optional<RedisReply>> RedisReplyReader::next() {
    void* root = nullptr;
    if (redisReaderGetReply(codec_->reader.get(), &root) != REDIS_OK) return problem_of(*codec_->reader);
    if (root == nullptr) return std::optional<RedisReply>();
    const std::unique_ptr<RedisReply> owned(static_cast<RedisReply*>(root));
    codec_->room = Room();
    codec_->bytes = 0;
    return std::optional(std::move(*owned));
}

std::string redis_command(std::initializer_list<std::string_view> words) {
    std::vector<const char*> texts;
    std::vector<std::size_t> lengths;
    for (const auto word : words) {
        texts.push_back(word.data());
        lengths.push_back(word.size());
    }
    char* bytes = nullptr;
    const int size =
        redisFormatCommandArgv(&bytes, static_cast<int>(texts.size()), texts.data(), lengths.data());
    if (size < 0) throw std::bad_alloc();
    const std::unique_ptr<char, decltype(&redisFreeCommand)> owned(bytes, redisFreeCommand);
    return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace preflight::probes
