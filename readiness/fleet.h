// Fleet: the newest complete inspection of every node of one instance, and what the collector knows of the
// node itself.
//
// A value made by the collector from its store; nodes are in order of name, then id, so that a report does
// not depend on who reported first. Checks read it, nothing writes it.
#pragma once

#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "preflight/v1/inspection.pb.h"
#include "readiness/outline.h"

namespace preflight::readiness {

struct FleetNode {
    v1::Inspection inspection;  // newest finished one; without findings when none has ever finished
    bool unfinished = false;    // a newer inspection began and has not ended
    google::protobuf::Timestamp last_heard;  // when the collector last took a record or a hello of it
    Outline outline;                         // made by normalise(); before that each asks the findings
};

struct Survey;

struct Fleet {
    Fleet() = default;
    explicit Fleet(std::vector<FleetNode> all) : nodes(std::move(all)) {}
    // A copy is another fleet: what was worked out of this one points into this one.
    Fleet(const Fleet& other) : nodes(other.nodes) {}
    Fleet& operator=(const Fleet& other) { return *this = Fleet(other); }
    Fleet(Fleet&&) = default;
    Fleet& operator=(Fleet&&) = default;
    ~Fleet() = default;

    std::vector<FleetNode> nodes;
    std::shared_ptr<const Survey> survey;  // readiness/survey.h; none: each asks the nodes anew
};

// Is its outline made, of as many findings as it has?
inline bool outlined(const FleetNode& node) {
    return node.outline.findings == node.inspection.findings_size();
}

// Sorts nodes into the order above, and each node's findings (by kind first) and probe runs into one that
// does not depend on arrival. Who changes them afterwards clears the outline.
void normalise(Fleet& fleet);

// How a verdict names the node: its name, or the start of its id where it has none.
std::string node_name(const FleetNode& node);

// Has any inspection of the node ever finished?
bool inspected(const FleetNode& node);

// A set of small numbers, above all of an enumeration's: those that are too large for it share one bit.
std::uint64_t bit_of(int number);
// Which methods its installations have, as bits.
std::uint64_t installation_methods(const FleetNode& node);
// The installations of it that are a GitLab's.
std::vector<FoundInstallation> found_installations(const FleetNode& node);

// Did the node say at all what runs on it?
bool roles_seen(const FleetNode& node);
bool has_role(const FleetNode& node, v1::NodeRoles::Role role);
bool has_any_role(const FleetNode& node, std::span<const v1::NodeRoles::Role> roles);
// As a person calls it: "Rails", "load balancer"; empty for none that is known here.
std::string_view role_name(int role);
// Rails or Sidekiq: a node that needs the application's secrets.
bool runs_application(const FleetNode& node);

// The number of the kind of finding that holds such a message.
int kind_of(const google::protobuf::Descriptor& what);
// Between which of the node's findings those of the kind lie; others may lie there too.
struct Span {
    int begin = 0;
    int end = 0;
};
Span span_of(const FleetNode& node, int kind);

// The findings of one kind on one node, each with the finding itself (for its source and time).
template <auto has, auto get>
class FindingsOf {
  public:
    using What = std::remove_cvref_t<decltype((std::declval<const v1::Finding&>().*get)())>;
    using Entry = std::pair<const What*, const v1::Finding*>;

    class Iterator {
      public:
        using value_type = Entry;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::forward_iterator_tag;

        Iterator() = default;
        Iterator(const FleetNode& node, Span span) : node_(&node), span_(span) { skip(); }
        Entry operator*() const {
            const auto& finding = node_->inspection.findings(span_.begin);
            return {&(finding.*get)(), &finding};
        }
        Iterator& operator++() {
            ++span_.begin;
            skip();
            return *this;
        }
        Iterator operator++(int) {
            auto before = *this;
            ++*this;
            return before;
        }
        bool operator==(const Iterator& other) const { return span_.begin == other.span_.begin; }

      private:
        void skip() {
            const auto& findings = node_->inspection.findings();
            while (span_.begin < span_.end && !(findings[span_.begin].*has)()) ++span_.begin;
        }
        const FleetNode* node_ = nullptr;
        Span span_;
    };

    explicit FindingsOf(const FleetNode& node) : node_(&node), span_(span_of(node, kind())) {}
    Iterator begin() const { return {*node_, span_}; }
    Iterator end() const { return {*node_, {span_.end, span_.end}}; }
    bool empty() const { return begin() == end(); }
    Entry front() const { return *begin(); }

  private:
    static int kind() {
        static const int number = kind_of(*What::descriptor());
        return number;
    }
    const FleetNode* node_;
    Span span_;
};

//   for (const auto& [what, finding] : findings_of<&v1::Finding::has_installation,
//   &v1::Finding::installation>(node))
template <auto has, auto get>
FindingsOf<has, get> findings_of(const FleetNode& node) {
    return FindingsOf<has, get>(node);
}

// Did the probe look to its end on this node? What it could not see on the way its gaps say.
bool finished(const FleetNode& node, std::string_view probe);
// Did it, and see all that it looks at? Only then is what it did not find not there.
bool saw_all(const FleetNode& node, std::string_view probe);
// Is its run told, and did it not come to its end? Then what it found may be a part of what is there.
bool broke_off(const FleetNode& node, std::string_view probe);

// Did the node see GitLab's own tables whole? What is not in them then is not there.
bool read_database(const FleetNode& node);

// When the last of its findings was made, as they say; 0 where none says it.
std::int64_t newest_seconds(const FleetNode& node);

// May a finding of `reach` of the node be of a server of this kind?
bool may_have_dialled(const FleetNode& node, std::string_view kind);

// The gaps of one probe on the node.
std::vector<const v1::Finding*> gaps_of(const FleetNode& node, std::string_view probe);

}  // namespace preflight::readiness
