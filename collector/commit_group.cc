#include "collector/commit_group.h"

#include <boost/asio/post.hpp>
#include <utility>

namespace preflight::collector {

void CommitGroup::add(Delivery delivery, Answer answer) {
    deliveries_.push_back(std::move(delivery));
    answers_.push_back(std::move(answer));
    if (std::exchange(due_, true)) return;
    boost::asio::post(loop_, [this] { commit(); });
}

void CommitGroup::commit() {
    due_ = false;
    const auto deliveries = std::exchange(deliveries_, {});
    const auto answers = std::exchange(answers_, {});
    if (deliveries.empty()) return;
    const auto together = store_.append(deliveries);
    const bool one_is_at_fault =
        !together && together.error().cause == v1::Gap::MALFORMED && deliveries.size() > 1;
    for (std::size_t index = 0; index < deliveries.size(); ++index) {
        // One agent's bad batch must not cost the others theirs.
        answers[index](one_is_at_fault ? store_.append({deliveries[index]}) : together);
    }
}

}  // namespace preflight::collector
