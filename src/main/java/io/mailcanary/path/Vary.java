package io.mailcanary.path;

import io.mailcanary.mail.EmailAddress;
import java.util.List;

/// What differs between a path's canaries: each combination is a leg with a fate of its own. An
/// empty list stands for the path's own value.
///
/// @param size bytes of the whole message, at least
/// @param via relays, `mx` or `each-mx`
/// @param from senders
/// @param family address families; never [Family#ANY]
public record Vary(
    List<Long> size, List<String> via, List<EmailAddress> from, List<Family> family) {
  /// Nothing differs.
  public static final Vary NOTHING = new Vary(List.of(), List.of(), List.of(), List.of());

  public Vary {
    size = List.copyOf(size);
    via = List.copyOf(via);
    from = List.copyOf(from);
    family = List.copyOf(family);
  }

  /// How many combinations there are.
  public long combinations() {
    return (long) Math.max(1, size.size())
        * Math.max(1, via.size())
        * Math.max(1, from.size())
        * Math.max(1, family.size());
  }
}
